"""Hooks: kept, listed, found by their addresses; and the last calls of each."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from casework.core.permission import Grant
from casework.store import access
from casework.store.database import Connection

HookKind = Literal["bearer", "hmac_sha256", "standard_webhooks"]

CALLS_KEPT: Final = 100
"""Calls of a hook that are remembered: enough to see what goes wrong, few enough to be kept for every hook."""


class HookPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants of a hook. input: an expression a field; none: the whole body. headers: those they see."""

    name: str
    input: dict[str, str]
    headers: tuple[str, ...]
    external_id: str | None
    is_enabled: bool
    calls_per_minute: int


class Hook(HookPlan, frozen=True, kw_only=True):
    """A hook; `uuid` is its address, `secret` what is kept of its secret."""

    id: int
    uuid: UUID
    workspace_id: int
    workflow_id: int
    workflow_name: str
    kind: HookKind
    secret: bytes
    revision: int
    created_at: datetime
    updated_at: datetime


class HookCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it is remembered: HTTP's status, the run that it started, or why it was refused."""

    id: int
    at: datetime
    status: int
    run_id: int | None
    error: str | None


_SELECT: Final = """
select h.id, h.uuid, h.workspace_id, h.workflow_id, w.name as workflow_name, h.name, h.kind, h.input, h.headers,
       h.external_id, h.secret, h.is_enabled, h.calls_per_minute, h.revision, h.created_at, h.updated_at
from hooks h join workflows w on w.workspace_id = h.workspace_id and w.id = h.workflow_id
"""
_FIND: Final = _SELECT + "where h.workspace_id = $1 and h.id = $2"
_CALLED: Final = _SELECT + "where h.uuid = $1 and h.is_enabled"
_PAGE: Final = _SELECT + "where h.workspace_id = $1 and h.workflow_id = any($2) order by h.id desc limit $3 offset $4"


async def find(connection: Connection, grant: Grant, hook_id: int) -> Hook | None:
    """The hook with that id."""
    row = await connection.fetchrow(_FIND, grant.workspace_id, hook_id)
    return None if row is None else _hook(row)


async def called(connection: Connection, uuid: UUID) -> Hook | None:
    """The hook at that address that takes calls; whoever calls has yet to prove that it may."""
    row = await connection.fetchrow(_CALLED, uuid)
    return None if row is None else _hook(row)


async def page(connection: Connection, grant: Grant, *, limit: int, offset: int) -> tuple[list[Hook], int]:
    """A page of the hooks of workflows that the caller may edit, newest first, and how many there are."""
    workflow_ids = await access.editable_workflow_ids(connection, grant)
    rows = await connection.fetch(_PAGE, grant.workspace_id, workflow_ids, limit, offset)
    total: int = await connection.fetchval(
        "select count(*) from hooks where workspace_id = $1 and workflow_id = any($2)", grant.workspace_id, workflow_ids
    )
    return [_hook(row) for row in rows], total


class NewHook(msgspec.Struct, frozen=True, kw_only=True):
    """A hook to be kept."""

    uuid: UUID
    workflow_id: int
    kind: HookKind
    secret: bytes
    plan: HookPlan


async def insert(connection: Connection, grant: Grant, new: NewHook, *, at: datetime) -> int:
    """Keep a hook; gives its id."""
    made: int = await connection.fetchval(
        """
        insert into hooks (workspace_id, uuid, workflow_id, kind, secret, created_by, created_at, updated_at,
                           name, input, headers, external_id, is_enabled, calls_per_minute)
        values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11, $12, $13) returning id
        """,
        grant.workspace_id,
        new.uuid,
        new.workflow_id,
        new.kind,
        new.secret,
        grant.principal.member_id,
        at,
        *_values(new.plan),
    )
    return made


async def lock(connection: Connection, grant: Grant, hook_id: int) -> None:
    """Hold the hook until the transaction ends."""
    await connection.execute(
        "select from hooks where workspace_id = $1 and id = $2 for no key update", grant.workspace_id, hook_id
    )


