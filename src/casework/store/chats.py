"""Conversations: who owns one, who takes part in it, and how it stands. A deleted one is not there for anybody."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.permission import Grant
from casework.store.chat_standing import COLUMNS, NEWEST_RUN, STANDING, summarized
from casework.store.database import Connection


class Chat(msgspec.Struct, frozen=True, kw_only=True):
    """A chat as it is read.

    summary: its own, or else how it stands. member_*, account_uuid: its owner.
    participants: members who take part beside the owner, in order of joining.
    assignment_id: the newest run that is linked to it.
    """

    id: int
    uuid: UUID
    member_id: int
    member_name: str
    account_uuid: UUID
    title: str
    summary: str
    channel: str
    chat_type: str
    is_paused: bool
    needs_response: bool
    message_count: int
    last_message_at: datetime | None
    revision: int
    created_at: datetime
    updated_at: datetime
    participants: list[int]
    assignment_id: int | None


class NewChat(msgspec.Struct, frozen=True, kw_only=True):
    """A chat to be opened; `member_id` will own it."""

    uuid: UUID
    member_id: int
    created_at: datetime
    title: str = ""
    summary: str = ""
    channel: str = "web"
    chat_type: str = "chat"


class ChatChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a chat from now on; None leaves a field as it is, and for `expected_revision` allows any."""

    title: str | None = None
    summary: str | None = None
    channel: str | None = None
    chat_type: str | None = None
    is_paused: bool | None = None
    needs_response: bool | None = None
    expected_revision: int | None = None


_CHAT: Final = f"""
select c.id, c.uuid, c.member_id, m.name as member_name, a.uuid as account_uuid, c.title, {COLUMNS}, c.channel,
       c.chat_type, c.is_paused, c.needs_response, c.message_count, c.last_message_at, c.revision,
       c.created_at, c.updated_at,
       array(select p.member_id from chat_participants p
             where p.workspace_id = c.workspace_id and p.chat_id = c.id
             order by p.added_at, p.member_id) as participants,
       newest.id as assignment_id
from chats c
join members m on m.workspace_id = c.workspace_id and m.id = c.member_id
join accounts a on a.id = m.account_id
{NEWEST_RUN} {STANDING}
"""  # noqa: S608 - a constant statement

_BY_ID: Final = _CHAT + "where c.workspace_id = $1 and c.id = $2 and c.deleted_at is null"
_BY_UUID: Final = _CHAT + "where c.workspace_id = $1 and c.uuid = $2 and c.deleted_at is null"


async def find(connection: Connection, grant: Grant, identifier: int | UUID) -> Chat | None:
    """The chat of that id or UUID in the grant's workspace; None where there is none, or it was deleted."""
    query = _BY_UUID if isinstance(identifier, UUID) else _BY_ID
    row = await connection.fetchrow(query, grant.workspace_id, identifier)
    return None if row is None else _chat(row)


_LOCK: Final = "select id from chats where workspace_id = $1 and id = $2 and deleted_at is null for no key update"


async def lock(connection: Connection, grant: Grant, chat_id: int) -> bool:
    """Keep everybody else from writing in the chat until the transaction ends; False where it is gone."""
    return await connection.fetchval(_LOCK, grant.workspace_id, chat_id) is not None


# A page is cut first: what else is shown of a chat is looked up for those that are on it.
_ALL: Final = f"""
with page as materialized (
    select id from chats where workspace_id = $1 and deleted_at is null order by id desc limit $2 offset $3
)
{_CHAT} join page on page.id = c.id where c.workspace_id = $1 order by c.id desc
"""  # noqa: S608 - a constant statement
_ALL_COUNT: Final = "select count(*) from chats where workspace_id = $1 and deleted_at is null"


async def page(connection: Connection, grant: Grant, *, limit: int, offset: int) -> tuple[list[Chat], int]:
    """Every chat of the workspace, newest first: the page, and how many there are."""
    rows = await connection.fetch(_ALL, grant.workspace_id, limit, offset)
    total: int = await connection.fetchval(_ALL_COUNT, grant.workspace_id)
    return [_chat(row) for row in rows], total


# Both ways to be in a chat are read in order and cut before they are merged: a page never sorts somebody's history.
_OF_MEMBER: Final = f"""
with own as materialized (
    (select id from chats
     where workspace_id = $1 and member_id = $2 and deleted_at is null
     order by id desc limit $3::bigint + $4::bigint)
    union
    (select c.id from chat_participants p
     join chats c on c.workspace_id = p.workspace_id and c.id = p.chat_id and c.deleted_at is null
     where p.workspace_id = $1 and p.member_id = $2
     order by p.chat_id desc limit $3::bigint + $4::bigint)
    order by id desc limit $3 offset $4
)
{_CHAT} join own on own.id = c.id where c.workspace_id = $1 order by c.id desc
"""  # noqa: S608 - a constant statement
_OF_MEMBER_COUNT: Final = """
select (select count(*) from chats where workspace_id = $1 and member_id = $2 and deleted_at is null)
     + (select count(*) from chat_participants p
        join chats c on c.workspace_id = p.workspace_id and c.id = p.chat_id
        where p.workspace_id = $1 and p.member_id = $2 and c.member_id <> $2 and c.deleted_at is null)
"""


