"""Activities: the steps that people do, as they are read. Parked arrivals at a join are not activities yet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from casework.core.definition import Json
from casework.core.permission import Grant
from casework.core.selection import Selection
from casework.store.activity_filters import COLUMNS, LIVE_MS, PIPELINE_MS, STATUS, WORKING_MS
from casework.store.database import Connection
from casework.store.selection import Listing, Parameters, fetch_count, fetch_page, fetch_these


class ActivityRow(msgspec.Struct, frozen=True, kw_only=True):
    """An activity at an instant: the clocks are those of that instant."""

    id: int
    uuid: UUID
    workflow_id: int
    run_id: int
    task_id: int
    number: int
    revision: int
    name: str
    state: str
    account_id: int | None
    actor_roles: Sequence[str]
    allow_ids: Sequence[int]
    deny_ids: Sequence[int]
    data: Json
    output: Json
    indicators: Json
    ask: Json
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    try_resolve_at: datetime | None
    due_at: datetime | None
    working_ms: int
    live_ms: int
    pipeline_ms: int


class Among(msgspec.Struct, frozen=True, kw_only=True):
    """Out of which activities a selection is made: of those workflows alone, None standing for all of the workspace.

    is_takeable: only what the caller could take now, where they belong to these workflows; nothing without an account.
    """

    workflow_ids: Sequence[int] | None = None
    is_takeable: bool = False


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """An activity that nobody is on, which somebody could take."""

    uuid: UUID
    workflow_id: int
    run_id: int
    number: int
    revision: int


_COLUMNS: Final = f"""
    s.id, s.uuid, s.workflow_id, s.run_id, s.task_id, s.number, s.revision, s.name, s.state, s.account_id,
    s.actor_roles, s.allow_ids, s.deny_ids, s.data, s.output, s.indicators, s.ask,
    s.created_at, s.started_at, s.ended_at, s.try_resolve_at, s.due_at,
    {WORKING_MS} as working_ms, {LIVE_MS} as live_ms, {PIPELINE_MS} as pipeline_ms
"""

_LISTING: Final = Listing(
    columns=COLUMNS,
    select=_COLUMNS,
    source="steps s",
    always="s.workspace_id = $1 and s.kind = 'human' and s.state <> 'parked'",
    tie="s.id",
    key="s.id",
)


async def list_activities(
    connection: Connection, grant: Grant, selection: Selection, *, among: Among, now: datetime
) -> list[ActivityRow]:
    """The page of activities."""
    parameters = Parameters(grant.workspace_id, now=now)
    extra = _among(grant, among, parameters)
    rows = await fetch_page(connection, _LISTING, selection, parameters, extra=extra)
    return [ActivityRow(**row) for row in rows]


async def count_activities(
    connection: Connection, grant: Grant, selection: Selection, *, among: Among, now: datetime
) -> int:
    """How many activities satisfy the conditions, whatever the page."""
    parameters = Parameters(grant.workspace_id, now=now)
    extra = _among(grant, among, parameters)
    return await fetch_count(connection, _LISTING, selection, parameters, extra=extra)


async def get_activity(connection: Connection, grant: Grant, uuid: UUID, *, now: datetime) -> ActivityRow | None:
    """The activity of that uuid in the workspace, if there is one."""
    parameters = Parameters(grant.workspace_id, now=now)
    found = await fetch_these(connection, _LISTING, f"s.uuid = {parameters.bind(uuid, 'uuid')}", parameters)
    return ActivityRow(**found[0]) if found else None


# Ready steps lie in the index `steps_queue` by workflow and roles, each heap in order of urgency. The recursion hops
# over the heaps, so that the cost is that of the heaps that exist, not of the steps in those that the caller may not
# touch.
_CANDIDATES: Final = """
    select s.uuid, s.workflow_id, s.run_id, s.number, s.revision
    from unnest($2::bigint[]) as workflow (id)
    cross join lateral (
        with recursive heap (roles) as (
            (select s.actor_roles from steps s
             where s.workspace_id = $1 and s.workflow_id = workflow.id and s.kind = 'human' and s.state = 'ready'
             order by s.actor_roles limit 1)
            union all
            select (select s.actor_roles from steps s
                    where s.workspace_id = $1 and s.workflow_id = workflow.id and s.kind = 'human'
                      and s.state = 'ready' and s.actor_roles > heap.roles
                    order by s.actor_roles limit 1)
            from heap where heap.roles is not null)
        select heap.roles from heap where heap.roles = '{}' or heap.roles && $3::text[]
    ) as heap
    cross join lateral (
        select s.* from steps s
        where s.workspace_id = $1 and s.workflow_id = workflow.id and s.actor_roles = heap.roles
          and s.kind = 'human' and s.state = 'ready' and not s.is_left
          and (s.allow_ids = '{}' or $4::bigint = any(s.allow_ids)) and not $4::bigint = any(s.deny_ids)
        order by s.priority desc, s.due_at, s.id
        limit $5
    ) as s
    order by s.priority desc, s.due_at, s.id
    limit $5
"""


async def list_candidates(
    connection: Connection,
    grant: Grant,
    *,
    workflow_ids: Sequence[int],
    limit: int,
) -> list[Candidate]:
    """The activities of those workflows that the caller could take now, the best first.

    The best has the highest priority, then the earliest due, then the longest wait.
    """
    who = grant.principal
    rows = await connection.fetch(
        _CANDIDATES, grant.workspace_id, workflow_ids, sorted(who.actor_roles), who.account_id, limit
    )
    return [Candidate(**row) for row in rows]


def _among(grant: Grant, among: Among, parameters: Parameters) -> list[str]:
    clauses = []
    if among.workflow_ids is not None:
        clauses.append(f"s.workflow_id = any({parameters.bind(among.workflow_ids, 'bigint[]')})")
    if among.is_takeable:
        who = grant.principal
        roles, account = parameters.bind(sorted(who.actor_roles), "text[]"), parameters.bind(who.account_id, "bigint")
        clauses += [
            f"{STATUS} = 'ready' and s.state = 'ready' and not s.is_left",
            f"(s.actor_roles = '{{}}' or s.actor_roles && {roles})",
            f"(s.allow_ids = '{{}}' or {account} = any(s.allow_ids)) and not {account} = any(s.deny_ids)",
        ]
    return clauses
