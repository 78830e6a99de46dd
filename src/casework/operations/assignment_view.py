"""An assignment as it is read: the run with every task of its version, reached or not, at one instant."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from casework.core.clocks import live_ms, pipeline_ms, working_ms
from casework.core.ids import assignment_task_id
from casework.engine.catalog import Catalog, Edition
from casework.store.assignments import AssignmentRow, AssignmentTaskRow
from casework.store.database import Connection


class TaskView(msgspec.Struct, frozen=True, kw_only=True):
    """A task of an assignment; `visit` is its last one, None where it was not reached."""

    id: int
    assignment_id: int
    task_id: int
    key: str
    name: str
    kind: str
    is_current: bool
    visit: AssignmentTaskRow | None


class AssignmentView(msgspec.Struct, frozen=True, kw_only=True):
    """An assignment with its tasks in topological order, and its clocks at the instant of the query."""

    row: AssignmentRow
    tasks: tuple[TaskView, ...]
    working_ms: int
    live_ms: int
    pipeline_ms: int

    @property
    def current(self) -> TaskView | None:
        """The current task."""
        return next((task for task in self.tasks if task.is_current), None)

    def task(self, key: str) -> TaskView:
        """The task of that key; KeyError where its version has none."""
        for task in self.tasks:
            if task.key == key:
                return task
        raise KeyError(key)


async def editions_of(
    connection: Connection, catalog: Catalog, rows: Sequence[AssignmentRow]
) -> Mapping[tuple[int, int], Edition]:
    """The versions that these assignments go by: one query for those that this process has not met yet."""
    return await catalog.load(connection, {(row.workflow_id, row.version_number) for row in rows})


def view_of(
    row: AssignmentRow, steps: Sequence[AssignmentTaskRow], edition: Edition, *, now: datetime
) -> AssignmentView:
    """The assignment, of a row and its steps in order of number."""
    shown = {step.task_key: step for step in steps if step.is_shown}
    return AssignmentView(
        row=row,
        tasks=tuple(_task(row, edition, key, shown.get(key)) for key in edition.version.graph.order),
        working_ms=row.working_ms + sum(working_ms(0, step.open_since, now) for step in steps),
        live_ms=live_ms(row.started_at, row.ended_at, now),
        pipeline_ms=pipeline_ms(row.created_at, row.ended_at, now),
    )


def _task(row: AssignmentRow, edition: Edition, key: str, visit: AssignmentTaskRow | None) -> TaskView:
    task = edition.version.task(key)
    task_id, ordinal = edition.tasks[key]
    return TaskView(
        id=assignment_task_id(row.id, ordinal),
        assignment_id=row.id,
        task_id=task_id,
        key=key,
        name=task.name,
        kind=task.kind,
        is_current=task_id == row.current_task_id,
        visit=visit,
    )
