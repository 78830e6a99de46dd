"""What was said in a chat. A message is never changed; the chat's own count and last instant move with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from casework.core.chat import title_of
from casework.core.definition import Json
from casework.core.permission import Grant
from casework.store.database import Connection

Role = Literal["system", "user", "assistant", "tool"]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it is kept; `member_id` is who wrote it, where a person did."""

    id: int
    uuid: UUID
    chat_id: int
    run_id: int | None
    role: Role
    content: str
    name: str | None
    member_id: int | None
    tool_calls: Json
    tool_call_id: str | None
    created_at: datetime


class NewMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be kept; `run_id` is the run that it started or belongs to.

    yields: it is not said while a person has taken the chat over.
    """

    uuid: UUID
    chat_id: int
    role: Role
    content: str
    created_at: datetime
    run_id: int | None = None
    name: str | None = None
    member_id: int | None = None
    tool_calls: Json = None
    tool_call_id: str | None = None
    yields: bool = False


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was kept, and the members who are in its chat."""

    workspace_id: int
    message: Message
    member_ids: list[int]


_FIELDS: Final = "id, uuid, chat_id, run_id, role, content, name, member_id, tool_calls, tool_call_id, created_at"

# The chat's row is taken first: messages of one chat are numbered in the order in which they are committed.
# What the user said last waits for an answer; what an assistant said last is one.
_SAY: Final = f"""
with said as (
    select * from json_to_recordset($1) as new (
        ordinal integer, workspace_id bigint, uuid uuid, chat_id bigint, role text, content text, title text,
        created_at timestamptz, run_id bigint, name text, member_id bigint, tool_calls jsonb, tool_call_id text,
        yields boolean
    ) where not exists (select from messages m where m.workspace_id = new.workspace_id and m.uuid = new.uuid)
), counted as (
    select c.workspace_id, c.id, count(*) as count, max(said.created_at) as at,
           (array_agg(said.title order by said.ordinal) filter (where said.title <> ''))[1] as title,
           (array_agg(said.role order by said.ordinal desc)
            filter (where said.role in ('user', 'assistant') and said.content <> ''))[1] as voice
    from said
    join chats c on c.workspace_id = said.workspace_id and c.id = said.chat_id
    where not (said.yields and c.is_paused)
    group by c.workspace_id, c.id
), chat as (
    update chats c
    set message_count = c.message_count + counted.count, last_message_at = greatest(c.last_message_at, counted.at),
        updated_at = greatest(c.updated_at, counted.at), revision = c.revision + 1,
        title = case when c.title = '' then coalesce(counted.title, '') else c.title end,
        needs_response = case counted.voice when 'user' then true when 'assistant' then false else c.needs_response end
    from counted
    where c.workspace_id = counted.workspace_id and c.id = counted.id and c.deleted_at is null
    returning c.workspace_id, c.id, c.member_id, c.is_paused
), kept as (
    insert into messages
        (workspace_id, chat_id, created_at, uuid, role, content, run_id, name, member_id, tool_calls, tool_call_id)
    select said.workspace_id, chat.id, said.created_at, said.uuid, said.role, said.content, said.run_id, said.name,
           said.member_id, said.tool_calls, said.tool_call_id
    from said
    join chat on chat.workspace_id = said.workspace_id and chat.id = said.chat_id
    where not (said.yields and chat.is_paused)
    order by said.ordinal
    returning workspace_id, {_FIELDS}
)
select kept.*, chat.member_id || array(
           select p.member_id from chat_participants p where p.workspace_id = chat.workspace_id and p.chat_id = chat.id
       ) as audience
from kept
join chat on chat.workspace_id = kept.workspace_id and chat.id = kept.chat_id
order by kept.id
"""  # noqa: S608 - constant names


async def append(connection: Connection, grant: Grant, new: NewMessage) -> Message | None:
    """Say something in a chat; None where the chat is gone."""
    said = await say(connection, [(grant.workspace_id, new)])
    return said[0].message if said else None


async def say(connection: Connection, rows: Sequence[tuple[int, NewMessage]]) -> list[Said]:
    """Say things in chats, each with its workspace's id, in order: those that were kept.

    Not kept is what was said before under its UUID, what would be said in a chat that is gone, and what `yields` in one
    that a person has taken over. For what yields, and for several chats at once, `lock_chats` comes first.
    """
    if not rows:
        return []
    sent = [
        msgspec.structs.asdict(new)
        | {"ordinal": ordinal, "workspace_id": workspace_id}
        | {"title": title_of(new.content) if new.role == "user" else ""}
        for ordinal, (workspace_id, new) in enumerate(rows)
    ]
    found = await connection.fetch(_SAY, sent)
    return [
        Said(
            workspace_id=row["workspace_id"],
            message=Message(**{name: row[name] for name in Message.__struct_fields__}),
            member_ids=row["audience"],
        )
        for row in found
    ]


_LOCK_CHATS: Final = "select id from chats where id = any($1::bigint[]) order by id for no key update"


async def lock_chats(connection: Connection, chat_ids: Sequence[int]) -> None:
    """Keep everybody else from writing in these chats until the transaction ends, in order of their ids."""
    if chat_ids:
        await connection.fetch(_LOCK_CHATS, sorted(set(chat_ids)))


_PAGE: Final = f"""
select {_FIELDS} from messages where workspace_id = $1 and chat_id = $2 order by id limit $3 offset $4
"""  # noqa: S608 - constant names


async def page(connection: Connection, grant: Grant, chat_id: int, *, limit: int, offset: int) -> list[Message]:
    """What was said in a chat, oldest first. How much there is stands in the chat's own row."""
    rows = await connection.fetch(_PAGE, grant.workspace_id, chat_id, limit, offset)
    return [_message(row) for row in rows]


_AFTER: Final = f"""
select {_FIELDS} from messages where workspace_id = $1 and chat_id = $2 and id > $3 order by id limit $4
"""  # noqa: S608 - constant names


async def after(connection: Connection, grant: Grant, chat_id: int, last: int, *, limit: int) -> list[Message]:
    """What was said in a chat after the message of that id, in order; none appears later with a lower id."""
    rows = await connection.fetch(_AFTER, grant.workspace_id, chat_id, last, limit)
    return [_message(row) for row in rows]


_FIND: Final = f"select {_FIELDS} from messages where workspace_id = $1 and chat_id = $2 and uuid = $3"  # noqa: S608 - constant names


async def find(connection: Connection, grant: Grant, chat_id: int, uuid: UUID) -> Message | None:
    """The message of that UUID in that chat."""
    row = await connection.fetchrow(_FIND, grant.workspace_id, chat_id, uuid)
    return None if row is None else _message(row)


def _message(row: Any) -> Message:
    return Message(**row)
