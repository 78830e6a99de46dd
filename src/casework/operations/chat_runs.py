"""The runs of a chat: what each shows of its tasks, and how one is started from it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from casework.core.claim import AlreadyClaimed, Claim
from casework.core.definition import Json
from casework.core.errors import Conflict, NotFound
from casework.core.permission import Grant
from casework.core.taint import MESSAGE
from casework.engine.order import NewRun
from casework.entropy import new_uuid
from casework.operations import chats, messages
from casework.operations.chats import ChatChange, ChatWish
from casework.operations.origin import ran_by
from casework.operations.services import Services
from casework.store import access, analytics, chat_runs, idempotency
from casework.store import chats as store
from casework.store import messages as message_store
from casework.store.chat_runs import ChatRun, LastVisit
from casework.store.database import Connection
from casework.store.messages import Message, NewMessage

__all__ = ["RunWish", "ShownRun", "ShownTask", "list_runs", "open_chat", "said", "start"]

ASSIGN: Final = "assignments:write"


class RunWish(msgspec.Struct, frozen=True, kw_only=True):
    """A run to be started: of that workflow's newest version, with that input."""

    workflow: int | UUID
    input: Json


class ShownTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task of a run by its last visit; one that was not reached has no state and no instants."""

    key: str
    state: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


class ShownRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run of a chat, with every task of its version in topological order."""

    run: ChatRun
    chat_uuid: UUID
    tasks: Sequence[ShownTask]


async def list_runs(services: Services, grant: Grant, chat: UUID) -> list[ShownRun]:
    """The runs of a chat by their start, those not started last by creation; errors as `chats.find`."""
    async with services.database.snapshot() as connection:
        found = await chats.seen(connection, grant, chat, needs=chats.READ)
        runs = await chat_runs.runs(connection, grant, found.id)
        visits = await chat_runs.last_visits(connection, grant, [run.id for run in runs])
        editions = await services.engine.catalog.load(connection, {_version(run) for run in runs})
    by_run: dict[int, dict[str, LastVisit]] = defaultdict(dict)
    for visit in visits:
        by_run[visit.run_id][visit.task_key] = visit
    return [
        ShownRun(
            run=run,
            chat_uuid=found.uuid,
            tasks=[_shown(key, by_run[run.id].get(key)) for key in editions[_version(run)].version.graph.order],
        )
        for run in runs
    ]


async def open_chat(
    services: Services, grant: Grant, wish: ChatWish, run: RunWish, claim: Claim | None
) -> dict[str, int]:
    """Make a chat with an assignment in it, for the chat's owner. Gives {"id": the run's}, as the engine claims it.

    Raises:
        Denied: without use of the workflow; for another member, without chats:write and assignments:write.
        NotFound, Conflict, Invalid: there is no such workflow, it takes no new cases, or not this input.

    """
    member_id = chats.owner_of(grant, wish.member_id)
    grant.require_own_or(member_id, ASSIGN)
    async with services.database.read() as connection:
        workflow_id = await usable(connection, grant, run.workflow)
        if member_id not in await store.known_members(connection, grant, [member_id]):
            raise chats.no_member("/memberId")
    new = _new_run(grant, new_uuid(services.clock.now()), workflow_id, run.input)
    outcome = await services.engine.create(
        replace(new, member_id=member_id, title=wish.title, opens_chat=True, claim=claim)
    )
    return {"id": outcome.run.id}


async def opened(services: Services, grant: Grant, wish: ChatWish, run_id: int) -> int:
    """The id of the chat that a run opened, once it is described as was wished; may be asked for again."""
    at = services.clock.now()
    async with services.database.write() as connection:
        run = await chat_runs.started(connection, grant, run_id)
        if run is None or run.chat_id is None:
            raise NotFound("There is no such chat.")
        described = ChatChange(summary=wish.summary, channel=wish.channel, chat_type=wish.chat_type)
        if described != _AS_OPENED and await store.lock(connection, grant, run.chat_id):
            await store.update(connection, grant, run.chat_id, described, at=at)
    return run.chat_id


async def start(
    services: Services, grant: Grant, chat: int | UUID, run: RunWish, claim: Claim | None
) -> dict[str, int]:
    """Start a run from a chat, for its owner; `said` comes next. Gives {"id": the run's}, as the engine claims it.

    Raises:
        NotFound, Denied: as `chats.find`, with chats:write for others' chats, and assignments:write for others' runs.
        Conflict: a run of this chat has not ended yet.
        NotFound, Denied, Conflict, Invalid: as `open_chat`.

    """
    async with services.database.read() as connection:
        found = await chats.seen(connection, grant, chat, needs=chats.WRITE)
        grant.require_own_or(found.member_id, ASSIGN)
        workflow_id = await usable(connection, grant, run.workflow)
        if await chat_runs.has_open(connection, grant, found.id):
            if claim is not None and await idempotency.find(connection, claim.scope) is not None:
                raise AlreadyClaimed  # it is the run that this very request started a moment ago
            raise Conflict("A run of this chat is still going on.")
    new = _new_run(grant, new_uuid(services.clock.now()), workflow_id, run.input)
    # Of two that start at once, the database lets one through: see the index runs_chat_open.
    outcome = await services.engine.create(
        replace(new, member_id=found.member_id, title=found.title, chat_id=found.id, claim=claim)
    )
    return {"id": outcome.run.id}


async def said(services: Services, grant: Grant, chat: int | UUID, wish: messages.Wish, run_id: int) -> Message:
    """The message that a run was started with, kept now if it is not yet: it bears the run's own UUID.

    The run is committed by the engine and its message after it, so whoever comes back after a crash finds the run
    alone, and says it then.
    """
    async with services.database.write() as connection:
        found = await chats.seen(connection, grant, chat, needs=chats.WRITE)
        run = await chat_runs.started(connection, grant, run_id)
        if run is None or not await store.lock(connection, grant, found.id):
            raise NotFound("There is no such chat.")
        kept = await message_store.find(connection, grant, found.id, run.uuid)
        if kept is None:
            new = NewMessage(
                uuid=run.uuid,
                chat_id=found.id,
                role=wish.role,
                content=wish.content,
                created_at=services.clock.now(),
                run_id=run.id,
                member_id=grant.principal.member_id,
            )
            kept = await messages.keep(connection, grant, new)
    chats.tell(services, grant, found)
    return kept


_AS_OPENED: Final = ChatChange(summary="", channel="web", chat_type="chat")


async def usable(connection: Connection, grant: Grant, workflow: int | UUID) -> int:
    """The id of a workflow of which the caller may start runs."""
    flow = await analytics.flow(connection, grant, workflow)
    rights = None if flow is None else await access.find(connection, grant, flow.id)
    if flow is None or rights is None:
        raise NotFound("There is no such workflow.")
    rights.require("use")
    return flow.id


def _new_run(grant: Grant, uuid: UUID, workflow_id: int, value: Json) -> NewRun:
    return NewRun(
        uuid=uuid,
        workspace_id=grant.workspace_id,
        workflow_id=workflow_id,
        actor=grant.actor(),
        input=value,
        run_type="chat_assistant",
        taints=(MESSAGE,),
        **ran_by(grant.principal),
    )


def _version(run: ChatRun) -> tuple[int, int]:
    return run.workflow_id, run.version_number


def _shown(key: str, visit: LastVisit | None) -> ShownTask:
    if visit is None:
        return ShownTask(key=key)
    return ShownTask(key=key, state=visit.state, started_at=visit.started_at, ended_at=visit.ended_at)
