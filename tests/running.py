"""A real server process, for what only a socket shows."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

START_SECONDS_MAX = 120

SECRET_KEY = "dGhpcnR5LXR3byBieXRlcywgZm9yIHRlc3RzIG9ubHk="
"""What the tests' servers keep secrets with."""


@contextmanager
def server(database_url: str, *, port: int = 0, **settings: str) -> Iterator[str]:
    """Granian over that database, on that port or a free one, with those settings; gives its address."""
    port = port or free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CASEWORK_")}  # noqa: TID251
    environment |= {"CASEWORK_DATABASE_URL": database_url, "CASEWORK_LOG_LEVEL": "warning"}
    environment |= {"CASEWORK_SECRET_KEY": SECRET_KEY}
    environment |= {f"CASEWORK_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "casework.wiring:application"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--log-level", "error"]
    process = subprocess.Popen(command, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{address}/readyz", timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    message = f"The server did not start; its exit code is {process.poll()}."
    raise RuntimeError(message)
