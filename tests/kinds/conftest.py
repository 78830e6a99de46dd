"""Steps as a worker has them, and a system for them to call in a process of its own."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from casework.core.definition import Task
from casework.core.ids import step_uuid
from casework.core.work import Call, Work
from casework.entropy import new_uuid
from tests.engine.conftest import workshop  # noqa: F401 - a fixture

SECONDS_MAX = 60


@dataclass(slots=True, kw_only=True)
class Peer:
    """The process; what it was sent comes in the order in which it took it."""

    process: subprocess.Popen[str]
    port: int
    lines: "queue.Queue[str]" = field(default_factory=queue.Queue)

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def next(self) -> dict[str, Any]:
        """The next request that it was sent."""
        return json.loads(self.lines.get(timeout=SECONDS_MAX))


@pytest.fixture(scope="session")
def peer_process() -> Iterator[Peer]:
    command = [sys.executable, "-m", "tests.kinds.peer"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    made = Peer(process=process, port=int(process.stdout.readline()))
    reading = threading.Thread(target=made.read, daemon=True)
    reading.start()
    yield made
    process.kill()
    process.wait(timeout=SECONDS_MAX)
    reading.join(SECONDS_MAX)
    process.stdout.close()


@pytest.fixture
def peer(peer_process: Peer) -> Peer:
    while not peer_process.lines.empty():
        peer_process.lines.get()
    return peer_process


def work(settings: dict[str, Any], data: dict[str, Any] | None = None, **fields: Any) -> Work:
    """One attempt at a step of a task with those settings; without data it is given just these."""
    now = datetime.now(UTC)  # noqa: TID251 - ids of this instant
    run_uuid = new_uuid(now)
    values = {
        "workspace_id": 1,
        "workflow_id": 2,
        "run_id": 3,
        "run_uuid": run_uuid,
        "step": 4,
        "step_uuid": step_uuid(run_uuid, 4, now),
        "task": Task(key="a", name="A", kind="http", settings=settings),
        "attempt": 1,
        "data": settings if data is None else data,
    }
    return Work(**values | fields)


class Told:
    """What an attempt told of its progress."""

    def __init__(self) -> None:
        self.details: list[dict[str, Any]] = []

    async def __call__(
        self, detail: dict[str, Any], _memory: Any = msgspec.UNSET, _calls: tuple[Call, ...] = ()
    ) -> None:
        self.details.append(detail)


@pytest.fixture
def told() -> Told:
    return Told()
