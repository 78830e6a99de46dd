"""What a database needs from time to time: room for what comes, and no rows that nobody will ask for."""

from datetime import timedelta
from typing import Final

from casework.operations.once import KEPT_FOR
from casework.operations.services import Services
from casework.operations.sign_in import FAILURES_WITHIN
from casework.store import (
    attempts,
    deliveries,
    idempotency,
    limits,
    partitions,
    queue,
    sensitive,
    sessions,
    signals,
    stats,
)

HOUSEKEEPING_SECONDS: Final = 600
"""How often a process looks after its database."""

_FOLDED_AFTER: Final = timedelta(days=2)
"""Counts of days so long past are made one row a day: their writers have moved on to other rows."""


JOBS_NOTED_FOR: Final = timedelta(days=3)
"""How long it can be seen which call to a worker became of what: a weekend."""

DELIVERIES_KEPT_FOR: Final = timedelta(days=30)
"""How long it can be seen what webhooks were told."""

_FORGOTTEN_AT_ONCE: Final = 10_000
"""Deliveries, and events, that one call forgets: a second's work, and more in a day than a server sends."""

_JOBS_FORGOTTEN_AT_ONCE: Final = 100_000
"""Notes that one call forgets: each job leaves three, and ten minutes are enough for a hundred jobs a second."""


async def tidy(services: Services) -> None:
    """Make room for the months to come, fold old counts, forget what is over; to be called every few minutes.

    Each call forgets a bounded number, so that a long pause is made up for without holding anybody up. What is not yet
    forgotten does no harm: it is not looked at any more.
    """
    now = services.clock.now()
    async with services.database.write() as connection:
        await partitions.make(connection, now)
    async with services.database.write() as connection:
        await stats.fold(connection, (now - _FOLDED_AFTER).date())
    async with services.database.write() as connection:
        await attempts.forget_before(connection, now - FAILURES_WITHIN)
    async with services.database.write() as connection:
        await sessions.forget_ended(connection, now)
    async with services.database.write() as connection:
        await idempotency.forget_before(connection, now - KEPT_FOR)
    async with services.database.write() as connection:
        await deliveries.forget_before(connection, now - DELIVERIES_KEPT_FOR, limit=_FORGOTTEN_AT_ONCE)
    async with services.database.write() as connection:
        await queue.forget_before(connection, now - JOBS_NOTED_FOR, limit=_JOBS_FORGOTTEN_AT_ONCE)
        await signals.forget_expired(connection, now, limit=_FORGOTTEN_AT_ONCE)
    async with services.database.write() as connection:
        await limits.forget_starts(connection, limit=_JOBS_FORGOTTEN_AT_ONCE)
        await sensitive.forget_readings(connection, now)
