"""Events from outside: each goes on with one run that waits for it, now or as long as it is kept."""

from datetime import timedelta
from typing import Final

import msgspec

from casework.core.claim import Claim
from casework.core.definition import Json
from casework.core.errors import NotFound
from casework.core.permission import Grant
from casework.engine.matching import match
from casework.operations import once
from casework.operations.services import Services
from casework.store import queue, signals
from casework.store.queue import ErrandJob
from casework.store.signals import Fate, NewSignal

__all__ = ["KEEP_SECONDS_DEFAULT", "KEEP_SECONDS_MAX", "WRITE", "Fate", "Wish", "outcome", "send"]

WRITE: Final = "assignments:write"
"""Whoever sends an event moves runs on, whosever they are."""

KEEP_SECONDS_DEFAULT: Final = 7 * 24 * 3600
KEEP_SECONDS_MAX: Final = 90 * 24 * 3600


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it is sent; keep_seconds: how long it waits for somebody to take it."""

    name: str
    correlation: str
    payload: Json
    keep_seconds: int


async def send(services: Services, grant: Grant, wish: Wish, claim: Claim | None) -> int:
    """Keep an event for the first run that waits for it; its id.

    Raises:
        Denied: without assignments:write.

    """
    grant.require(WRITE)
    now = services.clock.now()
    new = NewSignal(
        workspace_id=grant.workspace_id,
        name=wish.name,
        correlation=wish.correlation,
        payload=wish.payload,
        sent_at=now,
        expires_at=now + timedelta(seconds=wish.keep_seconds),
    )
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        signal = await signals.insert(connection, new)
        # Should this process die before it has looked who waits, another one will.
        awaits = f"{wish.name} {wish.correlation}"
        await queue.enqueue(connection, [ErrandJob(workspace_id=grant.workspace_id, what="match", awaits=awaits)])
        await once.finish(connection, claim, signal)
    return signal


async def outcome(services: Services, grant: Grant, signal: int) -> Fate:
    """What became of an event, after it was offered to those who wait.

    Raises:
        NotFound: its time is over, and it was forgotten.

    """
    found = await _fate(services, grant, signal)
    if found.run_id is not None:
        return found
    await match(services.database, services.engine, grant.workspace_id, found.awaits, services.clock.now())
    return await _fate(services, grant, signal)


async def _fate(services: Services, grant: Grant, signal: int) -> Fate:
    async with services.database.read() as connection:
        found = await signals.fate(connection, grant.workspace_id, signal)
    if found is None:
        raise NotFound("There is no such event.")
    return found
