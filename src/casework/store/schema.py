"""The schema: brought up to date, and asked whether it is."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from casework.store.database import outages

_LOCK: Final = 4_158_113_771
"""Advisory lock: two processes that start together migrate one after the other."""


async def migrate(url: str) -> None:
    """Bring the database up to the newest schema; does nothing where it already is. Safe to run from many processes."""
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    try:
        with outages():
            async with engine.begin() as connection:
                await connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


async def is_current(url: str) -> bool:
    """Whether the database has the newest schema."""
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    try:
        with outages():
            async with engine.connect() as connection:
                return await connection.run_sync(_is_head)
    finally:
        await engine.dispose()


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return configuration


def _upgrade(connection: SyncConnection) -> None:
    configuration = _configuration()
    configuration.attributes["connection"] = connection
    command.upgrade(configuration, "head")


def _is_head(connection: SyncConnection) -> bool:
    heads = set(ScriptDirectory.from_config(_configuration()).get_heads())
    return set(MigrationContext.configure(connection).get_current_heads()) == heads