async def page_of_member(
    connection: Connection, grant: Grant, member_id: int, *, limit: int, offset: int
) -> tuple[list[Chat], int]:
    """The chats that a member owns or takes part in, newest first: the page, and how many there are."""
    rows = await connection.fetch(_OF_MEMBER, grant.workspace_id, member_id, limit, offset)
    total: int = await connection.fetchval(_OF_MEMBER_COUNT, grant.workspace_id, member_id)
    return [_chat(row) for row in rows], total


_INSERT: Final = """
insert into chats (uuid, workspace_id, member_id, title, summary, channel, chat_type, created_at, updated_at)
select $2, $1, m.id, $4, $5, $6, $7, $8, $8
from members m where m.workspace_id = $1 and m.id = $3 and m.removed_at is null
returning id
"""


async def insert(connection: Connection, grant: Grant, new: NewChat) -> int | None:
    """Open a chat; its id, or None where the workspace has no such member."""
    found: int | None = await connection.fetchval(
        _INSERT,
        grant.workspace_id,
        new.uuid,
        new.member_id,
        new.title,
        new.summary,
        new.channel,
        new.chat_type,
        new.created_at,
    )
    return found


_UPDATE: Final = """
update chats set title = coalesce($4, title), summary = coalesce($5, summary), channel = coalesce($6, channel),
                 chat_type = coalesce($7, chat_type), is_paused = coalesce($8, is_paused),
                 needs_response = coalesce($9, needs_response), updated_at = $3, revision = revision + 1
where workspace_id = $1 and id = $2 and deleted_at is null and revision = coalesce($10, revision)
returning id
"""


async def update(connection: Connection, grant: Grant, chat_id: int, change: ChatChange, *, at: datetime) -> bool:
    """Say something else of a chat; False where it is gone, or has another revision than the change is meant for."""
    fields = msgspec.structs.astuple(change)
    return await connection.fetchval(_UPDATE, grant.workspace_id, chat_id, at, *fields) is not None


_DELETE: Final = """
update chats set deleted_at = $3, updated_at = $3, revision = revision + 1
where workspace_id = $1 and id = $2 and deleted_at is null and revision = coalesce($4, revision)
returning id
"""


async def delete(
    connection: Connection, grant: Grant, chat_id: int, expected_revision: int | None, *, at: datetime
) -> bool:
    """Take a chat away from everybody; its messages and runs are kept. False as for `update`."""
    return await connection.fetchval(_DELETE, grant.workspace_id, chat_id, at, expected_revision) is not None


# The chat's row is taken before its participants are counted: two who add at once do not pass the bound together.
_JOIN: Final = """
update chats set updated_at = $3, revision = revision + 1
where workspace_id = $1 and id = $2 and deleted_at is null and revision = coalesce($4, revision)
returning member_id
"""
_KNOWN: Final = "select id from members where workspace_id = $1 and id = any($2::bigint[]) and removed_at is null"
_ADD: Final = """
insert into chat_participants (workspace_id, chat_id, member_id, added_at)
select $1, $2, id, $4 from unnest($3::bigint[]) as wanted (id)
on conflict do nothing
"""
_PARTICIPANTS_COUNT: Final = "select count(*) from chat_participants where workspace_id = $1 and chat_id = $2"


async def add_participants(
    connection: Connection,
    grant: Grant,
    chat_id: int,
    member_ids: list[int],
    *,
    expected_revision: int | None,
    at: datetime,
) -> int | None:
    """Let members take part, and count those who do now; the owner is none of them.

    None where the chat is gone, or has another revision than is expected.
    """
    owner_id = await connection.fetchval(_JOIN, grant.workspace_id, chat_id, at, expected_revision)
    if owner_id is None:
        return None
    others = [member_id for member_id in member_ids if member_id != owner_id]
    await connection.execute(_ADD, grant.workspace_id, chat_id, others, at)
    count: int = await connection.fetchval(_PARTICIPANTS_COUNT, grant.workspace_id, chat_id)
    return count


async def known_members(connection: Connection, grant: Grant, member_ids: list[int]) -> set[int]:
    """Those of the ids that are members' of the workspace now."""
    return {row["id"] for row in await connection.fetch(_KNOWN, grant.workspace_id, member_ids)}


_MEMBER_BY_UUID: Final = """
select m.id from members m join accounts a on a.id = m.account_id
where m.workspace_id = $1 and a.uuid = $2 and m.removed_at is null
"""
_MEMBER_BY_ACCOUNT: Final = "select id from members where workspace_id = $1 and account_id = $2 and removed_at is null"


async def member_of_account(connection: Connection, grant: Grant, account: int | UUID) -> int | None:
    """The membership of that account in the grant's workspace; None where it has none."""
    query = _MEMBER_BY_UUID if isinstance(account, UUID) else _MEMBER_BY_ACCOUNT
    found: int | None = await connection.fetchval(query, grant.workspace_id, account)
    return found


def _chat(row: Any) -> Chat:
    return Chat(**summarized(row))
