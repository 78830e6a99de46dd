"""The steps of an assignment, one by one: for whoever may read it; what they cost for whoever may see figures."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from casework.core.definition import BY_WORKERS, SUBWORKFLOW
from casework.core.permission import Grant
from casework.core.step import QUEUED
from casework.operations.assignments import READ, row_of
from casework.operations.sensitive import reading
from casework.operations.services import Services
from casework.store import limits, run_steps
from casework.store.database import Connection
from casework.store.limits import Wait
from casework.store.run_steps import Relative, StepRow, StepUsage

__all__ = ["Relative", "StepRow", "StepUsage", "StepView", "Steps", "Wait", "page"]

FIGURES: Final = "analytics:read"


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """A step.

    waits: the limits that keep it from its turn. usage: None where the caller may not know. beneath: the run made for
    it, where the caller may read it.
    """

    row: StepRow
    waits: tuple[Wait, ...]
    usage: tuple[StepUsage, ...] | None
    beneath: Relative | None


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the steps of a run, of so many. above: the run that it was made for, where the caller may read it."""

    above: Relative | None
    items: tuple[StepView, ...]
    total: int


async def page(services: Services, grant: Grant, assignment_id: int, *, limit: int, offset: int) -> Steps:
    """A page of the steps in the order in which they were reached.

    Raises:
        NotFound, Denied: as `assignments.read`.

    """
    async with reading(services, grant) as reader:
        connection = reader.connection
        await row_of(connection, grant, assignment_id)
        rows, total = await run_steps.page(connection, grant, assignment_id, limit=limit, offset=offset)
        above = await run_steps.above(connection, grant, assignment_id)
        made = await run_steps.beneath(connection, grant, assignment_id, _made_by(rows).values())
        waits = await _waits(connection, grant, assignment_id, rows)
        usage = None
        if grant.holds(FIGURES):
            usage = await run_steps.usage(connection, grant, assignment_id, [row.number for row in rows])
        rows = await reader.steps(rows, lambda row: (assignment_id, row.number))
    return Steps(above=_readable(grant, above), items=_views(grant, rows, made, waits, usage), total=total)


async def _waits(connection: Connection, grant: Grant, run_id: int, rows: Sequence[StepRow]) -> Sequence[Wait]:
    """Which limits keep the steps among these that wait for a worker; most runs have none, and are not asked about."""
    queued = [row.number for row in rows if row.state == QUEUED and row.kind in BY_WORKERS]
    return await limits.kept(connection, grant, run_id, queued) if queued else ()


def _views(
    grant: Grant,
    rows: Sequence[StepRow],
    made: Sequence[Relative],
    waits: Sequence[Wait],
    usage: Sequence[StepUsage] | None,
) -> tuple[StepView, ...]:
    run_of = _made_by(rows)
    by_id = {run.id: run for run in made}
    return tuple(
        StepView(
            row=row,
            waits=tuple(one for one in waits if one.number == row.number),
            usage=None if usage is None else tuple(one for one in usage if one.number == row.number),
            beneath=_readable(grant, by_id.get(run_of.get(row.number, 0))),
        )
        for row in rows
    )


def _made_by(rows: Sequence[StepRow]) -> Mapping[int, int]:
    """The ids of the runs that steps keep as made for them, by the number of the step."""
    return {row.number: row.data["runId"] for row in rows if row.kind == SUBWORKFLOW and "runId" in row.data}


def _readable(grant: Grant, run: Relative | None) -> Relative | None:
    if run is None or not (grant.is_own(run.member_id) or grant.holds(READ)):
        return None
    return run
