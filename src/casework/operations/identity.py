"""Who calls."""

from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from casework.core.errors import Unauthenticated
from casework.core.permission import Principal
from casework.operations.services import Services
from casework.store import identity
from casework.store.identity import Credential, hash_of

_NOTED_EVERY: Final = timedelta(minutes=1)
"""How exactly the last use of a credential is known: a write for every read would cost more than it tells."""

_NOT_VALID: Final = "This credential is not valid, or not any more."


async def identify(
    services: Services,
    *,
    token: str,
    via: Literal["cookie", "bearer"],
    by_path: UUID | None = None,
    by_header: UUID | None = None,
) -> Principal:
    """Who that token or key proves, in the workspace that the request names, or else in the caller's own.

    Raises:
        Unauthenticated: it proves nobody (any more).

    """
    now = services.clock.now()
    async with services.database.read() as connection:
        found = await identity.identify(connection, _shown(services, now, token, via, by_path, by_header))
        if found is None:
            raise Unauthenticated(_NOT_VALID)
        if found.is_elsewhere or found.seen_at is None or now - found.seen_at >= _NOTED_EVERY:
            await identity.note_use(connection, found, now)
    return found.principal


async def recognize(
    services: Services,
    *,
    token: str,
    via: Literal["cookie", "bearer"],
    by_path: UUID | None = None,
    by_header: UUID | None = None,
) -> Principal:
    """As `identify`, for a request that is still under way: the credential does not count as used again."""
    now = services.clock.now()
    async with services.database.read() as connection:
        found = await identity.identify(connection, _shown(services, now, token, via, by_path, by_header))
    if found is None:
        raise Unauthenticated(_NOT_VALID)
    return found.principal


def _shown(
    services: Services,
    now: datetime,
    token: str,
    via: Literal["cookie", "bearer"],
    by_path: UUID | None,
    by_header: UUID | None,
) -> Credential:
    return Credential(
        secret_hash=hash_of(token),
        via=via,
        at=now,
        idle_since=now - timedelta(hours=services.settings.session_idle_hours),
        by_path=by_path,
        by_header=by_header,
    )
