"""What a commit writes: one statement a table, or two, whatever the number of rows.

Rows travel as one JSON array a statement and are unpacked by PostgreSQL: a row's fields are the columns' names. Most
changes are of the same few columns, and these have a statement of their own: the others cost as much to send.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.claim import Claim
from casework.store.database import Connection

_RUN_TYPES: Final = {
    "id": "bigint",
    "uuid": "uuid",
    "workspace_id": "bigint",
    "workflow_id": "bigint",
    "version_number": "integer",
    "member_id": "bigint",
    "chat_id": "bigint",
    "title": "text",
    "state": "text",
    "revision": "integer",
    "steps_count": "integer",
    "selected_step": "integer",
    "current_task_id": "bigint",
    "current_step": "integer",
    "priority": "integer",
    "due_at": "timestamptz",
    "input": "jsonb",
    "output": "jsonb",
    "error": "jsonb",
    "indicators": "jsonb",
    "run_type": "text",
    "ran_by_type": "text",
    "ran_by_id": "uuid",
    "ran_by_name": "text",
    "end_user": "text",
    "external_id": "text",
    "parent_run_id": "bigint",
    "parent_step": "integer",
    "retry_of": "bigint",
    "working_ms": "bigint",
    "machine_ms": "bigint",
    "created_at": "timestamptz",
    "updated_at": "timestamptz",
    "started_at": "timestamptz",
    "ended_at": "timestamptz",
    "cancel_reason": "text",
    "undo": "jsonb",
    "ending": "jsonb",
    "retry_from": "integer[]",
}
_RUN_FROZEN: Final = frozenset(
    {"id", "uuid", "workspace_id", "workflow_id", "chat_id", "input", "run_type", "ran_by_type"}
    | {"ran_by_id", "ran_by_name", "end_user", "external_id", "parent_run_id", "parent_step", "retry_of", "created_at"}
)

RUN_MOVED: Final = frozenset(
    {"id", "state", "revision", "steps_count", "current_task_id", "current_step", "output", "working_ms"}
    | {"machine_ms", "updated_at", "started_at", "ended_at"}
)
"""What changes of a run as it moves from task to task; a row of these alone is written by these alone."""

_STEP_TYPES: Final = {
    "uuid": "uuid",
    "workspace_id": "bigint",
    "workflow_id": "bigint",
    "run_id": "bigint",
    "number": "integer",
    "task_id": "bigint",
    "task_key": "text",
    "name": "text",
    "kind": "text",
    "visit": "integer",
    "is_last": "boolean",
    "is_output": "boolean",
    "state": "text",
    "revision": "integer",
    "account_id": "bigint",
    "member_id": "bigint",
    "actor_roles": "text[]",
    "allow_ids": "bigint[]",
    "deny_ids": "bigint[]",
    "priority": "integer",
    "data": "jsonb",
    "output": "jsonb",
    "error": "jsonb",
    "caught": "jsonb",
    "indicators": "jsonb",
    "is_kept": "boolean",
    "parent": "integer",
    "item_index": "integer",
    "item": "jsonb",
    "sources": "integer[]",
    "absorbed_by": "text[]",
    "is_left": "boolean",
    "attempt": "integer",
    "failures": "integer",
    "worker": "uuid",
    "attempt_at": "timestamptz",
    "incident": "jsonb",
    "ask": "jsonb",
    "working_ms": "bigint",
    "machine_ms": "bigint",
    "open_since": "timestamptz",
    "created_at": "timestamptz",
    "started_at": "timestamptz",
    "ended_at": "timestamptz",
    "due_at": "timestamptz",
    "is_overdue": "boolean",
    "reminders": "timestamptz[]",
    "requeue_at": "timestamptz",
    "distribute": "text",
    "lapsed_ids": "bigint[]",
    "try_resolve_at": "timestamptz",
    "awaits": "text",
}
_STEP_FROZEN: Final = frozenset(
    {"uuid", "workspace_id", "workflow_id", "run_id", "number", "task_id", "task_key", "name", "visit"}
    | {"is_kept", "parent", "item_index", "item", "ask"}
)

STEP_FRESH: Final = frozenset(
    {"uuid", "workspace_id", "workflow_id", "run_id", "number", "task_id", "task_key", "name", "kind", "visit"}
    | {"state", "revision", "actor_roles", "allow_ids", "deny_ids", "priority", "sources", "created_at", "due_at"}
    | {"try_resolve_at"}
)
"""What a step has when it is made for a person; the table's defaults are the other fields' own."""

STEP_CALLED: Final = frozenset(
    {"uuid", "workspace_id", "workflow_id", "run_id", "number", "task_id", "task_key", "name", "kind", "visit"}
    | {"state", "revision", "priority", "data", "sources", "attempt", "worker", "attempt_at", "created_at"}
    | {"started_at", "try_resolve_at"}
)
"""What a step has when it is made for a worker, who may have begun it in the same decision."""

STEP_MOVED: Final = frozenset(
    {"id", "is_last", "is_output", "state", "revision", "account_id", "member_id", "data", "output", "working_ms"}
    | {"open_since", "started_at", "ended_at", "try_resolve_at"}
)
"""What changes of a step as a person takes it, works on it and completes it."""

STEP_ATTEMPTED: Final = frozenset(
    {"id", "is_last", "is_output", "state", "revision", "output", "attempt", "failures", "worker", "attempt_at"}
    | {"machine_ms", "started_at", "ended_at", "try_resolve_at"}
)
"""What changes of a step as workers begin attempts at it and report."""


def _of(types: Mapping[str, str], names: frozenset[str]) -> dict[str, str]:
    return {name: kind for name, kind in types.items() if name in names}


def _insert(table: str, types: Mapping[str, str], *, overriding: str = "") -> str:
    names = ", ".join(types)
    fields = ", ".join(f"{name} {kind}" for name, kind in types.items())
    return f"insert into {table} ({names}) {overriding} select {names} from json_to_recordset($1) as new ({fields})"  # noqa: S608 - constant names


def _update(table: str, types: Mapping[str, str], keys: Sequence[str], frozen: frozenset[str]) -> str:
    wanted = {name: kind for name, kind in types.items() if name in keys or name not in frozen}
    sets = ", ".join(f"{name} = new.{name}" for name in wanted if name not in keys)
    fields = ", ".join(f"{name} {kind}" for name, kind in wanted.items())
    same = " and ".join(f"old.{name} = new.{name}" for name in keys)
    return f"update {table} old set {sets} from json_to_recordset($1) as new ({fields}) where {same}"  # noqa: S608 - constant names


_INSERT_RUNS: Final = _insert("runs", _RUN_TYPES, overriding="overriding system value")
_UPDATE_RUNS: Final = _update("runs", _RUN_TYPES, ("id",), _RUN_FROZEN)
_MOVE_RUNS: Final = _update("runs", _of(_RUN_TYPES, RUN_MOVED), ("id",), frozenset())
_INSERT_STEPS: Final = _insert("steps", _STEP_TYPES)
_INSERT_FRESH_STEPS: Final = _insert("steps", _of(_STEP_TYPES, STEP_FRESH))
_INSERT_CALLED_STEPS: Final = _insert("steps", _of(_STEP_TYPES, STEP_CALLED))
_UPDATE_STEPS: Final = _update("steps", {"id": "bigint"} | _STEP_TYPES, ("id",), _STEP_FROZEN)
_MOVE_STEPS: Final = _update("steps", {"id": "bigint"} | _of(_STEP_TYPES, STEP_MOVED), ("id",), frozenset())
_ATTEMPT_STEPS: Final = _update("steps", {"id": "bigint"} | _of(_STEP_TYPES, STEP_ATTEMPTED), ("id",), frozenset())

_RENAMED: Final = frozenset({"task_id", "task_key", "name", "visit"})
_RENAME_STEPS: Final = _update("steps", {"id": "bigint"} | _of(_STEP_TYPES, _RENAMED), ("id",), frozenset())


async def insert_runs(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert runs whose ids were taken beforehand."""
    if rows:
        await connection.execute(_INSERT_RUNS, rows)


