"""A workflow of many tasks: blocks that part in two, come together again, and may be gone through once more."""

from typing import Any

BLOCK = 4


def branching(key: str, name: str, tasks: int) -> dict[str, Any]:
    """Its definition, of as many tasks: a multiple of four."""
    found = [task for number in range(0, tasks, BLOCK) for task in _block(number)]
    del found[-1]["next"][-1]  # nothing is after the last block
    return {"casework": 1, "key": key, "name": name, "tasks": found}


def _block(first: int) -> list[dict[str, Any]]:
    gate, left, right, meeting, following = (f"t{first + number}" for number in range(BLOCK + 1))
    parts = [{"to": left, "when": "output.amount > 100"}, {"to": right, "when": "output.amount <= 100"}]
    again = [{"to": gate, "when": "output.amount < 0"}, {"to": following}]
    return [
        _task(gate, f"Look at part {first}", [*parts, {"to": meeting}]),
        _task(left, f"Ask two people about {first}", [{"to": meeting}]),
        _task(right, f"Ask one person about {first}", [{"to": meeting}]),
        _task(meeting, f"Decide on part {first}", again),
    ]


def _task(key: str, name: str, ways: list[dict[str, Any]]) -> dict[str, Any]:
    form = {"type": "object", "properties": {"amount": {"type": "integer", "title": "Amount"}}}
    return {"key": key, "name": name, "kind": "human", "prompt": "Say how much.", "form": form, "next": ways}
