"""What the tests of disorder share: a seed that is told, a server that can be killed, and a workspace on it."""

import os
import random
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any, Self

import asyncpg
import psutil

from casework.operations.doctor import examine
from tests.cli.command import COMMAND, environment, first_data
from tests.cli.conftest import initialise

IS_LONG = os.environ.get("CASEWORK_CHAOS") == "long"  # noqa: TID251 - tests have no settings


def seeded() -> random.Random:
    """Randomness that can be had again: the seed is told, and CASEWORK_CHAOS_SEED sets it."""
    given = os.environ.get("CASEWORK_CHAOS_SEED")  # noqa: TID251 - the same
    seed = int(given) if given else random.SystemRandom().randrange(2**32)
    sys.stdout.write(f"CASEWORK_CHAOS_SEED={seed}\n")
    return random.Random(seed)


@dataclass(slots=True)
class Server:
    """`casework up` with all its processes in a group of their own, always at the same address."""

    database_url: str
    workers: int = 1
    performs: bool = True
    port: int = field(init=False)
    process: subprocess.Popen[str] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it; back when it answers."""
        inside = "--worker" if self.performs else "--no-worker"
        arguments = ["up", "--port", self.port, "--database-url", self.database_url, "--workers", self.workers, inside]
        self.process = subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            env=environment(CASEWORK_LOG_LEVEL="error"),
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        first_data(self.process)

    def kill_workers(self) -> None:
        """Kill -9 the processes that answer requests; it starts others by itself."""
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children():
            if "--multiprocessing-fork" in child.cmdline():
                child.kill()

    def kill(self) -> None:
        """Kill -9 every process of it."""
        if self.process is None:
            return
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None


def manager_of(database_url: str) -> dict[str, Any]:
    """A new workspace's Manager, with a key."""
    made = initialise("--database-url", database_url)
    assert made.code == 0, made.err
    result: dict[str, Any] = made.json
    return result


async def rows(database_url: str, query: str, *values: Any) -> list[dict[str, Any]]:
    """Rows of the database."""
    connection = await asyncpg.connect(database_url)
    try:
        return [dict(row) for row in await connection.fetch(query, *values)]
    finally:
        await connection.close()


async def complaints(database_url: str) -> dict[str, Any]:
    """What the doctor finds."""
    return {finding.check: finding.breaches async for finding in examine(database_url) if finding.breaches}
