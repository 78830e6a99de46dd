"""Runs and their steps as the engine needs them: locked in order, loaded whole, for many at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.definition import Json
from casework.core.run import Ending, Undo
from casework.core.step import Step
from casework.core.taint import Taint
from casework.store.database import Connection


class RunRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `runs`, as far as deciding needs it. is_limited: a limit holds for its workflow, or its workspace."""

    id: int
    uuid: UUID
    workspace_id: int
    workflow_id: int
    version_number: int
    member_id: int | None
    chat_id: int | None
    title: str
    state: str
    revision: int
    steps_count: int
    selected_step: int | None
    current_task_id: int | None
    current_step: int | None
    priority: int
    due_at: datetime | None
    input: Json
    output: Json
    error: Json
    indicators: Json
    working_ms: int
    machine_ms: int
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    cancel_reason: str | None
    parent_run_id: int | None
    parent_step: int | None
    undo: tuple[Undo, ...]
    ending: Ending | None
    retry_from: tuple[int, ...]
    taints: tuple[Taint, ...]
    started_by: tuple[int, ...]
    is_limited: bool


_IS_LIMITED: Final = """exists (select from limits l where l.workspace_id = runs.workspace_id
    and (l.task_id is null or l.workflow_id = runs.workflow_id)) as is_limited"""

_RUN_COLUMNS: Final = ", ".join(_IS_LIMITED if name == "is_limited" else name for name in RunRow.__struct_fields__)

# Locked in order of id, so that two batches that share runs wait for each other instead of deadlocking.
_LOCK: Final = f"select {_RUN_COLUMNS} from runs where id = any($1::bigint[]) order by id for no key update"  # noqa: S608 - constant names

_READ: Final = f"select {_RUN_COLUMNS} from runs where workspace_id = $1 and id = any($2::bigint[])"  # noqa: S608 - the same

_STEP_COLUMNS: Final = tuple(name for name in Step.__struct_fields__ if name != "task")

# What deciding needs: live steps, each task's last visit, and its last completed one. By run alone: the runs are
# locked, and their workspaces known.
_STEPS: Final = f"""
select id, run_id, task_key, {", ".join(_STEP_COLUMNS)}
from steps
where run_id = any($1::bigint[]) and (is_last or is_output or ended_at is null)
order by run_id, number
"""  # noqa: S608 - constant names

# What a retry needs: what such a run shows and gives, and the steps that are begun again.
_STEPS_TO_RETRY: Final = f"""
select run_id, id, task_key, {", ".join(_STEP_COLUMNS)}
from steps
where run_id = any($1::bigint[])
  and (is_last or is_output or number = any((select retry_from from runs where runs.id = run_id)::integer[]))
order by run_id, number
"""  # noqa: S608 - constant names

_EVERY_STEP: Final = f"""
select id, run_id, task_key, {", ".join(_STEP_COLUMNS)}
from steps
where run_id = any($1::bigint[])
order by run_id, number
"""  # noqa: S608 - constant names

_ONE_STEP: Final = f"""
select id, run_id, task_key, {", ".join(_STEP_COLUMNS)}
from steps where workspace_id = $1 and run_id = $2 and number = $3
"""  # noqa: S608 - constant names

_LOCK_MEMBERS: Final = """
select m.id from members m
join unnest($1::bigint[], $2::bigint[]) as wanted (workspace_id, account_id)
  on m.workspace_id = wanted.workspace_id and m.account_id = wanted.account_id
order by m.id for no key update of m
"""

_OPEN_PERIODS: Final = """
select p.workspace_id, p.account_id, p.run_id
from unnest($1::bigint[], $2::bigint[]) as wanted (workspace_id, account_id)
cross join lateral (  -- one by one: a plan made while hardly any is open would go through all of them for each
    select * from work_periods p
    where p.workspace_id = wanted.workspace_id and p.account_id = wanted.account_id and p.ended_at is null limit 1
) p
"""


async def lock(connection: Connection, run_ids: Sequence[int]) -> list[RunRow]:
    """The runs of these ids that there are, locked until the transaction ends, in order of id."""
    return [_run_row(row) for row in await connection.fetch(_LOCK, sorted(set(run_ids)))]


async def read(connection: Connection, workspace_id: int, run_ids: Sequence[int]) -> list[RunRow]:
    """The runs of these ids that the workspace has, as they are committed now."""
    return [_run_row(row) for row in await connection.fetch(_READ, workspace_id, list(run_ids))]


