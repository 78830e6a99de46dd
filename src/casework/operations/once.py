"""Idempotency: a change asked for twice with the same key happens once (CONTRACT section 6)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from casework.core.claim import AlreadyClaimed, Claim
from casework.operations.services import Services
from casework.store import idempotency
from casework.store.database import Connection
from casework.store.idempotency import Kept

__all__ = ["KEPT_FOR", "AlreadyClaimed", "Claim", "Kept", "begin", "find", "finish", "keep"]

KEPT_FOR: Final = timedelta(hours=24)
"""How long a key is remembered, counted from the change."""


async def begin(connection: Connection, claim: Claim | None, at: datetime) -> None:
    """Take the claim, where there is one, before anything is looked at.

    Later would be too late: the second of two equal requests would be told what the first one changed (it exists
    already, the tag is old) instead of what the first one was answered.

    Raises:
        AlreadyClaimed: the change was made before.

    """
    if claim is not None:
        await idempotency.claim(connection, claim, None, at)


async def finish(connection: Connection, claim: Claim | None, reference: Any) -> None:
    """Keep with the claim from what its answer can be made again."""
    if claim is not None:
        await idempotency.refer(connection, claim, reference)


async def find(services: Services, scope: bytes) -> Kept | None:
    """What is kept under that key; one that is too old is forgotten, so that it can be claimed anew."""
    oldest = services.clock.now() - KEPT_FOR
    async with services.database.read() as connection:
        kept = await idempotency.find(connection, scope)
    if kept is None or kept.created_at >= oldest:
        return kept
    async with services.database.write() as connection:
        await idempotency.forget(connection, scope, before=oldest)
    return None


async def keep(
    services: Services, scope: bytes, *, status: int, headers: Mapping[str, str], body: bytes
) -> Kept | None:
    """Keep the answer where none is kept yet; gives the one that is kept now, None where the key was forgotten."""
    async with services.database.write() as connection:
        return await idempotency.keep(connection, scope, status=status, headers=headers, body=body)
