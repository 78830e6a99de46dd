"""Who started the runs of a workflow over a stretch of time, and at what hours: out of all of them."""

from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec

from casework.core.permission import Grant
from casework.store.database import Connection
from casework.store.metrics import Span

PEOPLE_MAX: Final = 1_000
"""People and keys whose figures are told, those with the most runs: more lines than anybody reads."""

TEAMS_MAX: Final = 200
"""Roles whose figures are told: more than anybody compares."""


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """Runs that were made, and what they asked of models."""

    runs: int
    completed: int
    failed: int
    tokens: int
    cost: Decimal


class PersonCount(Sums, frozen=True, kw_only=True):
    """Of the runs that one person made, by hand or with a key of their own.

    kind: "user", "org_api_key" for a key that acts for nobody, "system" for what began by itself (id: None).
    """

    kind: str
    id: UUID | None
    name: str | None


class TeamCount(Sums, frozen=True, kw_only=True):
    """Of the runs that the people of one role for tasks made."""

    role: str


class HourCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many runs were made on one day of the week (1: Monday) at one hour of the day."""

    weekday: int
    hour: int
    runs: int


_SUMS: Final = """
    sum(runs)::bigint as runs, sum(completed)::bigint as completed, sum(failed)::bigint as failed,
    sum(tokens)::bigint as tokens, sum(cost) as cost
"""

_NOBODY: Final = "'00000000-0000-0000-0000-000000000000'::uuid"
_WHO: Final = f"coalesce(ran_by_id, {_NOBODY})"

# Runs and calls are each read once, whatever is told of them. A key of one's own is its member's hands.
_STARTERS: Final = f"""
with made as (
    select ran_by_type, {_WHO} as who, max(ran_by_name) as name, count(*) as runs,
           count(*) filter (where state = 'completed') as completed, count(*) filter (where state = 'failed') as failed
    from runs
    where workspace_id = $1 and workflow_id = $2 and created_at >= $3 and created_at <= $4
    group by 1, 2
), spent as (
    select r.ran_by_type, {_WHO} as who, sum(c.input_tokens + c.output_tokens) as tokens, sum(c.cost) as cost
    from model_calls c
    join runs r on r.workspace_id = c.workspace_id and r.id = c.run_id
    where c.workspace_id = $1 and c.workflow_id = $2 and c.created_at >= $3
      and r.created_at >= $3 and r.created_at <= $4
    group by 1, 2
), starter as materialized (
    select case when m.id is null then made.ran_by_type else 'user' end as kind, m.actor_roles,
           coalesce(a.uuid, nullif(made.who, {_NOBODY})) as id, coalesce(nullif(m.name, ''), made.name) as name,
           made.runs, made.completed, made.failed, coalesce(spent.tokens, 0) as tokens, coalesce(spent.cost, 0) as cost
    from made
    left join spent on spent.ran_by_type = made.ran_by_type and spent.who = made.who
    left join accounts u on made.ran_by_type = 'user' and u.uuid = made.who
    left join api_keys k on made.ran_by_type = 'personal_api_key' and k.workspace_id = $1 and k.uuid = made.who
    left join members m on m.workspace_id = $1 and (m.account_id = u.id or m.id = k.member_id)
    left join accounts a on a.id = m.account_id
)
(select null as role, kind, id, max(name) as name, {_SUMS} from starter
 group by kind, id order by runs desc, name, id limit $5)
union all
(select role.name, null, null, null, {_SUMS} from starter cross join unnest(actor_roles) as role (name)
 group by role.name order by runs desc, role.name limit $6)
"""  # noqa: S608 - a constant statement


async def starters(connection: Connection, grant: Grant, span: Span) -> tuple[list[PersonCount], list[TeamCount]]:
    """What people, and the members of each role for tasks, made in that time: most runs first.

    At most PEOPLE_MAX people and TEAMS_MAX roles.
    """
    arguments = (grant.workspace_id, span.workflow_id, span.since, span.until, PEOPLE_MAX, TEAMS_MAX)
    people: list[PersonCount] = []
    teams: list[TeamCount] = []
    for row in await connection.fetch(_STARTERS, *arguments):
        sums = {name: row[name] for name in Sums.__struct_fields__}
        if row["role"] is None:
            people.append(PersonCount(kind=row["kind"], id=row["id"], name=row["name"], **sums))
        else:
            teams.append(TeamCount(role=row["role"], **sums))
    return people, teams


# Clocks differ by whole quarters of an hour, so that these need not be turned one run at a time.
_HOURS: Final = """
select date_part('isodow', at)::int as weekday, date_part('hour', at)::int as hour, sum(runs)::bigint as runs
from (
    select date_bin('15 minutes', created_at, 'epoch') at time zone $5 as at, count(*) as runs from runs
    where workspace_id = $1 and workflow_id = $2 and created_at >= $3 and created_at <= $4
    group by 1
) quarter
group by 1, 2
"""


async def hours(connection: Connection, grant: Grant, span: Span, time_zone: str) -> list[HourCount]:
    """When in the week runs were made in that time, by the clocks of that zone; hours without any are left out."""
    arguments = (grant.workspace_id, span.workflow_id, span.since, span.until, time_zone)
    return [HourCount(**row) for row in sorted(await connection.fetch(_HOURS, *arguments))]
