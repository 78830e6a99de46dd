"""What is kept for a while is forgotten after it."""

from casework.operations.once import KEPT_FOR
from casework.operations.services import Services
from casework.operations.sign_in import FAILURES_WITHIN
from casework.store import attempts, idempotency, sessions


async def tidy(services: Services) -> None:
    """Forget Idempotency-Keys, sessions and failed attempts whose time is over; to be called every few minutes.

    Each call forgets a bounded number, so that a long pause is made up for without holding anybody up. What is not yet
    forgotten does no harm: it is not looked at any more.
    """
    now = services.clock.now()
    async with services.database.write() as connection:
        await attempts.forget_before(connection, now - FAILURES_WITHIN)
    async with services.database.write() as connection:
        await sessions.forget_ended(connection, now)
    async with services.database.write() as connection:
        await idempotency.forget_before(connection, now - KEPT_FOR)
