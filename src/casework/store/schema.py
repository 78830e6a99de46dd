"""The schema: brought up to date, and asked whether it is.

What brings it up to date is loaded only where there is something to do: it would take each process most of a second.
"""

from pathlib import Path
from typing import Final

import asyncpg

from casework.store.database import outages

MIGRATIONS: Final = Path(__file__).parent / "migrations"

NEWEST: Final = max(path.stem.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
"""The number of the newest migration: files are named after theirs."""


async def migrate(url: str) -> None:
    """Bring the database up to the newest schema; does nothing where it already is. Safe to run from many processes."""
    if not await is_current(url):
        from casework.store import upgrade  # noqa: PLC0415 - it loads what is seldom needed

        await upgrade.to_newest(url)


async def is_current(url: str) -> bool:
    """Whether the database has the newest schema."""
    with outages():
        connection = await asyncpg.connect(url)
        try:
            found: str | None = await connection.fetchval("select version_num from alembic_version")
        except asyncpg.UndefinedTableError:
            return False
        finally:
            await connection.close()
    return found == NEWEST
