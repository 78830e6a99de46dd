"""Running a flow for a caller that is a program: start it, wait for its end, see it again, say what came of it."""

from collections.abc import AsyncGenerator
from typing import Final
from uuid import UUID

import msgspec

from casework.core.claim import Claim
from casework.core.definition import Json
from casework.core.errors import NotFound
from casework.core.permission import Grant
from casework.engine.order import NewRun
from casework.entropy import new_uuid
from casework.operations import following
from casework.operations.analytics import ReportedRun
from casework.operations.chat_runs import usable
from casework.operations.following import Fact
from casework.operations.origin import ran_by
from casework.operations.sensitive import reading
from casework.operations.services import Services
from casework.store import analytics, audit, chat_runs, events, idempotency, run_facts
from casework.store.analytics import RunRow
from casework.store.database import Connection

__all__ = ["Fact", "FlowWish", "follow", "judge", "report", "start", "started", "wait"]

READ: Final = "analytics:read"

_NO_RUN: Final = "This flow has no such run."


class FlowWish(msgspec.Struct, frozen=True, kw_only=True):
    """A run to be started. version_number: None is the newest. end_user: the caller's own name of whom it acts for."""

    flow: int | UUID
    inputs: Json
    version_number: int | None = None
    end_user: str | None = None


async def start(services: Services, grant: Grant, wish: FlowWish, claim: Claim | None) -> dict[str, int]:
    """Start a run of a flow, for the caller. Gives {"id": the run's}, as the engine claims it.

    Raises:
        NotFound, Denied: there is no such flow, or the caller may not use it.
        Conflict, Invalid: it takes no new runs, has no such version, or not these inputs.

    """
    async with services.database.read() as connection:
        workflow_id = await usable(connection, grant, wish.flow)
    new = NewRun(
        uuid=new_uuid(services.clock.now()),
        workspace_id=grant.workspace_id,
        workflow_id=workflow_id,
        actor=grant.actor(),
        version_number=wish.version_number,
        member_id=grant.principal.member_id,
        input=wish.inputs,
        end_user=wish.end_user,
        claim=claim,
        **ran_by(grant.principal),
    )
    return {"id": (await services.engine.create(new)).run.id}


async def started(services: Services, grant: Grant, run_id: int) -> UUID:
    """The UUID of a run that was started."""
    async with services.database.read() as connection:
        run = await chat_runs.started(connection, grant, run_id)
    if run is None:
        raise NotFound(_NO_RUN)
    return run.uuid


async def report(services: Services, grant: Grant, flow: int | UUID, run: UUID) -> ReportedRun:
    """A run of a flow, for whoever started it, whose case it is, or holds analytics:read.

    Raises:
        NotFound: there is no such flow, or it has no such run.
        Denied: it is somebody else's.

    """
    async with reading(services, grant) as reader:
        found = await _seen(reader.connection, grant, flow, run)
        usage = await analytics.usage(reader.connection, grant, [found.id])
        (shown,) = await reader.runs([found])
    return ReportedRun(run=shown, usage=usage)


async def follow(services: Services, grant: Grant, run: UUID, *, seconds: float) -> AsyncGenerator[Fact, None]:
    """What happens in a run until it has ended, at most so many seconds."""
    async with services.database.read() as connection:
        followed = await run_facts.find(connection, grant, run)
    if followed is None:
        raise NotFound(_NO_RUN)
    async for fact in following.follow(services, grant, followed, seconds=seconds):
        yield fact


async def wait(services: Services, grant: Grant, flow: int | UUID, run: UUID, *, seconds: float) -> ReportedRun:
    """The run when it has ended, or after so many seconds as it is then; errors as `report`."""
    async for _ in follow(services, grant, run, seconds=seconds):
        pass
    return await report(services, grant, flow, run)


async def judge(
    services: Services, grant: Grant, flow: int | UUID, run: UUID, feedback: str, claim: Claim | None
) -> str:
    """Keep what somebody says of a run, in place of the last. Gives its UUID, as text; errors as `report`."""
    at = services.clock.now()
    async with services.database.write() as connection:
        found = await _seen(connection, grant, flow, run)
        if claim is not None:
            await idempotency.claim(connection, claim, str(run), at)
        await analytics.judge(connection, grant, found.id, feedback)
        await audit.record(connection, grant.workspace_id, grant.actor(), "run.judged", [{"run_id": found.id}], at)
    return str(run)


async def _seen(connection: Connection, grant: Grant, flow: int | UUID, run: UUID) -> RunRow:
    workflow = await analytics.flow(connection, grant, flow)
    if workflow is None:
        raise NotFound("There is no such flow in this organization.")
    found = await analytics.find(connection, grant, workflow.id, run)
    if found is None:
        raise NotFound(_NO_RUN)
    owner = await events.run_owner(connection, grant, found.id)
    who = grant.principal
    if found.ran_by_id not in (who.account_uuid, who.key_uuid) or found.ran_by_id is None:
        grant.require_own_or(None if owner is None else owner.member_id, READ)
    return found
