"""The runs of a workflow as rows of a report: a page of them, and what their models were asked.

A page is cut from an index alone, in the order in which it is shown; only what is on it is then looked up. So the
first page of a million runs costs what the first page of a thousand does, and a deep one costs a walk over the index.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.definition import Json
from casework.core.permission import Grant
from casework.core.run import OPEN, TERMINAL
from casework.store.database import Connection

OFFSET_MAX: Final = 2**62
"""Beyond any number of rows that a table can hold, and within what the database counts in."""


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow, as far as a report names it."""

    id: int
    uuid: UUID
    name: str


class RunRow(msgspec.Struct, frozen=True, kw_only=True):
    """A run as a report shows it."""

    id: int
    uuid: UUID
    chat_uuid: UUID | None
    state: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    input: Json
    output: Json
    error: Json
    feedback: str | None
    end_user: str | None
    run_type: str
    ran_by_type: str
    ran_by_id: UUID | None
    ran_by_name: str | None
    parent_uuid: UUID | None
    parent_workflow_uuid: UUID | None
    parent_workflow_name: str | None


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What one model was asked in one run, and what it cost."""

    run_id: int
    provider: str
    model_id: str
    input_tokens: int
    output_tokens: int
    cost: Decimal


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs of a workflow: created from `since` to `until` (both included), for that end user, in those states."""

    since: datetime | None = None
    until: datetime | None = None
    end_user: str | None = None
    states: frozenset[str] | None = None


_FLOW_BY_UUID: Final = "select id, uuid, name from workflows where workspace_id = $1 and uuid = $2"
_FLOW_BY_ID: Final = "select id, uuid, name from workflows where workspace_id = $1 and id = $2"


async def flow(connection: Connection, grant: Grant, identifier: int | UUID) -> Flow | None:
    """The workflow of that id or UUID in the grant's workspace, archived ones too: their runs go on counting."""
    query = _FLOW_BY_UUID if isinstance(identifier, UUID) else _FLOW_BY_ID
    row = await connection.fetchrow(query, grant.workspace_id, identifier)
    return None if row is None else Flow(**row)


_SHOWN: Final = """
select r.id, r.uuid, c.uuid as chat_uuid, r.state, r.created_at, r.started_at, r.ended_at, r.input, r.output, r.error,
       r.feedback, r.end_user, r.run_type, r.ran_by_type, r.ran_by_id, r.ran_by_name,
       p.uuid as parent_uuid, w.uuid as parent_workflow_uuid, w.name as parent_workflow_name
from page
join runs r on r.uuid = page.uuid
left join chats c on c.workspace_id = r.workspace_id and c.id = r.chat_id
left join runs p on p.workspace_id = r.workspace_id and p.id = r.parent_run_id
left join workflows w on w.workspace_id = p.workspace_id and w.id = p.workflow_id
order by page.created_at desc, page.uuid
"""


async def page(
    connection: Connection, grant: Grant, workflow_id: int, which: Filter, *, limit: int, offset: int
) -> list[RunRow]:
    """The runs of a workflow that fit, newest first, ties by UUID: `limit` of them after the first `offset`."""
    arguments: list[Any] = [grant.workspace_id, workflow_id, limit, min(offset, OFFSET_MAX)]
    rows = await connection.fetch(_page_query(which, arguments), *arguments)
    return [RunRow(**row) for row in rows]


_ONE: Final = f"""
with page as (select uuid, created_at from runs where workspace_id = $1 and workflow_id = $2 and uuid = $3) {_SHOWN}
"""  # noqa: S608 - a constant statement


async def find(connection: Connection, grant: Grant, workflow_id: int, uuid: UUID) -> RunRow | None:
    """The run of that UUID, where it is the workflow's."""
    row = await connection.fetchrow(_ONE, grant.workspace_id, workflow_id, uuid)
    return None if row is None else RunRow(**row)


_JUDGE: Final = "update runs set feedback = $3 where workspace_id = $1 and id = $2"


async def judge(connection: Connection, grant: Grant, run_id: int, feedback: str) -> None:
    """Keep what somebody says of a run, in place of what was said before; it is no change of the run itself."""
    await connection.execute(_JUDGE, grant.workspace_id, run_id, feedback)


_FOUND: Final = "select uuid, created_at from runs where workspace_id = $1 and workflow_id = $2"
_ORDER: Final = "order by created_at desc, uuid"


def _page_query(which: Filter, arguments: list[Any]) -> str:
    """The statement for the filters that are set: one left out leaves no trace for the planner to stumble over."""
    found = _FOUND + "".join(_bounds(which, arguments))
    if which.states is None or which.states >= OPEN | TERMINAL:
        return f"with page as materialized ({found} {_ORDER} limit $3 offset $4) {_SHOWN}"
    # One ordered walk a state, then a merge: an index on the state keeps its order for a single state only.
    walks = " union all ".join(
        f"({found} and state = ${_add(arguments, state)} {_ORDER} limit $3::bigint + $4::bigint)"
        for state in sorted(which.states)
    )
    merged = f"table_of_walks {_ORDER} limit $3 offset $4"
    return f"with table_of_walks as ({walks}), page as materialized (table {merged}) {_SHOWN}"


def _bounds(which: Filter, arguments: list[Any]) -> Iterator[str]:
    for condition, value in (
        ("created_at >=", which.since),
        ("created_at <=", which.until),
        ("end_user =", which.end_user),
    ):
        if value is not None:
            yield f" and {condition} ${_add(arguments, value)}"


def _add(arguments: list[Any], value: Any) -> int:
    """The number of the parameter that the value becomes."""
    arguments.append(value)
    return len(arguments)


_USAGE: Final = """
select run_id, provider, model_id, sum(input_tokens)::bigint as input_tokens,
       sum(output_tokens)::bigint as output_tokens, sum(cost) as cost
from model_calls
where workspace_id = $1 and run_id = any($2::bigint[])
group by run_id, provider, model_id
order by run_id, provider, model_id
"""


async def usage(connection: Connection, grant: Grant, run_ids: list[int]) -> list[Usage]:
    """What each of those runs asked of each model."""
    return [Usage(**row) for row in await connection.fetch(_USAGE, grant.workspace_id, run_ids)]
