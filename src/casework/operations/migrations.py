"""Runs moved to another version of their workflow, many at a time: looked at first, then for good, then undone."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from casework.core.claim import Claim
from casework.core.command import Migrate, Restore
from casework.core.decide import decide
from casework.core.decision import Refusal
from casework.core.errors import (
    CaseworkError,
    Invalid,
    LimitExceeded,
    NotFound,
    PreconditionFailed,
    Problem,
    Unavailable,
)
from casework.core.obstacles import Immovable, Obstacle
from casework.core.permission import Grant
from casework.engine.catalog import Edition
from casework.engine.order import Order, Outcome
from casework.operations import once, stored_runs
from casework.operations.migration_report import Reason, Report, Sample, Tally
from casework.operations.services import Services
from casework.operations.workflows import note, usable
from casework.store import run_migrations
from casework.store.database import Connection
from casework.store.run_migrations import MigrationRow, Sought

__all__ = [
    "LIMIT_MAX",
    "MigrationRow",
    "Reason",
    "Report",
    "Sample",
    "Sought",
    "Wanted",
    "check",
    "move",
    "page",
    "undo",
]

LIMIT_MAX: Final = 10_000
"""Runs of one request: some seconds of the engine's work; the answer says where the next request goes on."""

AT_ONCE: Final = 500
"""Runs that are loaded, or wait for the engine, at once: two commits' worth, so that nobody else waits for them."""

ABSENT: Final = "absent"
THERE: Final = "there"
ENDED: Final = "ended"
CHANGED: Final = "changed"
REFUSED: Final = "refused"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Runs that are to go on by version `number`. tasks: where open steps go whose task is not there, by key."""

    number: int
    tasks: Mapping[str, str]
    sought: Sought
    limit: int


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """The runs of a migration after that one, at most so many."""

    after: int
    limit: int


async def check(services: Services, grant: Grant, workflow_id: int, wanted: Wanted) -> Report:
    """Which of the runs could move now, and why others could not: by the rules that move them.

    Raises:
        NotFound: there is no such workflow, or it is archived.
        Denied: without edit on it.
        Invalid: there is no such version, or the map names what there is not.

    """
    async with services.database.read() as connection:
        edition = await _aim(services, connection, grant, workflow_id, wanted)
    tally = Tally()
    able, following = await _candidates(services, grant, workflow_id, wanted, tally)
    command = _command(edition, wanted, 0)
    for some in _some(able):
        async with services.database.snapshot() as connection:
            found = await stored_runs.load(services, connection, grant, some, is_opened=True)
        for run in found:
            decided = decide(run, command, grant.actor(), services.clock.now())
            if isinstance(decided, Refusal):
                tally.stay(run.id, _obstacles(decided.error))
            else:
                tally.move()
            await asyncio.sleep(0)  # others are answered in between
    return tally.report(None, wanted.number, following)


async def move(
    services: Services, grant: Grant, workflow_id: int, wanted: Wanted, migration_id: int | None, claim: Claim | None
) -> dict[str, Any]:
    """Move the runs that can move, in that migration or a new one; gives the Report, as JSON values.

    Each run moves in a commit of its own or shared with others. Where the server stops in between, the same request
    moves the rest: runs that go by the version already are passed over.

    Raises:
        As `check`; and NotFound: there is no such migration, or it is one to another version.
        LimitExceeded, Unavailable: the server is too busy, or stops; the request may be sent again.

    """
    now = services.clock.now()
    async with services.database.write() as connection:
        edition = await _aim(services, connection, grant, workflow_id, wanted)
        if migration_id is None:
            migration_id = await run_migrations.insert(
                connection, grant, workflow_id, wanted.number, wanted.tasks, at=now
            )
            fact = {"workflow_id": workflow_id, "version": wanted.number, "migration": migration_id}
            await note(connection, grant, "workflow.migration_begun", fact, now)
        else:
            await _same(connection, grant, workflow_id, migration_id, wanted)
    tally = Tally()
    able, following = await _candidates(services, grant, workflow_id, wanted, tally)
    command = _command(edition, wanted, migration_id)
    for some in _some(able):
        orders = [
            Order(workspace_id=grant.workspace_id, run_id=run_id, command=command, actor=grant.actor(), edition=edition)
            for run_id in some
        ]
        await _submit(services, orders, tally)
    return await _finish(services, tally.report(migration_id, wanted.number, following), claim)


async def undo(
    services: Services,
    grant: Grant,
    workflow_id: int,
    migration_id: int,
    stretch: Stretch,
    claim: Claim | None,
) -> dict[str, Any]:
    """Take back the runs of a migration to which nothing has happened since; gives the Report, as JSON values.

    Raises:
        NotFound: there is no such workflow or migration.
        Denied: without edit on the workflow.
        LimitExceeded, Unavailable: as `move`.

    """
    async with services.database.read() as connection:
        await usable(connection, grant, workflow_id, "edit")
        row = await _found(connection, grant, workflow_id, migration_id)
        limit = stretch.limit
        moved = await run_migrations.moved(connection, grant, migration_id, after=stretch.after, limit=limit + 1)
        keys = {(workflow_id, one.from_version) for one in moved}
        editions = await services.engine.catalog.load(connection, keys)
    tally = Tally()
    orders = [
        Order(
            workspace_id=grant.workspace_id,
            run_id=one.run_id,
            command=Restore(
                version=editions[workflow_id, one.from_version].version,
                number=one.from_version,
                migration=migration_id,
                kept=one.kept,
            ),
            actor=grant.actor(),
            edition=editions[workflow_id, one.from_version],
            expected_revision=one.revision,
        )
        for one in moved[:limit]
    ]
    for begin in range(0, len(orders), AT_ONCE):
        await _submit(services, orders[begin : begin + AT_ONCE], tally)
    following = moved[limit - 1].run_id if len(moved) > limit else None
    return await _finish(services, tally.report(migration_id, row.version_number, following), claim)


async def page(
    services: Services, grant: Grant, workflow_id: int, *, limit: int, offset: int
) -> tuple[list[MigrationRow], int]:
    """The migrations of a workflow's runs, newest first: a page, and how many there are; errors as `check`."""
    async with services.database.snapshot() as connection:
        await usable(connection, grant, workflow_id, "edit")
        return await run_migrations.page(connection, grant, workflow_id, limit=limit, offset=offset)


