"""A command's conversation with a server."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from casework.cli.exits import Misused, Wrong

if TYPE_CHECKING:
    from casework.client import Client

T = TypeVar("T")


def talk(url: str, key: str | None, act: Callable[["Client"], Awaitable[T]]) -> T:
    """What `act` makes of a client of that server.

    Raises:
        Misused: there is no key.
        ApiError, Unreachable: as the client.

    """
    if not key:
        raise Misused("There is no API key: give --key, or set CASEWORK_KEY. `casework init` makes the first one.")

    import asyncio

    from casework.client import Client

    async def run() -> T:
        async with Client(url, key=key) as client:
            return await act(client)

    return asyncio.run(run())


def given_map(text: str | None, option: str) -> dict[str, Any]:
    """The JSON object that an option holds, or that the file named in it (`@path`) does; {} where it is not given."""
    if text is None:
        return {}
    value = given_json(text, option)
    if not isinstance(value, dict):
        raise Wrong(f'{option} must be a JSON object, like {{"note": "..."}}.')
    return value


def given_json(text: str | None, option: str) -> Any:
    """The JSON value that an option holds, or that the file named in it (`@path`) does; None where it is not given."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(Path(text[1:]).read_bytes() if text.startswith("@") else text)
    except OSError as error:
        raise Wrong(f"{option}: {text[1:]} cannot be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise Wrong(f"{option} is not JSON: {error}.") from error
