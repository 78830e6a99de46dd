"""The port to listen on: free, or a clear word why not."""

import errno
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from casework.cli.exits import Misused, NotStarted

_PATIENCE_SECONDS: Final = 2.0
"""How long a port may still be held by the processes of a server that was killed a moment ago."""

_LOOK_SECONDS: Final = 0.05

_ANY: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to find a server that listens everywhere


@contextmanager
def reserved(host: str, port: int) -> Iterator[tuple[str, int]]:
    """The numeric address and the port (a free one for 0), held for us while the block lasts.

    The server's processes share the port among themselves (SO_REUSEPORT), and would share it with a stranger of the
    same user too: so it is tried first without sharing.

    Raises:
        NotStarted: another program listens there, or this user may not.
        Misused: the host is no address of this machine.

    """
    family, address = _resolved(host, port)
    found = _tried(family, address)
    with socket.socket(family, socket.SOCK_STREAM) as hold:
        hold.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        hold.bind((address[0], found))
        yield address[0], found


def url_of(host: str, port: int) -> str:
    """The address at which people of this machine reach a server."""
    name = _ANY.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _resolved(host: str, port: int) -> tuple[int, tuple[str, int]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise Misused(f"--host {host} is not an address: {error.strerror}.") from error
    family, *_, address = found[0]
    return family, (str(address[0]), port)


def _tried(family: int, address: tuple[str, int]) -> int:
    """The port, after a moment's patience where it is taken."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return _listened(family, address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                raise _refusal(error, *address) from error
        time.sleep(_LOOK_SECONDS)


def _listened(family: int, address: tuple[str, int]) -> int:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        probe.listen(1)
        port: int = probe.getsockname()[1]
        return port


def _refusal(error: OSError, host: str, port: int) -> Exception:
    match error.errno:
        case errno.EADDRINUSE:
            return NotStarted(f"Port {port} on {host} is in use: stop what listens there, or give --port (0: any).")
        case errno.EACCES:
            return NotStarted(f"This user may not listen on port {port}: give --port 1024 or higher.")
        case errno.EADDRNOTAVAIL:
            return Misused(f"--host {host} is not an address of this machine.")
    return NotStarted(f"Port {port} on {host} cannot be used: {error.strerror}.")