async def _aim(services: Services, connection: Connection, grant: Grant, workflow_id: int, wanted: Wanted) -> Edition:
    """The version that runs are to go on by, for whoever may publish one."""
    found = await usable(connection, grant, workflow_id, "edit")
    newest = (workflow_id, found.version_number)
    editions = await services.engine.catalog.load(connection, [newest, (workflow_id, wanted.number)])
    edition = editions.get((workflow_id, wanted.number))
    if edition is None:
        message = f"The workflow has no version {wanted.number}; its newest is {found.version_number}."
        raise Invalid(message, (Problem(path="/to", message=message),))
    problems = []
    for old, new in sorted(wanted.tasks.items()):
        if edition.version.find(new) is None:
            problems.append(Problem(path=f"/tasks/{old}", message=f"version {wanted.number} has no task {new}."))
        if old not in editions[newest].tasks:
            problems.append(Problem(path=f"/tasks/{old}", message=f"no version of the workflow has a task {old}."))
    if problems:
        raise Invalid(" ".join(f"{one.path[1:]}: {one.message}" for one in problems), tuple(problems))
    return edition


async def _found(connection: Connection, grant: Grant, workflow_id: int, migration_id: int) -> MigrationRow:
    row = await run_migrations.find(connection, grant, workflow_id, migration_id)
    if row is None:
        raise NotFound("There is no such migration of this workflow's runs.")
    return row


async def _same(connection: Connection, grant: Grant, workflow_id: int, migration_id: int, wanted: Wanted) -> None:
    row = await _found(connection, grant, workflow_id, migration_id)
    if (row.version_number, row.tasks) != (wanted.number, dict(wanted.tasks)):
        message = f"Migration {migration_id} is one to version {row.version_number}, with its own map."
        raise Invalid(message, (Problem(path="/migrationId", message=message),))


async def _candidates(
    services: Services, grant: Grant, workflow_id: int, wanted: Wanted, tally: Tally
) -> tuple[list[int], int | None]:
    """The runs that might move, and after which one the next request goes on; of named ones that cannot, why."""
    async with services.database.read() as connection:
        found = await run_migrations.candidates(
            connection, grant, workflow_id, wanted.number, wanted.sought, limit=wanted.limit + 1
        )
    following = found[wanted.limit - 1].id if len(found) > wanted.limit else None
    able = []
    for one in found[: wanted.limit]:
        if not one.is_open:
            tally.stay(one.id, [Obstacle(code=ENDED, message="The run has ended.")])
        elif one.version_number == wanted.number:
            tally.stay(one.id, [Obstacle(code=THERE, message="The run goes by that version already.")])
        else:
            able.append(one.id)
    if wanted.sought.run_ids is not None and following is None:
        known = {one.id for one in found}
        for run_id in sorted(set(wanted.sought.run_ids) - known):
            if run_id > wanted.sought.after:
                tally.stay(run_id, [Obstacle(code=ABSENT, message="The workflow has no such run.")])
    return able, following


def _command(edition: Edition, wanted: Wanted, migration_id: int) -> Migrate:
    return Migrate(version=edition.version, number=wanted.number, migration=migration_id, tasks=dict(wanted.tasks))


def _some(run_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (run_ids[begin : begin + AT_ONCE] for begin in range(0, len(run_ids), AT_ONCE))


async def _submit(services: Services, orders: Sequence[Order], tally: Tally) -> None:
    answers = await asyncio.gather(*(services.engine.submit(order) for order in orders), return_exceptions=True)
    for order, answer in zip(orders, answers, strict=True):
        match answer:
            case Outcome():
                tally.move()
            case Unavailable() | LimitExceeded():
                raise answer
            case CaseworkError():
                tally.stay(order.run_id, _obstacles(answer))
            case _:
                raise answer


def _obstacles(error: CaseworkError) -> Sequence[Obstacle]:
    match error:
        case Immovable(obstacles=obstacles):
            return obstacles
        case PreconditionFailed():
            return [Obstacle(code=CHANGED, message="Something has happened to the run since it moved.")]
        case _:
            return [Obstacle(code=REFUSED, message=error.message)]


async def _finish(services: Services, report: Report, claim: Claim | None) -> dict[str, Any]:
    reference: dict[str, Any] = msgspec.to_builtins(report)
    if claim is not None:
        now = services.clock.now()
        async with services.database.write() as connection:
            await once.begin(connection, claim, now)
            await once.finish(connection, claim, reference)
    return reference
