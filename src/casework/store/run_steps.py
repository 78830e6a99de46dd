"""Every step of a run for whoever looks into the run: with its attempts, its models, and the runs above and beneath."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec

from casework.core.definition import Json
from casework.core.permission import Grant
from casework.store.database import Connection


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """A step. attempt: the number of the newest attempt of those that workers make; 0 where there was none."""

    id: int
    uuid: UUID
    number: int
    task_id: int
    task_key: str
    task_name: str
    kind: str
    visit: int
    item_index: int | None
    state: str
    attempt: int
    member_id: int | None
    member_name: str | None
    data: Json
    output: Json
    error: Json
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class StepUsage(msgspec.Struct, frozen=True, kw_only=True):
    """What one model was asked in one step, and what it cost."""

    number: int
    provider: str
    model_id: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost: Decimal


class Relative(msgspec.Struct, frozen=True, kw_only=True):
    """A run above or beneath another, as far as a link to it tells."""

    id: int
    title: str
    state: str
    workflow_name: str
    member_id: int | None


_STEPS: Final = """
select s.id, s.uuid, s.number, s.task_id, s.task_key, s.name as task_name, s.kind, s.visit, s.item_index, s.state,
       s.attempt, s.member_id, m.name as member_name, s.data, s.output, s.error, s.created_at, s.started_at, s.ended_at
from steps s
left join members m on m.workspace_id = s.workspace_id and m.id = s.member_id
where s.workspace_id = $1 and s.run_id = $2
order by s.number limit $3 offset $4
"""

_USAGE: Final = """
select step_number as number, provider, model_id, count(*) as calls, sum(input_tokens)::bigint as input_tokens,
       sum(output_tokens)::bigint as output_tokens, sum(cost) as cost
from model_calls
where workspace_id = $1 and run_id = $2 and step_number = any($3::integer[])
group by step_number, provider, model_id order by step_number, provider, model_id
"""

_RELATIVE: Final = """
select r.id, r.title, r.state, w.name as workflow_name, r.member_id
from runs r
join workflows w on w.workspace_id = r.workspace_id and w.id = r.workflow_id
"""

_ABOVE: Final = f"""{_RELATIVE}
join runs beneath on beneath.workspace_id = r.workspace_id and beneath.parent_run_id = r.id
where r.workspace_id = $1 and beneath.id = $2
"""

_BENEATH: Final = f"{_RELATIVE} where r.workspace_id = $1 and r.parent_run_id = $2 and r.id = any($3::bigint[])"


async def page(
    connection: Connection, grant: Grant, run_id: int, *, limit: int, offset: int
) -> tuple[list[StepRow], int]:
    """A page of the steps of a run in order of number, and how many there are."""
    total: int = await connection.fetchval(
        "select count(*) from steps where workspace_id = $1 and run_id = $2", grant.workspace_id, run_id
    )
    rows = await connection.fetch(_STEPS, grant.workspace_id, run_id, limit, offset)
    return [StepRow(**row) for row in rows], total


async def usage(connection: Connection, grant: Grant, run_id: int, numbers: Collection[int]) -> list[StepUsage]:
    """What models were asked in these steps of a run, by number and model."""
    rows = await connection.fetch(_USAGE, grant.workspace_id, run_id, list(numbers))
    return [StepUsage(**row) for row in rows]


async def above(connection: Connection, grant: Grant, run_id: int) -> Relative | None:
    """The run that this one was made for."""
    row = await connection.fetchrow(_ABOVE, grant.workspace_id, run_id)
    return None if row is None else Relative(**row)


async def beneath(connection: Connection, grant: Grant, run_id: int, among: Collection[int]) -> list[Relative]:
    """The runs of these ids that were made for steps of this one."""
    rows = await connection.fetch(_BENEATH, grant.workspace_id, run_id, list(among))
    return [Relative(**row) for row in rows]
