"""Chats: whoever is in one may read it and write in it; others need chats:read and chats:write."""

from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.chat import PARTICIPANTS_MAX
from casework.core.claim import Claim
from casework.core.errors import Conflict, Denied, Invalid, NotFound, PreconditionFailed, Problem
from casework.core.permission import Grant
from casework.entropy import new_uuid
from casework.operations.services import Services
from casework.operations.telling import tell_chat
from casework.store import audit, chats, idempotency
from casework.store.chats import Chat, ChatChange, NewChat
from casework.store.database import Connection

__all__ = ["Chat", "ChatChange", "ChatWish", "add_participants", "change", "delete", "find", "open_chat", "page"]

READ: Final = "chats:read"
WRITE: Final = "chats:write"

_NO_CHAT: Final = "There is no such chat."


class ChatWish(msgspec.Struct, frozen=True, kw_only=True):
    """A chat to be opened; without `member_id` the caller owns it."""

    title: str = ""
    summary: str = ""
    channel: str = "web"
    chat_type: str = "chat"
    member_id: int | None = None


def is_in(grant: Grant, chat: Chat) -> bool:
    """Whether the caller owns the chat or takes part in it."""
    return grant.is_own(chat.member_id) or grant.principal.member_id in chat.participants


async def find(services: Services, grant: Grant, identifier: int | UUID) -> Chat:
    """The chat of that id or UUID.

    Raises:
        NotFound: the workspace has none, or it was deleted.
        Denied: it is somebody else's.

    """
    async with services.database.read() as connection:
        return await seen(connection, grant, identifier, needs=READ)


async def seen(connection: Connection, grant: Grant, identifier: int | UUID, *, needs: str) -> Chat:
    """The chat of that id or UUID, for whoever is in it or holds the scope `needs`; errors as `find`."""
    chat = await chats.find(connection, grant, identifier)
    if chat is None:
        raise NotFound(_NO_CHAT)
    if not is_in(grant, chat) and not grant.holds(needs):
        raise Denied(f"This is another member's chat; it needs the scope {needs}.")
    return chat


async def page(
    services: Services, grant: Grant, member_id: int | None, *, limit: int, offset: int
) -> tuple[list[Chat], int]:
    """The chats that a member is in, newest first, and how many; without a member everybody's, or else the caller's.

    Raises:
        Denied: another member's, without chats:read.

    """
    if member_id is None and not grant.holds(READ):
        member_id = grant.principal.member_id or 0
    elif member_id is not None:
        grant.require_own_or(member_id, READ)
    async with services.database.snapshot() as connection:
        if member_id is None:
            return await chats.page(connection, grant, limit=limit, offset=offset)
        return await chats.page_of_member(connection, grant, member_id, limit=limit, offset=offset)


async def page_of_account(
    services: Services, grant: Grant, account: int | UUID, *, limit: int, offset: int
) -> tuple[list[Chat], int]:
    """The chats that the person of that account is in, here; errors as `page`, and NotFound for no member here."""
    async with services.database.snapshot() as connection:
        member_id = await chats.member_of_account(connection, grant, account)
        if member_id is None:
            raise NotFound("There is no such user here.")
        grant.require_own_or(member_id, READ)
        return await chats.page_of_member(connection, grant, member_id, limit=limit, offset=offset)


async def open_chat(services: Services, grant: Grant, wish: ChatWish, claim: Claim | None) -> str:
    """Make a chat. Gives its UUID, as text.

    Raises:
        Denied: for another member, without chats:write.
        Invalid: for nobody, or for a member that there is not.

    """
    member_id = owner_of(grant, wish.member_id)
    at = services.clock.now()
    new = NewChat(
        uuid=new_uuid(at),
        member_id=member_id,
        created_at=at,
        title=wish.title,
        summary=wish.summary,
        channel=wish.channel,
        chat_type=wish.chat_type,
    )
    reference = str(new.uuid)
    async with services.database.write() as connection:
        if claim is not None:
            await idempotency.claim(connection, claim, reference, at)
        chat_id = await chats.insert(connection, grant, new)
        if chat_id is None:
            raise no_member("/memberId")
        await _record(connection, grant, "chat.opened", {"chat_id": chat_id}, at)
    tell_chat(services, grant, chat_id, [member_id])
    return reference


