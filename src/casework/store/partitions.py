"""Room for the facts of the months to come."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from casework.store.database import Connection

MONTHS_AHEAD: Final = 2
"""Partitions of `events` that stand ready: a server that was down for weeks still finds its month."""

_LOCK: Final = 4_158_113_772


async def make(connection: Connection, at: datetime) -> None:
    """Make the partitions of `events` for this month and those to come, as far as they are missing."""
    await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
    first = at.date().replace(day=1)
    for _ in range(MONTHS_AHEAD + 1):
        following = (first + timedelta(days=32)).replace(day=1)
        name = f"events_{first:%Y_%m}"
        if not await connection.fetchval("select to_regclass($1) is not null", name):
            with suppress(asyncpg.CheckViolationError):  # facts of that month stand in the default partition: it serves
                async with connection.transaction():
                    await connection.execute(
                        f"create table {name} partition of events for values from ('{first}') to ('{following}')"
                    )
        first = following
