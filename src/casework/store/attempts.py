"""Attempts to sign in that failed, counted without keeping who tried what."""

from datetime import datetime

from casework.store.database import Connection


async def record(
    connection: Connection, subject: bytes, *, at: datetime, since: datetime, limit: int
) -> datetime | None:
    """Count an attempt as failed, before its password is looked at: guesses sent all at once count as well.

    Gives None where there were fewer than `limit` since then; else nothing is counted, and it gives the instant of the
    oldest of them: once that is out of the span, there may be another.
    """
    await connection.execute("select pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))", subject)
    oldest: datetime | None = await connection.fetchval(
        "select at from sign_in_failures where subject = $1 and at > $2 order by at desc offset $3 limit 1",
        subject,
        since,
        limit - 1,
    )
    if oldest is None:
        await connection.execute("insert into sign_in_failures (subject, at) values ($1, $2)", subject, at)
    return oldest


async def forget(connection: Connection, subject: bytes) -> None:
    """Forget the failures: the right password came."""
    await connection.execute("delete from sign_in_failures where subject = $1", subject)


async def forget_before(connection: Connection, before: datetime) -> None:
    """Forget failures that are too old to count."""
    await connection.execute("delete from sign_in_failures where at < $1", before)