async def update_runs(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write everything of runs that can change; of those rows that have no more than that, what moves."""
    await _update_each(connection, rows, {RUN_MOVED: _MOVE_RUNS}, _UPDATE_RUNS)


async def insert_steps(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert steps, in the order of their creation: whole, or all with the fields of one of the briefer kinds."""
    if rows:
        brief = {STEP_FRESH: _INSERT_FRESH_STEPS, STEP_CALLED: _INSERT_CALLED_STEPS}
        await connection.execute(brief.get(frozenset(rows[0]), _INSERT_STEPS), rows)


async def update_steps(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write everything of steps that can change; of those rows that have no more than that, what moves."""
    await _update_each(connection, rows, {STEP_MOVED: _MOVE_STEPS, STEP_ATTEMPTED: _ATTEMPT_STEPS}, _UPDATE_STEPS)


async def rename_steps(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Give steps (id) the task (task_id, task_key, name) and the number of the visit that they have by now."""
    if rows:
        await connection.execute(_RENAME_STEPS, rows)


async def _update_each(
    connection: Connection, rows: Sequence[Mapping[str, Any]], brief: Mapping[frozenset[str], str], whole: str
) -> None:
    """Write rows of exactly the fields of a brief statement by that, all others by the one that writes everything."""
    chosen: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        chosen.setdefault(brief.get(frozenset(row), whole), []).append(row)
    for query, its in chosen.items():
        await connection.execute(query, its)


class PeriodRow(msgspec.Struct, frozen=True, kw_only=True):
    """A work period that opened, and perhaps closed, in this commit."""

    workspace_id: int
    run_id: int
    step_number: int
    account_id: int
    started_at: datetime
    ended_at: datetime | None = None


async def close_periods(connection: Connection, closed: Sequence[tuple[int, int, datetime]]) -> None:
    """Close the open work periods of these (run id, step number), at these instants."""
    if closed:
        await connection.execute(
            """
            update work_periods old set ended_at = new.ended_at
            from unnest($1::bigint[], $2::integer[], $3::timestamptz[]) as new (run_id, step_number, ended_at)
            cross join lateral (
                -- one by one: a plan made while hardly any is open would go through all of them for each
                select id from work_periods p
                where p.run_id = new.run_id and p.step_number = new.step_number and p.ended_at is null limit 1
            ) open
            where old.id = open.id
            """,
            *(list(column) for column in zip(*closed, strict=True)),
        )


async def insert_periods(connection: Connection, rows: Sequence[PeriodRow]) -> None:
    """Insert work periods; those that closed in this commit come first, so that one open period a person holds."""
    if rows:
        ordered = sorted(rows, key=lambda row: row.ended_at is None)
        await connection.execute(
            """
            insert into work_periods (workspace_id, run_id, step_number, account_id, started_at, ended_at)
            select * from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::bigint[], $5::timestamptz[],
                $6::timestamptz[])
            """,
            [row.workspace_id for row in ordered],
            [row.run_id for row in ordered],
            [row.step_number for row in ordered],
            [row.account_id for row in ordered],
            [row.started_at for row in ordered],
            [row.ended_at for row in ordered],
        )


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as it is kept."""

    workspace_id: int
    type: str
    run_id: int
    step_number: int | None
    revision: int
    actor_kind: str
    actor_id: int | None
    actor_name: str | None
    data: dict[str, Any]
    at: datetime


_INSERT_EVENTS: Final = _insert(
    "events",
    {
        "workspace_id": "bigint",
        "type": "text",
        "run_id": "bigint",
        "step_number": "integer",
        "revision": "integer",
        "actor_kind": "text",
        "actor_id": "bigint",
        "actor_name": "text",
        "data": "jsonb",
        "at": "timestamptz",
    },
)


async def insert_events(connection: Connection, rows: Sequence[EventRow]) -> None:
    """Append facts, in their order."""
    if rows:
        await connection.execute(_INSERT_EVENTS, rows)


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """A request to a model as it is kept."""

    workspace_id: int
    workflow_id: int
    run_id: int
    step_number: int
    provider: str
    model_id: str
    input_tokens: int
    output_tokens: int
    cost: Decimal
    latency_ms: int
    created_at: datetime


_INSERT_CALLS: Final = _insert(
    "model_calls",
    {
        "workspace_id": "bigint",
        "workflow_id": "bigint",
        "run_id": "bigint",
        "step_number": "integer",
        "provider": "text",
        "model_id": "text",
        "input_tokens": "bigint",
        "output_tokens": "bigint",
        "cost": "numeric",
        "latency_ms": "bigint",
        "created_at": "timestamptz",
    },
)


async def insert_calls(connection: Connection, rows: Sequence[CallRow]) -> None:
    """Keep what models were asked."""
    if rows:
        await connection.execute(_INSERT_CALLS, rows)


async def keep_memories(connection: Connection, memories: Mapping[tuple[int, int, int], Any]) -> None:
    """Keep what the next attempt at each (workspace id, run id, step number) will be told."""
    if memories:
        await connection.execute(
            """
            insert into step_memories (workspace_id, run_id, step_number, memory)
            select * from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::jsonb[])
            on conflict (workspace_id, run_id, step_number) do update set memory = excluded.memory
            """,
            *(list(column) for column in zip(*memories, strict=True)),
            list(memories.values()),
        )


async def count(connection: Connection, deltas: Mapping[tuple[int, int, int, date], int]) -> None:
    """Add to the counts of open runs by (workspace, workflow, task, day of creation)."""
    changed = sorted((key, delta) for key, delta in deltas.items() if delta)
    if changed:
        await connection.execute(
            """
            insert into task_counts as old (workspace_id, workflow_id, task_id, day, slot, count)
            select new.workspace_id, new.workflow_id, new.task_id, new.day, pg_backend_pid() % 16, new.count
            from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::date[], $5::bigint[])
                as new (workspace_id, workflow_id, task_id, day, count)
            on conflict (workspace_id, workflow_id, task_id, day, slot) do update set count = old.count + excluded.count
            """,
            [key[0] for key, _ in changed],
            [key[1] for key, _ in changed],
            [key[2] for key, _ in changed],
            [key[3] for key, _ in changed],
            [delta for _, delta in changed],
        )


async def open_chats(connection: Connection, rows: Sequence[tuple[UUID, int, int, str, datetime]]) -> dict[UUID, int]:
    """Make a chat for each (uuid, workspace id, member id, title, instant); their ids by uuid."""
    if not rows:
        return {}
    made = await connection.fetch(
        """
        insert into chats (uuid, workspace_id, member_id, title, created_at, updated_at)
        select new.uuid, new.workspace_id, new.member_id, new.title, new.at, new.at
        from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[])
            as new (uuid, workspace_id, member_id, title, at)
        returning uuid, id
        """,
        *(list(column) for column in zip(*rows, strict=True)),
    )
    return {row["uuid"]: row["id"] for row in made}


async def drop_chats(connection: Connection, chat_ids: Sequence[int]) -> None:
    """Take back chats that this commit made for runs that were refused."""
    if chat_ids:
        await connection.execute("delete from chats where id = any($1::bigint[])", list(chat_ids))


async def hand_over_chats(connection: Connection, owners: Sequence[tuple[int, int, datetime]]) -> None:
    """Give each chat (its id) to that member, at that instant: an assignment's chat belongs to its member."""
    if owners:
        await connection.execute(
            """
            update chats old
            set member_id = new.member_id, updated_at = new.at, revision = old.revision + 1
            from unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) as new (id, member_id, at)
            where old.id = new.id
            """,
            *(list(column) for column in zip(*owners, strict=True)),
        )


async def claim(connection: Connection, claims: Sequence[tuple[Claim, Any]], at: datetime) -> set[bytes]:
    """Record claims with their references; the scopes of those that were free. Waits for whoever claims the same."""
    if not claims:
        return set()
    rows = await connection.fetch(
        """
        insert into idempotency_keys (scope, request_hash, reference, created_at)
        select new.scope, new.request_hash, new.reference::jsonb, $4
        from unnest($1::bytea[], $2::bytea[], $3::text[]) as new (scope, request_hash, reference)
        order by new.scope
        on conflict (scope) do nothing returning scope
        """,
        [claim.scope for claim, _ in claims],
        [claim.request_hash for claim, _ in claims],
        [msgspec.json.encode(reference).decode() for _, reference in claims],
        at,
    )
    return {row["scope"] for row in rows}


async def unclaim(connection: Connection, scopes: Sequence[bytes]) -> None:
    """Free claims of changes that were refused."""
    if scopes:
        await connection.execute("delete from idempotency_keys where scope = any($1::bytea[])", list(scopes))
