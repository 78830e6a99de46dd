"""An activity with everything that whoever does it needs: its form, its case, and why it came here."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.definition import HUMAN, Json, Task
from casework.core.permission import Grant
from casework.core.step import COMPLETED, Step
from casework.engine.catalog import Edition
from casework.operations import activities
from casework.operations.activities import ActivityRow
from casework.operations.sensitive import reading
from casework.operations.services import Services
from casework.operations.work_units import WorkUnitRow
from casework.store import projects, runs, work_units
from casework.store.projects import ProjectRow

__all__ = ["ActivityDetail", "Source", "read"]

OUTPUT_BYTES_MAX: Final = 64 * 1024
"""Of what other tasks gave that is shown with an activity: as much as a model can be expected to read."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A task whose end led to an activity, and how it ended."""

    task: str
    name: str
    state: str


class ActivityDetail(msgspec.Struct, frozen=True, kw_only=True):
    """An activity and what belongs to it.

    sources: whose ends led here; none where the case begins here. caught: the error that led here. item: what it is to
    be done for, where its task is done for each of several. ask: what a worker asks there, in place of what the task
    says. outputs: of the completed tasks, by key, the newest of them
    up to OUTPUT_BYTES_MAX; left_out: the keys of the others.
    """

    row: ActivityRow
    run: WorkUnitRow
    project: ProjectRow
    task: Task
    sources: tuple[Source, ...]
    caught: Json
    item: Json
    ask: Json
    outputs: dict[str, Json]
    left_out: tuple[str, ...]

    @property
    def prompt(self) -> str:
        """What is to be done."""
        return str(self.task.prompt if self.ask is None else self.ask["prompt"])

    @property
    def form(self) -> Json:
        """What the data must fit, None where any will do."""
        return self.task.form if self.ask is None else self.ask["form"]


async def read(services: Services, grant: Grant, uuid: UUID) -> ActivityDetail:
    """The activity.

    Raises:
        NotFound: there is none, or the caller may not see it.

    """
    now = services.clock.now()
    async with reading(services, grant) as reader:
        connection = reader.connection
        (row,) = await reader.steps([(await activities.seen(connection, grant, uuid, now)).row])
        (run,) = await reader.runs(await work_units.get_work_units(connection, grant, [row.run_id], now=now))
        (project,) = await projects.get_projects(connection, grant, [row.workflow_id], now=now)
        key = (run.workflow_id, run.version_number)
        edition = (await services.engine.catalog.load(connection, [key]))[key]
        stored = [step for _, step in (await runs.steps_of(connection, [run.id]))[run.id]]
        steps = {step.number: step for step in await reader.steps(stored, lambda step: (row.run_id, step.number))}
    own = steps.get(row.number)  # None for an earlier visit, of which only the activity itself is told
    outputs, left_out = _outputs(steps)
    return ActivityDetail(
        row=row,
        run=run,
        project=project,
        task=_task(edition, row),
        sources=() if own is None else tuple(_sources(own, steps, edition)),
        caught=None if own is None else own.caught,
        item=None if own is None else own.item,
        ask=None if own is None else own.ask,
        outputs=outputs,
        left_out=left_out,
    )


def _task(edition: Edition, row: ActivityRow) -> Task:
    """Its task; of one that ended before the run moved to a version without it, what is left."""
    key = next(key for key, (task_id, _) in edition.tasks.items() if task_id == row.task_id)
    return edition.version.find(key) or Task(key=key, name=row.name, kind=HUMAN)


def _sources(own: Step, steps: Mapping[int, Step], edition: Edition) -> Iterator[Source]:
    for number in own.sources:
        if (step := steps.get(number)) is not None:
            task = edition.version.find(step.task)
            yield Source(task=step.task, name=step.task if task is None else task.name, state=step.state)


def _outputs(steps: Mapping[int, Step]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The outputs that `tasks.<key>.output` means, from the newest on as far as they fit; and the keys of the rest."""
    found: dict[str, Any] = {}
    left_out: list[str] = []
    room = OUTPUT_BYTES_MAX
    for _, step in sorted(steps.items(), reverse=True):
        if not step.is_output or step.state != COMPLETED or step.parent is not None:
            continue
        size = len(msgspec.json.encode(step.output))
        if size <= room:
            found[step.task] = step.output
            room -= size
        else:
            left_out.append(step.task)
    return found, tuple(left_out)
