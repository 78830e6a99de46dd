"""A turn of a conversation: what a chat's run answers to a message, until it waits for the next; and stopping it."""

from collections.abc import AsyncGenerator
from typing import Final
from uuid import UUID

import msgspec

from casework.core.chat import CONTENT_MAX
from casework.core.claim import AlreadyClaimed, Claim
from casework.core.command import CancelRun
from casework.core.errors import Conflict
from casework.core.permission import Grant
from casework.engine.live import Hint, chat_topic
from casework.engine.order import Order
from casework.engine.speech import CONTENT, TOOL_CALL, TOOL_RESULT, fact_of
from casework.operations import chats, telling
from casework.operations.chat_runs import ASSIGN
from casework.operations.services import Services
from casework.store import audit, chat_runs, idempotency, messages
from casework.store.chat_runs import Standing
from casework.store.messages import Message, NewMessage

__all__ = ["CONTENT", "TOOL_CALL", "TOOL_RESULT", "Hint", "Message", "Piece", "Standing", "keep", "listen", "stop"]

MESSAGES_MAX: Final = 100
"""Messages that are read at once."""

LOOK_SECONDS: Final = 5
"""How long it takes at most until something is told of which no hint came."""

PASSING: Final = frozenset({CONTENT, TOOL_CALL, TOOL_RESULT})


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """As much of a message as was heard while it was made. message_id: under which the whole would have been kept."""

    message_id: UUID
    name: str | None
    content: str


async def listen(
    services: Services, grant: Grant, message: Message, run_id: int | None
) -> AsyncGenerator[Hint | Message | Standing, None]:
    """What is said in the message's chat after it: what passes, and each message for good.

    It ends when nothing is at work any more: the run (that one, or else the chat's open one) has ended, or waits for a
    person or a clock. How it stands then comes last, where there is a run.
    """
    last = message.id
    with services.live.subscribe(chat_topic(message.chat_id)) as hearing:
        while True:
            async with services.database.snapshot() as connection:
                said = await messages.after(connection, grant, message.chat_id, last, limit=MESSAGES_MAX)
                run = await chat_runs.standing(connection, grant, message.chat_id, run_id)
            for one in said:
                yield one
                last = one.id
            if len(said) == MESSAGES_MAX:
                continue
            if run is None:
                return
            if not run.is_busy:
                yield run
                return
            run_id = run.id  # to be found when it has ended, too
            first = await hearing.next(seconds=LOOK_SECONDS)
            for hint in (first, *hearing.drain()):
                if hint is not None and hint["type"] in PASSING:
                    yield hint


async def keep(services: Services, grant: Grant, message: Message, run: Standing, heard: list[Piece]) -> None:
    """Keep what was heard of messages that nobody will end, because their run was cancelled while they were made.

    message: which they answer. What was kept meanwhile stays as it is.
    """
    if not heard:
        return
    at = services.clock.now()
    new = [
        NewMessage(
            uuid=one.message_id,
            chat_id=message.chat_id,
            role="assistant",
            content=one.content[:CONTENT_MAX],
            created_at=at,
            run_id=run.id,
            name=one.name,
            yields=True,
        )
        for one in heard
    ]
    async with services.database.write() as connection:
        await messages.lock_chats(connection, [message.chat_id])
        said = await messages.say(connection, [(grant.workspace_id, one) for one in new])
        facts = [fact_of(one) for one in new if any(one.uuid == kept.message.uuid for kept in said)]
        await audit.record(connection, grant.workspace_id, grant.actor(), "chat.message", facts, at)
    for kept in said:
        telling.tell_chat(services, grant, kept.message.chat_id, kept.member_ids)


async def stop(services: Services, grant: Grant, chat: UUID, claim: Claim | None) -> str:
    """Cancel the chat's open run. Gives the run's UUID, as text.

    Raises:
        NotFound, Denied: as `chats.find`, with assignments:write for others' chats.
        Conflict: no run of the chat is going on.

    """
    async with services.database.read() as connection:
        found = await chats.seen(connection, grant, chat, needs=ASSIGN)
        grant.require_own_or(found.member_id, ASSIGN)
        run = await chat_runs.standing(connection, grant, found.id, None)
        if run is None:
            if claim is not None and await idempotency.find(connection, claim.scope) is not None:
                raise AlreadyClaimed  # it is the run that this very request stopped a moment ago
            raise Conflict("No run of this chat is going on.")
    order = Order(
        workspace_id=grant.workspace_id,
        run_id=run.id,
        command=CancelRun(reason="Stopped from its chat."),
        actor=grant.actor(),
        claim=claim,
        reference=str(run.uuid),
    )
    await services.engine.submit(order)
    return str(run.uuid)
