"""What was said in a chat. A message is never changed; the chat's own count and last instant move with it."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

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
    """A message to be kept; `run_id` is the run that it started or belongs to."""

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


_FIELDS: Final = "id, uuid, chat_id, run_id, role, content, name, member_id, tool_calls, tool_call_id, created_at"

# The chat's row is taken first: messages of one chat are numbered in the order in which they are committed.
# What the user said last waits for an answer; what an assistant said last is one.
_APPEND: Final = f"""
with chat as (
    update chats
    set message_count = message_count + 1, last_message_at = greatest(last_message_at, $3), updated_at = $3,
        revision = revision + 1,
        needs_response = case $5 when 'user' then true when 'assistant' then false else needs_response end
    where workspace_id = $1 and id = $2 and deleted_at is null
    returning id
)
insert into messages
    (workspace_id, chat_id, created_at, uuid, role, content, run_id, name, member_id, tool_calls, tool_call_id)
select $1, chat.id, $3, $4, $5, $6, $7, $8, $9, $10, $11 from chat
returning {_FIELDS}
"""  # noqa: S608 - constant names


async def append(connection: Connection, grant: Grant, new: NewMessage) -> Message | None:
    """Say something in a chat; None where the chat is gone."""
    row = await connection.fetchrow(
        _APPEND,
        grant.workspace_id,
        new.chat_id,
        new.created_at,
        new.uuid,
        new.role,
        new.content,
        new.run_id,
        new.name,
        new.member_id,
        new.tool_calls,
        new.tool_call_id,
    )
    return None if row is None else _message(row)


_PAGE: Final = f"""
select {_FIELDS} from messages where workspace_id = $1 and chat_id = $2 order by id limit $3 offset $4
"""  # noqa: S608 - constant names


async def page(connection: Connection, grant: Grant, chat_id: int, *, limit: int, offset: int) -> list[Message]:
    """What was said in a chat, oldest first. How much there is stands in the chat's own row."""
    rows = await connection.fetch(_PAGE, grant.workspace_id, chat_id, limit, offset)
    return [_message(row) for row in rows]


_FIND: Final = f"select {_FIELDS} from messages where workspace_id = $1 and chat_id = $2 and uuid = $3"  # noqa: S608 - constant names


async def find(connection: Connection, grant: Grant, chat_id: int, uuid: UUID) -> Message | None:
    """The message of that UUID in that chat."""
    row = await connection.fetchrow(_FIND, grant.workspace_id, chat_id, uuid)
    return None if row is None else _message(row)


def _message(row: Any) -> Message:
    return Message(**row)
