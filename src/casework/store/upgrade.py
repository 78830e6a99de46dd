"""The migrations, carried out."""

from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from casework.store.database import outages
from casework.store.schema import MIGRATIONS

_LOCK: Final = 4_158_113_771
"""Advisory lock: two processes that start together migrate one after the other."""


async def to_newest(url: str) -> None:
    """Carry out every migration that was not; nothing where another process was first."""
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    try:
        with outages():
            async with engine.begin() as connection:
                await connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _upgrade(connection: SyncConnection) -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    command.upgrade(configuration, "head")