def owner_of(grant: Grant, member_id: int | None) -> int:
    """Who will own a chat that is asked for: the member named, else the caller; errors as `open_chat`."""
    if member_id is None:
        member_id = grant.principal.member_id
    if member_id is None:
        message = "is required: this key acts for no member."
        raise Invalid(f"memberId: {message}", (Problem(path="/memberId", message=message),))
    grant.require_own_or(member_id, WRITE)
    return member_id


async def change(
    services: Services, grant: Grant, identifier: int | UUID, wish: ChatChange, claim: Claim | None
) -> str:
    """Say something else of a chat. Gives its UUID, as text.

    Raises:
        NotFound, Denied: as `find`, with chats:write.
        PreconditionFailed: it has another revision than `expected_revision`.

    """
    at = services.clock.now()
    async with services.database.write() as connection:
        chat = await seen(connection, grant, identifier, needs=WRITE)
        if claim is not None:
            await idempotency.claim(connection, claim, str(chat.uuid), at)
        if not await chats.update(connection, grant, chat.id, wish, at=at):
            raise _gone(wish.expected_revision)
        fields = [name for name in ChatChange.__struct_fields__[:-1] if getattr(wish, name) is not None]
        await _record(connection, grant, "chat.updated", {"chat_id": chat.id, "fields": fields}, at)
    tell(services, grant, chat)
    return str(chat.uuid)


async def delete(
    services: Services, grant: Grant, identifier: int | UUID, expected_revision: int | None = None
) -> None:
    """Take a chat away from everybody. Its owner may, not those who only take part.

    Raises:
        NotFound, Denied: as `find`, with chats:write.
        PreconditionFailed: it has another revision than `expected_revision`.

    """
    at = services.clock.now()
    async with services.database.write() as connection:
        chat = await seen(connection, grant, identifier, needs=WRITE)
        grant.require_own_or(chat.member_id, WRITE)
        if not await chats.delete(connection, grant, chat.id, expected_revision, at=at):
            raise _gone(expected_revision)
        await _record(connection, grant, "chat.deleted", {"chat_id": chat.id}, at)
    tell(services, grant, chat)


async def add_participants(
    services: Services,
    grant: Grant,
    identifier: int | UUID,
    member_ids: list[int],
    *,
    expected_revision: int | None = None,
    claim: Claim | None = None,
) -> str:
    """Let members take part; those who already do stay as they are. Gives the chat's UUID, as text.

    Raises:
        NotFound, Denied: as `find`, with chats:write.
        Invalid: for a member that there is not; nobody is added.
        Conflict: the chat would have more than PARTICIPANTS_MAX.
        PreconditionFailed: it has another revision than is expected.

    """
    at = services.clock.now()
    wanted = list(dict.fromkeys(member_ids))
    async with services.database.write() as connection:
        chat = await seen(connection, grant, identifier, needs=WRITE)
        if claim is not None:
            await idempotency.claim(connection, claim, str(chat.uuid), at)
        known = await chats.known_members(connection, grant, wanted)
        if any(member_id not in known for member_id in wanted):
            raise no_member("/memberIds")
        count = await chats.add_participants(
            connection, grant, chat.id, wanted, expected_revision=expected_revision, at=at
        )
        if count is None:
            raise _gone(expected_revision)
        if count > PARTICIPANTS_MAX:
            raise Conflict(f"At most {PARTICIPANTS_MAX} members take part in a chat.")
        await _record(connection, grant, "chat.joined", {"chat_id": chat.id, "member_ids": wanted}, at)
    tell_chat(services, grant, chat.id, [chat.member_id, *chat.participants, *wanted])
    return str(chat.uuid)


def tell(services: Services, grant: Grant, chat: Chat) -> None:
    """Tell those who are in the chat that it is another one than it was."""
    tell_chat(services, grant, chat.id, [chat.member_id, *chat.participants])


def no_member(path: str) -> Invalid:
    """The refusal of a member, named there in the body, that the workspace does not have."""
    return Invalid(f"{path[1:]}: there is no such member.", (Problem(path=path, message="there is no such member."),))


def _gone(expected_revision: int | None) -> NotFound | PreconditionFailed:
    if expected_revision is None:
        return NotFound(_NO_CHAT)
    return PreconditionFailed("It was changed since you read it: read it again, then decide.")


async def _record(connection: Connection, grant: Grant, type_: str, fact: dict[str, Any], at: Any) -> None:
    await audit.record(connection, grant.workspace_id, grant.actor(), type_, [fact], at)