async def update(connection: Connection, grant: Grant, hook_id: int, plan: HookPlan, *, at: datetime) -> None:
    """Keep another plan."""
    await connection.execute(
        """
        update hooks
        set updated_at = $3, name = $4, input = $5, headers = $6, external_id = $7, is_enabled = $8,
            calls_per_minute = $9, revision = revision + 1
        where workspace_id = $1 and id = $2
        """,
        grant.workspace_id,
        hook_id,
        at,
        *_values(plan),
    )


async def replace_secret(connection: Connection, grant: Grant, hook_id: int, secret: bytes, *, at: datetime) -> None:
    """Keep another secret; the one before is good for nothing from then on."""
    await connection.execute(
        "update hooks set secret = $3, updated_at = $4, revision = revision + 1 where workspace_id = $1 and id = $2",
        grant.workspace_id,
        hook_id,
        secret,
        at,
    )


async def delete(connection: Connection, grant: Grant, hook_id: int) -> None:
    """Delete the hook and what is remembered of its calls; its runs stay."""
    await connection.execute("delete from hooks where workspace_id = $1 and id = $2", grant.workspace_id, hook_id)


async def count_call(connection: Connection, workspace_id: int, hook_id: int, at: datetime) -> int:
    """Count a call; gives which one of its minute it is, 0 where the hook is gone."""
    number: int | None = await connection.fetchval(
        """
        insert into hook_minutes as kept (workspace_id, hook_id, minute, calls)
        select workspace_id, id, date_trunc('minute', $3::timestamptz), 1 from hooks where workspace_id = $1 and id = $2
        on conflict (workspace_id, hook_id) do update
        set calls = case when kept.minute = excluded.minute then kept.calls + 1 else 1 end, minute = excluded.minute
        returning calls
        """,
        workspace_id,
        hook_id,
        at,
    )
    return number or 0


async def note_call(connection: Connection, workspace_id: int, hook_id: int, call: HookCall) -> None:
    """Remember a call, and forget those that are older than the last CALLS_KEPT; nothing where the hook is gone."""
    await connection.execute(
        """
        insert into hook_calls (workspace_id, hook_id, at, status, run_id, error)
        select workspace_id, id, $3, $4, $5, $6 from hooks where workspace_id = $1 and id = $2
        """,
        workspace_id,
        hook_id,
        call.at,
        call.status,
        call.run_id,
        call.error,
    )
    await connection.execute(
        """
        delete from hook_calls where workspace_id = $1 and hook_id = $2 and id <= (
            select id from hook_calls where workspace_id = $1 and hook_id = $2 order by id desc offset $3 limit 1)
        """,
        workspace_id,
        hook_id,
        CALLS_KEPT,
    )


async def calls(connection: Connection, grant: Grant, hook_id: int, *, limit: int, offset: int) -> list[HookCall]:
    """The calls of a hook that are remembered, newest first."""
    rows = await connection.fetch(
        """
        select id, at, status, run_id, error from hook_calls
        where workspace_id = $1 and hook_id = $2 order by id desc limit $3 offset $4
        """,
        grant.workspace_id,
        hook_id,
        limit,
        offset,
    )
    return [HookCall(**row) for row in rows]


async def calls_count(connection: Connection, grant: Grant, hook_id: int) -> int:
    """How many calls of a hook are remembered."""
    count: int = await connection.fetchval(
        "select count(*) from hook_calls where workspace_id = $1 and hook_id = $2", grant.workspace_id, hook_id
    )
    return count


def _values(plan: HookPlan) -> tuple[Any, ...]:
    return (
        *(plan.name, plan.input, list(plan.headers), plan.external_id),
        *(plan.is_enabled, plan.calls_per_minute),
    )


def _hook(row: Any) -> Hook:
    return Hook(**{**dict(row), "headers": tuple(row["headers"])})
