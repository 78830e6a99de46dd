"""Completions a second through the engine, by how many clients wait; beside one order a commit, as the ratio's one."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from benchmarks.place import FIRST, Place, opened
from benchmarks.report import heading, row
from casework.core.command import Assign, Complete
from casework.core.run import Run
from casework.engine import service
from casework.engine.order import NewRun, Order
from casework.entropy import new_uuid

CLIENTS = (1, 16, 64, 256)


async def measure(url: str, *, short: bool) -> None:
    heading("engine: one completion = form, CEL, next step, events, counters, fsync")
    row("", "create/s", "assign+start/s", "complete/s", "x one by one")
    async with opened(url) as place:
        await _round(place, clients=16, runs=50 if short else 1_000)  # warm
        alone = await _one_by_one(place, 50 if short else 1_000)
        row("16 clients, one order a commit", *(f"{rate:,.0f}" for rate in alone), "1.0")
        for clients in CLIENTS:
            rates = await _round(place, clients=clients, runs=max(clients, 60) if short else min(200 * clients, 8_000))
            cells = (f"{rate:,.0f}" for rate in rates)
            row(f"{clients} clients", *cells, f"{rates[2] / alone[2]:.1f}")


async def _one_by_one(place: Place, runs: int) -> tuple[float, float, float]:
    usual, service.BATCH_MAX = service.BATCH_MAX, 1
    try:
        return await _round(place, clients=16, runs=runs)
    finally:
        service.BATCH_MAX = usual


async def _round(place: Place, *, clients: int, runs: int) -> tuple[float, float, float]:
    made: list[Run] = []
    engine = place.services.engine

    async def create(_number: int) -> None:
        new = NewRun(
            uuid=new_uuid(place.services.clock.now()),
            workspace_id=place.workspace_id,
            workflow_id=place.workflow_id,
            actor=place.boss,
            member_id=place.people[0].member_id,
        )
        made.append((await engine.create(new)).run)

    async def submit(number: int, command: Assign | Complete) -> None:
        run_id = made[number].id
        await engine.submit(Order(workspace_id=place.workspace_id, run_id=run_id, command=command, actor=place.boss))

    async def assign(number: int) -> None:
        who = place.people[number % len(place.people)]
        await submit(number, Assign(step=1, assignee=who, start_working=True))

    async def complete(number: int) -> None:
        await submit(number, Complete(step=1, data=FIRST))

    return (
        await rate(create, runs, clients),
        await rate(assign, runs, clients),
        await rate(complete, runs, clients),
    )


async def rate(act: Callable[[int], Awaitable[None]], times: int, clients: int) -> float:
    """How often a second `act` is done, with `clients` doing it at once."""
    numbers = iter(range(times))

    async def client() -> None:
        for number in numbers:
            await act(number)

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return times / (time.perf_counter() - begun)
