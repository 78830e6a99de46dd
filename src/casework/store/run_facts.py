"""The facts of one run in the order in which they became true, for whoever follows it.

A run is only changed by who holds its row, and its facts get their numbers then: of one run, a fact with a lower number
is never seen after one with a higher. Over several runs that does not hold.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.permission import Grant
from casework.store.database import Connection


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """What happened in a run; task_key, visit and item_index tell which step it is about, where it is about one."""

    id: int
    type: str
    task_key: str | None
    visit: int | None
    item_index: int | None
    data: dict[str, Any]
    at: datetime


_AFTER: Final = """
select e.id, e.type, s.task_key, s.visit, s.item_index, e.data, e.at
from events e
left join steps s on s.workspace_id = e.workspace_id and s.run_id = e.run_id and s.number = e.step_number
where e.workspace_id = $1 and e.run_id = $2 and e.id > $3
order by e.id limit $4
"""


async def after(connection: Connection, grant: Grant, run_id: int, last: int, *, limit: int) -> list[Fact]:
    """What happened in a run after the fact of that number, in order."""
    rows = await connection.fetch(_AFTER, grant.workspace_id, run_id, last, limit)
    return [Fact(**row) for row in rows]


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """A run as far as those who follow it need to know it."""

    id: int
    uuid: UUID
    chat_id: int | None
    workflow_id: int
    workflow_uuid: UUID
    state: str
    is_ended: bool


_FIND: Final = """
select r.id, r.uuid, r.chat_id, r.workflow_id, w.uuid as workflow_uuid, r.state, r.ended_at is not null as is_ended
from runs r
join workflows w on w.workspace_id = r.workspace_id and w.id = r.workflow_id
where r.workspace_id = $1 and r.uuid = $2
"""


async def find(connection: Connection, grant: Grant, uuid: UUID) -> Followed | None:
    """The run of that UUID in the grant's workspace."""
    row = await connection.fetchrow(_FIND, grant.workspace_id, uuid)
    return None if row is None else Followed(**row)
