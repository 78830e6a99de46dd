"""The chats of runs: opened with them, and given to whoever they are given to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from casework.store.database import Connection
from casework.store.writes import Write, columns


async def open_chats(connection: Connection, rows: Sequence[tuple[UUID, int, int, str, datetime]]) -> dict[UUID, int]:
    """Make a chat for each (uuid, workspace id, member id, title, instant); their ids by uuid."""
    if not rows:
        return {}
    made = await connection.fetch(
        """
        insert into chats (uuid, workspace_id, member_id, title, created_at, updated_at)
        select new.uuid, new.workspace_id, new.member_id, new.title, new.at, new.at
        from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[])
            as new (uuid, workspace_id, member_id, title, at)
        returning uuid, id
        """,
        *columns(rows),
    )
    return {row["uuid"]: row["id"] for row in made}


async def drop_chats(connection: Connection, chat_ids: Sequence[int]) -> None:
    """Take back chats that this commit made for runs that were refused."""
    if chat_ids:
        await connection.execute("delete from chats where id = any($1::bigint[])", list(chat_ids))


_HAND_OVER: Final = """
update chats old
set member_id = new.member_id, updated_at = new.at, revision = old.revision + 1
from unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) as new (id, member_id, at)
where old.id = new.id
"""


def new_owners(owners: Sequence[tuple[int, int, datetime]]) -> list[Write]:
    """Each chat (its id) belongs to that member, from that instant: an assignment's chat belongs to its member."""
    return [Write(_HAND_OVER, columns(owners))] if owners else []
