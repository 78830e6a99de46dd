"""Failed runs as those who retry them need them."""

from datetime import datetime

import msgspec

from casework.core.definition import Json
from casework.core.permission import Grant
from casework.store.database import Connection


class Retried(msgspec.Struct, frozen=True, kw_only=True):
    """What the retry of a run has in common with it."""

    workflow_id: int
    version_number: int
    member_id: int | None
    chat_id: int | None
    title: str
    input: Json
    priority: int
    due_at: datetime | None
    run_type: str
    end_user: str | None
    parent_run_id: int | None


async def find(connection: Connection, grant: Grant, run_id: int) -> Retried:
    """A run that there is, as far as its retry is the same; a deleted chat is none."""
    row = await connection.fetchrow(
        """
        select r.workflow_id, r.version_number, r.member_id, c.id as chat_id, r.title, r.priority, r.due_at,
               coalesce(v.value, r.input) as input,
               r.run_type, r.end_user, r.parent_run_id
        from runs r
        left join sensitive_values v  -- the engine begins it with what it was begun with
          on v.workspace_id = r.workspace_id and v.run_id = r.id and v.step_number = 0 and v.field = 'input'
        left join chats c on c.workspace_id = r.workspace_id and c.id = r.chat_id and c.deleted_at is null
        where r.workspace_id = $1 and r.id = $2
        """,
        grant.workspace_id,
        run_id,
    )
    return Retried(**row)
