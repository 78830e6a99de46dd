"""A workflow discovered from the cases that ran through it: its directly-follows graph as a definition.

The same cases in the same order give the same definition, to the byte.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, Final

import msgspec

from casework.eventlog.errors import LogProblem
from casework.eventlog.event import Case
from casework.eventlog.keys import Keys
from casework.eventlog.steps import Performed, performed

# More tasks than any workflow that people can read; a log with more has names that hold data (numbers, dates, people).
TASKS_MAX: Final = 4_095
# Likewise for what leads from task to task: published logs have some hundreds, up to a few thousand.
TRANSITIONS_MAX: Final = 50_000
# Real cases go round loops more often than the default of 100 allows.
VISITS: Final = 1_000

END: Final = "end"


class Discovered(msgspec.Struct, frozen=True, kw_only=True):
    """A definition (`casework: 1`), the key of each event name, the roles of each resource; in order of appearance."""

    definition: dict[str, Any]
    tasks: dict[str, str]
    roles: dict[str, tuple[str, ...]]


def discover(cases: Iterable[Case], *, key: str, name: str, conditional: bool) -> Discovered:
    """Discover the workflow of the cases, which are read once and not kept.

    Each event name is a human task with a role of its own, held by the resources that performed it. A transition leads
    from each task to each that followed it, the most frequent first (of the same frequency: the one whose task appeared
    first), and last to `end` where a case ended with the task. The start is the most frequent first task.

    With `conditional` each transition asks for its target by the step's output (`output.next == 'review'`, `'end'`),
    and a form demands that output; without, transitions have no condition.

    Raises:
        LogProblem: there is no event, or more tasks or transitions than a workflow may have.
    """
    tally = _Tally()
    for case in cases:
        tally.add(case)
    if not tally.tasks:
        raise LogProblem("There is no event to discover a workflow from: choose a log that has some.")
    tasks = [tally.task(each, conditional=conditional) for each in tally.tasks]
    definition = {"casework": 1, "key": key, "name": name, "start": [tally.start()], "tasks": tasks}
    roles = {resource: tuple(held) for resource, held in tally.roles.items()}
    return Discovered(definition=definition, tasks=tally.tasks, roles=roles)


class _Tally:
    """How often what followed what."""

    def __init__(self) -> None:
        self.tasks: dict[str, str] = {}
        self.roles: dict[str, dict[str, None]] = {}
        self._keys = Keys()
        self._places: dict[str, int] = {}
        self._firsts: Counter[str] = Counter()
        self._lasts: Counter[str] = Counter()
        self._follows: dict[str, Counter[str]] = {}
        self._transitions = 0

    def add(self, case: Case) -> None:
        for event in case.events:
            self._meet(event.task, event.line)
        steps = performed(case)
        for step in steps:
            self._employ(step)
        for before, after in pairwise(steps):
            self._connect(before.task, after.task, case)
        if steps:
            self._firsts[steps[0].task] += 1
            if steps[-1].ended != "open":
                self._lasts[steps[-1].task] += 1

    def start(self) -> str:
        return self.tasks[self._ranked(self._firsts)[0]]

    def task(self, name: str, *, conditional: bool) -> dict[str, Any]:
        key = self.tasks[name]
        targets = [self.tasks[target] for target in self._ranked(self._follows[name])]
        if self._lasts[name] or not targets:
            targets.append(END)
        task = {"key": key, "name": name, "kind": "human", "roles": [key], "visits": VISITS}
        if not conditional:
            return task | {"next": [{"to": target} for target in targets]}
        form = {"type": "object", "required": ["next"], "properties": {"next": {"enum": targets}}}
        return task | {"form": form, "next": [{"to": to, "when": f"output.next == '{to}'"} for to in targets]}

    def _meet(self, task: str, line: int) -> None:
        if task in self.tasks:
            return
        if len(self.tasks) == TASKS_MAX:
            limit = f"The log has more than {TASKS_MAX:,} tasks"
            raise LogProblem(f"{limit}: choose a column for the task that names the work alone.", line)
        self._places[task] = len(self.tasks)
        self.tasks[task] = self._keys.give(task)
        self._follows[task] = Counter()

    def _employ(self, step: Performed) -> None:
        if step.resource is not None:
            self.roles.setdefault(step.resource, {})[self.tasks[step.task]] = None

    def _connect(self, before: str, after: str, case: Case) -> None:
        follows = self._follows[before]
        if after not in follows:
            self._transitions += 1
            if self._transitions > TRANSITIONS_MAX:
                limit = f"The log has more than {TRANSITIONS_MAX:,} different transitions"
                raise LogProblem(f"{limit}: leave out rare tasks, or cases.", case.events[0].line)
        follows[after] += 1

    def _ranked(self, counts: Counter[str]) -> list[str]:
        return sorted(counts, key=lambda task: (-counts[task], self._places[task]))
