"""Following a run: everything that happened in it, then everything that happens, until it has ended."""

import asyncio
from collections.abc import AsyncGenerator
from math import inf
from typing import Final
from uuid import UUID

from casework.core.errors import NotFound
from casework.core.permission import Grant
from casework.engine.live import run_topic
from casework.operations import chats
from casework.operations.services import Services
from casework.store import run_facts
from casework.store.database import Connection
from casework.store.run_facts import Fact, Followed

__all__ = ["Fact", "Followed", "find", "follow", "is_over"]

FACTS_MAX: Final = 500
"""Facts that are read at once: a long history is told in parts, and never held whole."""

LOOK_SECONDS: Final = 10
"""How long it takes at most until something is told of which no hint came."""


async def find(services: Services, grant: Grant, chat: UUID, run: UUID) -> Followed:
    """A run of that chat; errors as `chats.find`, and NotFound for a run that is not the chat's."""
    async with services.database.snapshot() as connection:
        found = await chats.seen(connection, grant, chat, needs=chats.READ)
        followed = await run_facts.find(connection, grant, run)
    if followed is None or followed.chat_id != found.id:
        raise NotFound("This chat has no such workflow run.")
    return followed


async def is_over(services: Services, grant: Grant, run: Followed, last: int) -> bool:
    """Whether the run has ended, and nothing is left to be told after the fact of that number."""
    if not run.is_ended:
        return False
    async with services.database.read() as connection:
        return not await run_facts.after(connection, grant, run.id, last, limit=1)


async def follow(
    services: Services, grant: Grant, run: Followed, last: int = 0, *, seconds: float = inf
) -> AsyncGenerator[Fact, None]:
    """Each fact of the run after that number, once and in order.

    It ends when the run has ended and all is told, after so many seconds, or when the process is about to end.
    """
    until = asyncio.get_running_loop().time() + seconds
    with services.live.subscribe(run_topic(run.id)) as changes:
        while True:
            async with services.database.snapshot() as connection:
                facts, is_ended = await _read(connection, grant, run, last)
            for fact in facts:
                yield fact
                last = fact.id
            if len(facts) == FACTS_MAX:
                continue
            left = until - asyncio.get_running_loop().time()
            if is_ended or left <= 0 or services.live.closing.is_set():
                return
            await changes.next(seconds=min(left, LOOK_SECONDS))
            changes.drain()


async def _read(connection: Connection, grant: Grant, run: Followed, last: int) -> tuple[list[Fact], bool]:
    facts = await run_facts.after(connection, grant, run.id, last, limit=FACTS_MAX)
    now = await run_facts.find(connection, grant, run.uuid)
    return facts, now is None or now.is_ended
