"""Attempts at agents' steps, with a model in a process of its own; committed progress is what the next attempt sees."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from casework.clock import Clock, SystemClock
from casework.core.errors import NotFound
from casework.core.parse import parse
from casework.core.version import compile_version
from casework.core.work import Call, Result, Suspended, Work
from casework.egress.caller import Caller
from casework.egress.policy import Places, Policy
from casework.entropy import new_uuid
from casework.kinds.agent.parts import Parts
from casework.kinds.agent.performer import AgentPerformer

SECRETS = {"key": "sk-very-secret", "crm": "crm-very-secret"}


@pytest.fixture(scope="session")
def peer_url() -> Iterator[str]:
    """Where the process of models listens."""
    process = subprocess.Popen([sys.executable, "-m", "tests.kinds.agent.peer"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Model:
    """A model of the peer, by a name of its own."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self.name = new_uuid(SystemClock().now()).hex
        self.base = f"{url}/{self.name}"
        self._http = http

    @property
    def model(self) -> str:
        return f"{self.base}/v1#small"

    async def answers(self, *script: dict[str, Any]) -> None:
        await self._http.put(f"{self.base}/script", json=script)

    async def statuses(self, *statuses: int) -> None:
        await self._http.put(f"{self.base}/status", json=statuses)

    async def begun(self) -> None:
        (await self._http.get(f"{self.base}/begun")).raise_for_status()

    async def go(self) -> None:
        await self._http.put(f"{self.base}/go", json=None)

    async def seen(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self._http.get(f"{self.base}/seen")).json()
        return found

    async def effects(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self._http.get(f"{self.base}/effects")).json()
        return found


@pytest.fixture
async def transport() -> AsyncIterator[httpx.AsyncBaseTransport]:
    """The guarded one, which is told that this machine may be called."""
    async with Caller(Policy(allow=Places.parse("127.0.0.1"))) as caller, caller.transport() as transport:
        yield transport


@pytest.fixture
async def model(peer_url: str) -> AsyncIterator[Model]:
    async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
        yield Model(peer_url, http)


async def opened(_work: Work, name: str) -> str:
    if name not in SECRETS:
        message = f"There is no secret called {name} in this workspace."
        raise NotFound(message)
    return SECRETS[name]


@dataclass
class Step:
    """A step of one agent, attempt by attempt, as the engine has them."""

    performer: AgentPerformer
    work: Work
    told: list[dict[str, Any]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    memory: Any = None

    async def attempt(self) -> Result:
        """The next attempt, which is told what was committed so far."""
        self.work = msgspec.structs.replace(self.work, memory=self.memory, attempt=self.work.attempt + 1)
        result = await self.performer.perform(self.work, self._tell)
        self.calls += result.calls
        if isinstance(result, Suspended):
            self.memory = _stored(result.memory)
        return result

    def answer(self, key: str, **output: Any) -> None:
        """A person answers."""
        answers = {**self.work.data.get("answers", {}), key: {"state": "completed", "output": output, "error": None}}
        self.work = msgspec.structs.replace(self.work, data={**self.work.data, "answers": answers})

    async def _tell(self, detail: dict[str, Any], memory: Any, calls: tuple[Call, ...]) -> None:
        self.told.append(detail)
        self.calls += calls
        self.memory = _stored(memory)


def _stored(memory: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(memory))


@pytest.fixture
def agent(transport: httpx.AsyncBaseTransport) -> Any:
    """Makes steps of a task with those fields."""

    def make(input: Any = None, chat_id: int | None = None, clock: Clock | None = None, **fields: Any) -> Step:  # noqa: A002
        parts = {name: fields.pop(name) for name in ("functions", "prices", "guard", "say") if name in fields}
        given = {name: fields.pop(name) for name in ("taints", "context") if name in fields}
        task = {"key": "a", "kind": "agent", "prompt": "Do {{ input.what }}", **fields}
        version = compile_version(parse({"casework": 1, "key": "w", "tasks": [task]}, media="value"))
        work = Work(
            workspace_id=1,
            workflow_id=1,
            run_id=1,
            run_uuid=UUID(int=1),
            step=1,
            step_uuid=UUID(int=2),
            task=version.task("a"),
            attempt=0,
            data=version.program("a").evaluate({"input": input or {}}),
            chat_id=chat_id,
            **given,
        )
        return Step(
            AgentPerformer(Parts(clock=clock or SystemClock(), transport=transport, secrets=opened, **parts)), work
        )

    return make
