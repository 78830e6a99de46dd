"""Workflows discovered from logs, as they can be published."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from casework.core.definition import END
from casework.eventlog import Case, Discovered, discover

NEVER: Final = "false"
"""The condition of a way that only shows that a task belongs to the workflow."""


def discover_workflow(cases: Iterable[Case], *, key: str, name: str) -> tuple[Discovered, frozenset[str]]:
    """The workflow that the cases show, such that a case can also run through it: each step says where it goes on.

    With it come the keys of the tasks of which an event names nobody.

    A task that no way leads to from the start (some cases began with it) is named by one that is never taken: cases
    may begin there, but a new one begins at the start alone.

    Raises:
        LogProblem: as `eventlog.discover`.

    """
    unmanned: set[str] = set()
    found = discover(_noted(cases, unmanned), key=key, name=name, conditional=True)
    whole = msgspec.structs.replace(found, definition=_whole(found.definition))
    return whole, frozenset(found.tasks[task] for task in unmanned)


def _noted(cases: Iterable[Case], unmanned: set[str]) -> Iterator[Case]:
    for case in cases:
        unmanned.update(event.task for event in case.events if event.resource is None)
        yield case


def _whole(definition: Mapping[str, Any]) -> dict[str, Any]:
    tasks = {task["key"]: task for task in definition["tasks"]}
    (start,) = definition["start"]
    reached = set(_from(start, tasks))
    apart = []
    for key in tasks:
        if key not in reached:
            apart.append({"to": key, "when": NEVER})
            reached.update(_from(key, tasks))
    changed = {**tasks, start: {**tasks[start], "next": [*tasks[start]["next"], *apart]}}
    return {**definition, "tasks": list(changed.values())}


def _from(start: str, tasks: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The tasks that can be reached from one, itself included."""
    seen, waiting = {start}, [start]
    while waiting:
        key = waiting.pop()
        yield key
        for way in tasks[key]["next"]:
            if way["to"] != END and way["to"] not in seen:
                seen.add(way["to"])
                waiting.append(way["to"])
