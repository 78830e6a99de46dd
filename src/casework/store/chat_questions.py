"""What agents ask people in the runs of a chat."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from casework.core.definition import Json
from casework.core.permission import Grant
from casework.store.database import Connection


class QuestionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A question, which is an activity. asker_uuid: of the step that asks."""

    uuid: UUID
    asker_uuid: UUID
    workflow_id: int
    run_id: int
    number: int
    name: str
    state: str
    account_id: int | None
    member_id: int | None
    member_name: str | None
    actor_roles: Sequence[str]
    allow_ids: Sequence[int]
    deny_ids: Sequence[int]
    ask: Json
    output: Json
    created_at: datetime
    due_at: datetime | None
    ended_at: datetime | None


_PAGE: Final = """
select q.uuid, p.uuid as asker_uuid, q.workflow_id, q.run_id, q.number, q.name, q.state, q.account_id, q.member_id,
       m.name as member_name, q.actor_roles, q.allow_ids, q.deny_ids, q.ask, q.output, q.created_at,
       q.due_at, q.ended_at
from (
    select s.* from runs r
    join steps s on s.workspace_id = r.workspace_id and s.run_id = r.id and s.ask is not null
    where r.workspace_id = $1 and r.chat_id = $2
    order by s.id desc limit $3 offset $4
) q
join steps p on p.workspace_id = q.workspace_id and p.run_id = q.run_id and p.number = q.parent
left join members m on m.workspace_id = q.workspace_id and m.id = q.member_id
order by q.id desc
"""
_COUNT: Final = """
select count(*) from runs r
join steps s on s.workspace_id = r.workspace_id and s.run_id = r.id and s.ask is not null
where r.workspace_id = $1 and r.chat_id = $2
"""


async def page(
    connection: Connection, grant: Grant, chat_id: int, *, limit: int, offset: int
) -> tuple[list[QuestionRow], int]:
    """The questions of a chat's runs, newest first: the page, and how many there are."""
    rows = await connection.fetch(_PAGE, grant.workspace_id, chat_id, limit, offset)
    total: int = await connection.fetchval(_COUNT, grant.workspace_id, chat_id)
    return [QuestionRow(**row) for row in rows], total
