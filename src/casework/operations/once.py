"""Idempotency: a change asked for twice with the same key happens once (CONTRACT section 6)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from casework.core.claim import AlreadyClaimed, Claim
from casework.operations.services import Services
from casework.store import idempotency
from casework.store.idempotency import Kept

__all__ = ["KEPT_FOR", "AlreadyClaimed", "Claim", "Kept", "find", "keep"]

KEPT_FOR: Final = timedelta(hours=24)
"""How long a key is remembered, counted from the change."""


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
