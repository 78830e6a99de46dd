"""What is to be handed out, and to whom it could be: over all workspaces at once."""

from collections.abc import Sequence
from typing import Any, Final

from casework.core.distribution import Free, Waiting
from casework.store.capacity import HELD
from casework.store.database import Connection

HANDED_MAX: Final = 200
"""Steps that are handed out in one go: what one commit carries out easily."""

_TO_HAND_OUT: Final = "s.state = 'ready' and s.distribute is not null and not s.is_left"

_PEOPLE: Final = f"""
with wanted as materialized (
    select distinct workspace_id, workflow_id from steps s where {_TO_HAND_OUT}
), free as materialized (
    select m.workspace_id, m.account_id, m.id as member_id, m.name, m.actor_roles, m.handed_at, held.count as held,
           coalesce(m.capacity, w.capacity) - held.count as room
    from (select distinct workspace_id from wanted) as place
    join workspaces w on w.id = place.workspace_id
    join members m on m.workspace_id = w.id and m.removed_at is null and m.is_available
    join accounts a on a.id = m.account_id and a.disabled_at is null
    cross join lateral ({HELD}) as held
)
select free.*, array_agg(pm.workflow_id) as workflow_ids
from free
join project_members pm on pm.workspace_id = free.workspace_id and pm.member_id = free.member_id
join wanted on wanted.workspace_id = pm.workspace_id and wanted.workflow_id = pm.workflow_id
where free.room is null or free.room > 0
group by free.workspace_id, free.account_id, free.member_id, free.name, free.actor_roles, free.handed_at, free.held,
         free.room
"""  # noqa: S608 - constant text

# An hour of waiting counts as much as a point of priority, so that whatever waits is the most urgent one day.
_WAITING: Final = f"""
with able as materialized (
    select * from json_to_recordset($1) as able (
        workspace_id bigint, workflow_id bigint, account_id bigint, actor_roles text[])
)
select s.workspace_id, s.workflow_id, s.run_id, s.number, s.revision, s.distribute, s.actor_roles, s.allow_ids,
       s.deny_ids, s.lapsed_ids
from steps s
where {_TO_HAND_OUT}
  and exists (select from able
              where able.workspace_id = s.workspace_id and able.workflow_id = s.workflow_id
                and (s.actor_roles = '{{}}' or s.actor_roles && able.actor_roles)
                and (s.allow_ids = '{{}}' or able.account_id = any(s.allow_ids))
                and not able.account_id = any(s.deny_ids) and not able.account_id = any(s.lapsed_ids))
order by s.priority + floor(extract(epoch from clock_timestamp() - s.created_at) / 3600) desc, s.due_at, s.id
limit $2
"""  # noqa: S608 - constant text

_FAMILIAR: Final = """
select wanted.run_id, last.account_id
from unnest($1::bigint[]) as wanted (run_id)
join runs r on r.id = wanted.run_id
cross join lateral (
    select s.account_id
    from (select r.id union
          select o.id from runs o where o.workspace_id = r.workspace_id and o.chat_id = r.chat_id) as o
    join steps s on s.run_id = o.id and s.kind = 'human' and s.account_id is not null and s.started_at is not null
    order by o.id = r.id desc, coalesce(s.ended_at, s.started_at) desc, s.id desc limit 1
) as last
"""


async def people(connection: Connection) -> list[Free]:
    """Who is available and has room, in every workspace that has something to hand out; with its projects that have."""
    return [
        Free(
            workspace_id=row["workspace_id"],
            account_id=row["account_id"],
            member_id=row["member_id"],
            name=row["name"],
            actor_roles=frozenset(row["actor_roles"]),
            workflow_ids=frozenset(row["workflow_ids"]),
            held=row["held"],
            room=row["room"],
            handed_at=row["handed_at"],
        )
        for row in await connection.fetch(_PEOPLE)
    ]


async def waiting(connection: Connection, able: Sequence[Free]) -> list[Waiting]:
    """What somebody of these could be handed, the most urgent first: by priority, then due, then age."""
    rows = await connection.fetch(
        _WAITING,
        [
            {
                "workspace_id": one.workspace_id,
                "workflow_id": workflow_id,
                "account_id": one.account_id,
                "actor_roles": sorted(one.actor_roles),
            }
            for one in able
            for workflow_id in one.workflow_ids
        ],
        HANDED_MAX,
    )
    sticky = {row["run_id"] for row in rows if row["distribute"] == "sticky"}
    found = await connection.fetch(_FAMILIAR, sorted(sticky)) if sticky else []
    familiar = {row["run_id"]: row["account_id"] for row in found}
    return [_waiting(row, familiar.get(row["run_id"])) for row in rows]


def _waiting(row: Any, familiar: int | None) -> Waiting:
    values = dict(row)
    for name in ("actor_roles", "allow_ids", "deny_ids", "lapsed_ids"):
        values[name] = frozenset(values[name])
    return Waiting(**values, familiar=familiar)
