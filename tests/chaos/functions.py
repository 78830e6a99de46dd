"""The functions that generated workflows call."""

import os

import httpx

import casework

LEDGER_URL = "CASEWORK_CHAOS_LEDGER"


@casework.function
async def effect(context: casework.Context, label: str, n: int) -> dict[str, int]:
    """Has an effect outside, and gives the number; says twice which attempt it is, now and at the end."""
    context.progress(attempt=context.attempt)
    async with httpx.AsyncClient(trust_env=False, verify=False, timeout=10) as http:
        address = os.environ[LEDGER_URL]  # noqa: TID251 - of tests, not of ours
        answer = await http.post(address, json={"label": label}, headers={"idempotency-key": context.key})
    answer.raise_for_status()
    return {"n": n, "attempt": context.attempt}


@casework.function(pure=True)
def plus_two(n: int) -> dict[str, int]:
    """The number and two: by a worker where a server moves the run on, which knows no functions here."""
    return {"n": n + 2}


@casework.function
async def second_time(context: casework.Context, n: int) -> int:
    """The number, but not at the first attempt."""
    if context.attempt == 1:
        raise casework.Retry
    return n


@casework.function
async def refuse() -> int:
    """Nothing, ever."""
    raise casework.Refuse("never", "It is refused for good.")
