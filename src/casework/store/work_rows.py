"""The rows of runs and steps that a commit writes: one statement a table, or two, whatever the number of rows.

Rows travel as one JSON array a statement and are unpacked by PostgreSQL: a row's fields are the columns' names. Most
changes are of the same few columns, and these have a statement of their own: the others cost as much to send.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from casework.core.sensitive import RUN_FIELDS, STEP_FIELDS
from casework.store.writes import Write

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
    "taints": "jsonb",
    "started_by": "bigint[]",
}
_RUN_FROZEN: Final = frozenset(
    {"id", "uuid", "workspace_id", "workflow_id", "chat_id", "input", "run_type", "ran_by_type"}
    | {"ran_by_id", "ran_by_name", "end_user", "external_id", "parent_run_id", "parent_step", "retry_of", "created_at"}
    | {"started_by"}
)

RUN_RARE: Final = frozenset(
    {"selected_step", "error", "indicators", "end_user", "external_id", "parent_run_id", "parent_step", "retry_of"}
    | {"working_ms", "machine_ms", "cancel_reason", "undo", "ending", "retry_from", "due_at", "taints"}
)
"""What a run mostly has not when it is made: then it is as the table has it by default."""

RUN_FRESH: Final = frozenset(_RUN_TYPES) - RUN_RARE
"""What every run has when it is made."""

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

STEP_DONE: Final = STEP_FRESH | {"data", "output", "is_output", "started_at", "ended_at"}
"""What a step has when it is made and done in one decision; one that is made for a person beside it has no more."""

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


def insertion(table: str, types: Mapping[str, str], *, overriding: str = "") -> str:
    """The statement that inserts rows, given as one JSON array ($1); types: by column."""
    names = ", ".join(types)
    fields = ", ".join(f"{name} {kind}" for name, kind in types.items())
    return f"insert into {table} ({names}) {overriding} select {names} from json_to_recordset($1) as new ({fields})"  # noqa: S608 - constant names


def _update(table: str, types: Mapping[str, str], keys: Sequence[str], frozen: frozenset[str]) -> str:
    wanted = {name: kind for name, kind in types.items() if name in keys or name not in frozen}
    sets = ", ".join(f"{name} = new.{name}" for name in wanted if name not in keys)
    fields = ", ".join(f"{name} {kind}" for name, kind in wanted.items())
    same = " and ".join(f"old.{name} = new.{name}" for name in keys)
    return f"update {table} old set {sets} from json_to_recordset($1) as new ({fields}) where {same}"  # noqa: S608 - constant names


_INSERT_RUNS: Final = insertion("runs", _RUN_TYPES, overriding="overriding system value")
_INSERT_FRESH_RUNS: Final = insertion("runs", _of(_RUN_TYPES, RUN_FRESH), overriding="overriding system value")
_UPDATE_RUNS: Final = _update("runs", _RUN_TYPES, ("id",), _RUN_FROZEN)
_MOVE_RUNS: Final = _update("runs", _of(_RUN_TYPES, RUN_MOVED), ("id",), frozenset())
_INSERT_STEPS: Final = insertion("steps", _STEP_TYPES)
_INSERT_FRESH_STEPS: Final = insertion("steps", _of(_STEP_TYPES, STEP_FRESH))
_INSERT_CALLED_STEPS: Final = insertion("steps", _of(_STEP_TYPES, STEP_CALLED))
_INSERT_DONE_STEPS: Final = insertion("steps", _of(_STEP_TYPES, STEP_DONE))
_UPDATE_STEPS: Final = _update("steps", {"id": "bigint"} | _STEP_TYPES, ("id",), _STEP_FROZEN)
_MOVE_STEPS: Final = _update("steps", {"id": "bigint"} | _of(_STEP_TYPES, STEP_MOVED), ("id",), frozenset())
_ATTEMPT_STEPS: Final = _update("steps", {"id": "bigint"} | _of(_STEP_TYPES, STEP_ATTEMPTED), ("id",), frozenset())

_RENAMED: Final = frozenset({"task_id", "task_key", "name", "visit"})
_RENAME_STEPS: Final = _update("steps", {"id": "bigint"} | _of(_STEP_TYPES, _RENAMED), ("id",), frozenset())

_REWRITE_RUNS: Final = _update("runs", _of(_RUN_TYPES, frozenset({"id", *RUN_FIELDS})), ("id",), frozenset())
_REWRITE_STEPS: Final = _update(
    "steps", {"id": "bigint"} | _of(_STEP_TYPES, frozenset(STEP_FIELDS)), ("id",), frozenset()
)


def new_runs(rows: Sequence[Mapping[str, Any]]) -> list[Write]:
    """Runs whose ids were taken beforehand: whole, or all with the fields that most have."""
    if not rows:
        return []
    return [Write(_INSERT_FRESH_RUNS if frozenset(rows[0]) == RUN_FRESH else _INSERT_RUNS, (rows,))]


def changed_runs(rows: Sequence[Mapping[str, Any]]) -> list[Write]:
    """Everything of runs that can change; of those rows that have no more than that, what moves."""
    return _by_fields(rows, {RUN_MOVED: _MOVE_RUNS}, _UPDATE_RUNS)


def new_steps(rows: Sequence[Mapping[str, Any]]) -> list[Write]:
    """Steps in the order of their creation: whole, or all with the fields of one of the briefer kinds."""
    if not rows:
        return []
    brief = {STEP_FRESH: _INSERT_FRESH_STEPS, STEP_CALLED: _INSERT_CALLED_STEPS, STEP_DONE: _INSERT_DONE_STEPS}
    return [Write(brief.get(frozenset(rows[0]), _INSERT_STEPS), (rows,))]


def changed_steps(rows: Sequence[Mapping[str, Any]]) -> list[Write]:
    """Everything of steps that can change; of those rows that have no more than that, what moves."""
    return _by_fields(rows, {STEP_MOVED: _MOVE_STEPS, STEP_ATTEMPTED: _ATTEMPT_STEPS}, _UPDATE_STEPS)


def renamed_steps(rows: Sequence[Mapping[str, Any]]) -> list[Write]:
    """The task (task_id, task_key, name) and the number of the visit that steps (id) have by now."""
    return [Write(_RENAME_STEPS, (rows,))] if rows else []


def rewritten_runs(rows: Sequence[Mapping[str, Any]]) -> list[Write]:
    """Everything that runs (id) hold of what they are about, their input with it."""
    return [Write(_REWRITE_RUNS, (rows,))] if rows else []


def rewritten_steps(rows: Sequence[Mapping[str, Any]]) -> list[Write]:
    """Everything that steps (id) hold of what they are about, their item and question with it."""
    return [Write(_REWRITE_STEPS, (rows,))] if rows else []


def _by_fields(rows: Sequence[Mapping[str, Any]], brief: Mapping[frozenset[str], str], whole: str) -> list[Write]:
    """Rows of exactly the fields of a brief statement by that, all others by the one that writes everything."""
    chosen: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        chosen.setdefault(brief.get(frozenset(row), whole), []).append(row)
    return [Write(query, (its,)) for query, its in chosen.items()]
