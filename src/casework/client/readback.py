"""After a replay: what the server has of it, compared with the log."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import msgspec

from casework.client.activities import flat
from casework.client.client import Client
from casework.client.script import Script, Stage

RUNS_A_REQUEST: Final = 50
PAGE_SIZE: Final = 1_000

_ACTIVITIES: Final = "/api/v3/workflow/activities"


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """A case as the server has it: whether it is completed, and (task id, account id, status) of its steps."""

    status: str
    steps: tuple[tuple[int, int | None, str], ...]


class Comparison:
    """Compares cases as they were played with their scripts, and adds both up by task and by person."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._keys = {task_id: key for key, task_id in stage.tasks.items()}
        self._tasks: Counter[str] = Counter()
        self._people: Counter[int | None] = Counter()
        self._differences: list[str] = []

    def add(self, script: Script, played: Played | None) -> None:
        """Compare a case."""
        wanted = self._wanted(script)
        got = Played(status="missing", steps=()) if played is None else played
        for sign, one in ((1, got), (-1, wanted)):
            self._tasks.update(
                {self._keys.get(task, str(task)): sign * count for task, count in _counted(one, 0).items()}
            )
            self._people.update({account: sign * count for account, count in _counted(one, 1).items()})
        if got != wanted:
            self._differences.append(
                f"case {script.title!r}: the log has {self._said(wanted)}; {self._said(got)} found"
            )

    def differences(self) -> list[str]:
        """What differs, case by case, then the sums by task and by person; nothing where all is as the log has it."""
        tasks = [f"task {key}: {count:+} to the log" for key, count in self._tasks.items() if count]
        people = [f"account {account}: {count:+} to the log" for account, count in self._people.items() if count]
        return [*self._differences, *tasks, *people]

    def _wanted(self, script: Script) -> Played:
        steps = tuple(
            (
                self._stage.tasks[step.task],
                self._stage.actors[step.person].account_id,
                "completed" if step.is_completed else "open",
            )
            for step in script.steps
        )
        return Played(status="complete" if script.is_completed else "in-progress", steps=steps)

    def _said(self, one: Played) -> str:
        steps = " > ".join(
            f"{self._keys.get(task, task)}/{account}" + ("" if status == "completed" else f" ({status})")
            for task, account, status in one.steps
        )
        return f"{one.status}: {steps}"


def _counted(one: Played, field: int) -> Counter[Any]:
    return Counter(step[field] for step in one.steps)


async def compare(client: Client, stage: Stage, scripts: Iterable[Script], runs: Mapping[int, int]) -> list[str]:
    """Read every case back over the API, and give what differs from the scripts."""
    comparison = Comparison(stage)
    for part in _parts(scripts):
        played = await _played(client, [runs[script.number] for script in part if script.number in runs])
        for script in part:
            comparison.add(script, played.get(runs.get(script.number, 0)))
    return comparison.differences()


def _parts(scripts: Iterable[Script]) -> Iterator[list[Script]]:
    all_ = iter(scripts)
    while part := list(islice(all_, RUNS_A_REQUEST)):
        yield part


async def _played(client: Client, run_ids: Sequence[int]) -> dict[int, Played]:
    """The cases of these runs: all their activities, in the order in which they came to be."""
    steps: dict[int, list[tuple[int, int | None, str]]] = {run_id: [] for run_id in run_ids}
    statuses: dict[int, str] = {}
    number = 1
    while run_ids:
        page = await client.transport.get(_ACTIVITIES, **_query(run_ids, number))
        for resource in page.get("included", ()):
            statuses[int(resource["id"])] = resource["attributes"]["status"]
        for resource in page["data"]:
            one = flat(resource)
            status = "completed" if one["status"] == "completed" else "open"
            steps[int(one["work_unit_id"])].append((int(one["node_id"]), one["assigned_account_id"], status))
        if len(page["data"]) < PAGE_SIZE:
            break
        number += 1
    return {run_id: Played(status=statuses.get(run_id, "missing"), steps=tuple(steps[run_id])) for run_id in run_ids}


def _query(run_ids: Sequence[int], number: int) -> dict[str, Any]:
    return {
        "filter[work_unit_id][]": list(run_ids),
        "page[number]": number,
        "page[size]": PAGE_SIZE,
        "included[]": "work_unit",
        "fields[workflow/activities]": "status,assigned_account_id",
        "fields[workflow/work_units]": "status",
    }
