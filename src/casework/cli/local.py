"""Commands that work on a database without a server: its settings, and the database itself."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pydantic

from casework.cli.exits import Misused, NotStarted
from casework.settings import Settings
from casework.store.embedded import embedded_server


def settings_of(**given: Any) -> Settings:
    """The settings of the environment, with those that the command line gives (None: not given) in their place.

    Raises:
        Misused: a setting has a value that it cannot have.

    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise Misused(f"The setting {name} is wrong: {first['msg']} (CASEWORK_{name.upper()}).") from error


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """The address of the database, with the embedded server running for as long as the block where it is that.

    Raises:
        NotStarted: the embedded server does not start.

    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    with embedded(settings) as url:
        yield url


@contextmanager
def embedded(settings: Settings) -> Iterator[str]:
    """The embedded server, with what keeps it from starting told in words."""
    running = embedded_server(settings.data)
    try:
        url = running.__enter__()
    except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
        log = settings.data / "postgres" / "log"
        raise NotStarted(
            f"The embedded PostgreSQL does not start in {settings.data}: {error} "
            f"(its log is {log}; --data names another directory, --database-url a server)."
        ) from error
    try:
        yield url
    finally:
        running.__exit__(None, None, None)
