"""Forgetting what was kept for a while."""

from datetime import timedelta

from casework.core.claim import Claim
from casework.operations import once
from casework.operations.housekeeping import tidy
from casework.store import attempts
from tests import people


async def rows(services):
    async with services.database.read() as connection:
        return await connection.fetchrow(
            "select (select count(*) from sessions), (select count(*) from sign_in_failures),"
            " (select count(*) from idempotency_keys)"
        )


async def test_what_still_counts_is_kept_and_what_does_not_is_forgotten(services, clock):
    await people.person(services)
    now = clock.now()
    async with services.database.write() as connection:
        since = now - timedelta(minutes=10)
        await attempts.record(connection, b"s" * 32, at=now, since=since, limit=10)
        await once.begin(connection, Claim(scope=b"s" * 32, request_hash=b"h" * 32), now)
    await tidy(services)
    assert tuple(await rows(services)) == (1, 1, 1)
    clock.advance(minutes=11)
    await tidy(services)
    assert tuple(await rows(services)) == (1, 0, 1)
    clock.advance(hours=24)
    await tidy(services)
    assert tuple(await rows(services)) == (1, 0, 0)
    clock.advance(days=365)
    await tidy(services)
    assert tuple(await rows(services)) == (0, 0, 0)
