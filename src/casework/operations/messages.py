"""What is said in a chat."""

from typing import Final
from uuid import UUID

import msgspec

from casework.core.chat import OPEN_ROLES
from casework.core.claim import Claim
from casework.core.definition import Json
from casework.core.errors import Denied, NotFound
from casework.core.permission import Grant
from casework.entropy import new_uuid
from casework.operations import chats
from casework.operations.services import Services
from casework.store import audit, idempotency, messages
from casework.store.database import Connection
from casework.store.messages import Message, NewMessage, Role

__all__ = ["Message", "Wish", "find", "page", "send"]

_NO_MESSAGE: Final = "There is no such message."


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be said; without a role in the user's voice."""

    content: str
    role: Role = "user"
    name: str | None = None
    tool_calls: Json = None
    tool_call_id: str | None = None


async def page(
    services: Services, grant: Grant, identifier: int | UUID, *, limit: int, offset: int
) -> tuple[list[Message], int]:
    """What was said in a chat, oldest first, and how much there is; errors as `chats.find`."""
    async with services.database.snapshot() as connection:
        chat = await chats.seen(connection, grant, identifier, needs=chats.READ)
        found = await messages.page(connection, grant, chat.id, limit=limit, offset=offset)
    return found, chat.message_count


async def find(services: Services, grant: Grant, identifier: int | UUID, uuid: UUID) -> Message:
    """One message of a chat; errors as `chats.find`."""
    async with services.database.read() as connection:
        chat = await chats.seen(connection, grant, identifier, needs=chats.READ)
        found = await messages.find(connection, grant, chat.id, uuid)
    if found is None:
        raise NotFound(_NO_MESSAGE)
    return found


async def send(services: Services, grant: Grant, identifier: int | UUID, wish: Wish, claim: Claim | None) -> str:
    """Say something in a chat. Gives the message's UUID, as text.

    Raises:
        NotFound, Denied: as `chats.find`, with chats:write for others' chats.
        Denied: a system's or a tool's voice, without chats:write.

    """
    at = services.clock.now()
    require_voice(grant, wish.role)
    async with services.database.write() as connection:
        chat = await chats.seen(connection, grant, identifier, needs=chats.WRITE)
        new = NewMessage(
            uuid=new_uuid(at),
            chat_id=chat.id,
            role=wish.role,
            content=wish.content,
            created_at=at,
            name=wish.name,
            member_id=grant.principal.member_id,
            tool_calls=wish.tool_calls,
            tool_call_id=wish.tool_call_id,
        )
        if claim is not None:
            await idempotency.claim(connection, claim, str(new.uuid), at)
        await keep(connection, grant, new)
    chats.tell(services, grant, chat)
    return str(new.uuid)


def require_voice(grant: Grant, role: Role) -> None:
    """Denied for a voice that instructs models, unless the caller may write in any chat."""
    if role not in OPEN_ROLES and not grant.holds(chats.WRITE):
        raise Denied(f"To write as {role} needs the scope {chats.WRITE}.")


async def keep(connection: Connection, grant: Grant, new: NewMessage) -> Message:
    """Keep a message and record that it was said; NotFound where the chat went away meanwhile."""
    kept = await messages.append(connection, grant, new)
    if kept is None:
        raise NotFound("There is no such chat.")
    fact = {"chat_id": kept.chat_id, "message": str(kept.uuid), "role": kept.role}
    await audit.record(connection, grant.workspace_id, grant.actor(), "chat.message", [fact], kept.created_at)
    return kept
