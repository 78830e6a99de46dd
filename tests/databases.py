"""PostgreSQL for tests: one embedded server a run, one migrated template, a copy of it for each test."""

import asyncio
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import asyncpg

from casework.store.embedded import embedded_server
from casework.store.schema import migrate

TEMPLATE = "casework"

_numbers = count(1)


@contextmanager
def server(directory: Path) -> Iterator[str]:
    """The URL of the run's server: every xdist worker shares it, whoever leaves last stops it."""
    directory.mkdir(parents=True, exist_ok=True)
    with locked(directory):
        running = embedded_server(directory)
        url = running.__enter__()
    try:
        yield url
    finally:
        with locked(directory):
            running.__exit__(None, None, None)


async def prepare(url: str, directory: Path) -> None:
    """Migrate the template once a run. What a crash would lose is of no worth here, so nothing waits for the disk; and
    nothing that tests did not begin holds up what waits for older transactions.
    """
    done = directory / "migrated"
    with locked(directory):
        if done.exists():
            return
        connection = await asyncpg.connect(url)
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            await connection.execute(f"alter system set {setting} = off")
        await connection.execute("select pg_reload_conf()")
        await connection.close()
        await migrate(url)
        done.touch()


def lent(template: str, worker: str) -> Iterator[str]:
    """The URL of a new database, which is dropped after use; for fixtures."""
    url = asyncio.run(copy(template, worker))
    yield url
    asyncio.run(drop(template, url))


async def copy(url: str, worker: str) -> str:
    """The URL of a new database with the newest schema and nothing in it."""
    name = f"test_{worker}_{next(_numbers)}"
    await execute(url, f"create database {name} template {TEMPLATE} strategy file_copy")
    return named(url, name)


async def drop(url: str, database_url: str) -> None:
    """Drop the database of that URL, whoever is still connected to it."""
    await execute(url, f"drop database {database_url.partition('?')[0].rpartition('/')[2]} with (force)")


async def execute(url: str, statement: str) -> None:
    """Run a statement beside all databases that are in use."""
    connection = await asyncpg.connect(named(url, "postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def named(url: str, database: str) -> str:
    """The URL of another database of that server."""
    return url.replace(f"/{TEMPLATE}?", f"/{database}?")


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """One process at a time."""
    with (directory / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