async def steps_of(connection: Connection, run_ids: Sequence[int]) -> dict[int, list[tuple[int, Step]]]:
    """What deciding needs of these runs' steps, with their ids, by run and in order of number."""
    return await _by_run(connection, _STEPS, run_ids)


async def every_step_of(connection: Connection, run_ids: Sequence[int]) -> dict[int, list[tuple[int, Step]]]:
    """All steps of these runs, earlier visits included, as `steps_of` gives them."""
    return await _by_run(connection, _EVERY_STEP, run_ids) if run_ids else {}


async def steps_to_retry(connection: Connection, run_ids: Sequence[int]) -> dict[int, list[Step]]:
    """What retrying these runs needs of their steps, by run and in order of number."""
    found: dict[int, list[Step]] = {run_id: [] for run_id in run_ids}
    for row in await connection.fetch(_STEPS_TO_RETRY, list(run_ids)):
        found[row["run_id"]].append(_step(row))
    return found


async def retries(connection: Connection, workspace_id: int, run_ids: Sequence[int]) -> dict[int, int]:
    """The ids of the runs that retry these, by these."""
    rows = await connection.fetch(
        "select retry_of, id from runs where workspace_id = $1 and retry_of = any($2::bigint[])",
        workspace_id,
        list(run_ids),
    )
    return {row["retry_of"]: row["id"] for row in rows}


async def step(connection: Connection, workspace_id: int, run_id: int, number: int) -> Step:
    """A step that there is, as it is committed now."""
    return _step(await connection.fetchrow(_ONE_STEP, workspace_id, run_id, number))


async def lock_people(connection: Connection, people: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Lock these (workspace id, account id) memberships, and say in which run each has an open work period.

    Whoever opens a work period holds its person's lock, so what is found can only close meanwhile, never open.
    """
    workspaces, accounts = [pair[0] for pair in people], [pair[1] for pair in people]
    await connection.fetch(_LOCK_MEMBERS, workspaces, accounts)
    rows = await connection.fetch(_OPEN_PERIODS, workspaces, accounts)
    return {(row["workspace_id"], row["account_id"]): row["run_id"] for row in rows}


async def new_ids(connection: Connection, count: int) -> list[int]:
    """Ids for `count` runs to be inserted, ascending."""
    rows = await connection.fetch(
        "select nextval(pg_get_serial_sequence('runs', 'id')) as id from generate_series(1, $1::integer)", count
    )
    return [row["id"] for row in rows]


async def newest(connection: Connection, workspace_id: int, workflow_id: int, limit: int) -> list[int]:
    """The ids of the workflow's last runs, newest first."""
    rows = await connection.fetch(
        "select id from runs where workspace_id = $1 and workflow_id = $2 order by created_at desc, uuid limit $3",
        workspace_id,
        workflow_id,
        limit,
    )
    return [row["id"] for row in rows]


async def by_external_ids(
    connection: Connection, workspace_id: int, workflow_id: int, external_ids: Sequence[str]
) -> dict[str, int]:
    """The ids of the workflow's runs with these external ids, by these."""
    rows = await connection.fetch(
        """
        select external_id, id from runs
        where workspace_id = $1 and workflow_id = $2 and external_id = any($3::text[])
        """,
        workspace_id,
        workflow_id,
        list(external_ids),
    )
    return {row["external_id"]: row["id"] for row in rows}


async def _by_run(connection: Connection, query: str, run_ids: Sequence[int]) -> dict[int, list[tuple[int, Step]]]:
    found: dict[int, list[tuple[int, Step]]] = {run_id: [] for run_id in run_ids}
    for row in await connection.fetch(query, list(run_ids)):
        found[row["run_id"]].append((row["id"], _step(row)))
    return found


def _run_row(row: Any) -> RunRow:
    values = dict(row)
    values["undo"] = msgspec.convert(values["undo"], tuple[Undo, ...])
    values["ending"] = msgspec.convert(values["ending"], Ending | None)
    values["taints"] = msgspec.convert(values["taints"], tuple[Taint, ...])
    values["retry_from"] = tuple(values["retry_from"])
    values["started_by"] = tuple(values["started_by"])
    return RunRow(**values)


def _step(row: Any) -> Step:
    values = dict(row)
    del values["id"], values["run_id"]
    values["task"] = values.pop("task_key")
    for name in ("actor_roles", "allow_ids", "deny_ids", "sources", "absorbed_by", "reminders", "lapsed_ids"):
        values[name] = tuple(values[name])
    return Step(**values)
