"""The runs of a chat with what each shows of its tasks: a constant number of queries, however many runs there are."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from casework.core.definition import Json
from casework.core.permission import Grant
from casework.store.database import Connection

RUNS_MAX: Final = 1000
"""Runs of one chat that are shown, the newest of them: the answer has no pages."""


class ChatRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run of a chat."""

    id: int
    uuid: UUID
    workflow_id: int
    workflow_uuid: UUID
    version_number: int
    state: str
    started_at: datetime | None
    ended_at: datetime | None


class LastVisit(msgspec.Struct, frozen=True, kw_only=True):
    """The newest visit of a task in a run."""

    run_id: int
    task_key: str
    state: str
    started_at: datetime | None
    ended_at: datetime | None


_RUNS: Final = """
select id, uuid, workflow_id, workflow_uuid, version_number, state, started_at, ended_at from (
    select r.id, r.uuid, r.workflow_id, w.uuid as workflow_uuid, r.version_number, r.state,
           r.started_at, r.ended_at, r.created_at
    from runs r
    join workflows w on w.workspace_id = r.workspace_id and w.id = r.workflow_id
    where r.workspace_id = $1 and r.chat_id = $2
    order by r.created_at desc, r.id desc limit $3
) newest
order by started_at nulls last, created_at, id
"""


async def runs(connection: Connection, grant: Grant, chat_id: int) -> list[ChatRun]:
    """The runs of a chat by their start, those not started last by creation; the newest RUNS_MAX."""
    rows = await connection.fetch(_RUNS, grant.workspace_id, chat_id, RUNS_MAX)
    return [ChatRun(**row) for row in rows]


_LAST_VISITS: Final = """
select run_id, task_key, state, started_at, ended_at from steps
where workspace_id = $1 and run_id = any($2::bigint[]) and is_last and parent is null
"""


async def last_visits(connection: Connection, grant: Grant, run_ids: list[int]) -> list[LastVisit]:
    """The newest visit of every task that those runs reached, in no order; an item of a `for_each` is no visit."""
    rows = await connection.fetch(_LAST_VISITS, grant.workspace_id, run_ids)
    return [LastVisit(**row) for row in rows]


_HAS_OPEN: Final = "select from runs where workspace_id = $1 and chat_id = $2 and ended_at is null limit 1"


async def has_open(connection: Connection, grant: Grant, chat_id: int) -> bool:
    """Whether a run of the chat has not ended."""
    return await connection.fetchrow(_HAS_OPEN, grant.workspace_id, chat_id) is not None


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """A run, as far as the chat that it belongs to needs to know it."""

    id: int
    uuid: UUID
    chat_id: int | None


_STARTED: Final = "select id, uuid, chat_id from runs where workspace_id = $1 and id = $2"


async def started(connection: Connection, grant: Grant, run_id: int) -> Started | None:
    """The run of that id."""
    row = await connection.fetchrow(_STARTED, grant.workspace_id, run_id)
    return None if row is None else Started(**row)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a run of a chat stands. is_busy: something else than a person or a clock is at work on it."""

    id: int
    uuid: UUID
    state: str
    error: Json
    is_busy: bool


_STANDING: Final = """
select r.id, r.uuid, r.state, r.error,
       r.ended_at is null and exists (
           select from steps s
           where s.workspace_id = r.workspace_id and s.run_id = r.id and s.ended_at is null
             and (s.state = 'queued' or (s.kind <> 'human' and s.state = 'in_progress')
                  or (s.kind = 'subworkflow' and s.state = 'waiting'))
       ) as is_busy
from runs r
where r.workspace_id = $1 and r.chat_id = $2 and case when $3::bigint is null then r.ended_at is null else r.id = $3 end
order by r.id desc limit 1
"""


async def standing(connection: Connection, grant: Grant, chat_id: int, run_id: int | None) -> Standing | None:
    """That run of the chat, or without an id its newest open one."""
    row = await connection.fetchrow(_STANDING, grant.workspace_id, chat_id, run_id)
    return None if row is None else Standing(**row)
