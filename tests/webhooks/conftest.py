"""A receiver in its own process, and a workspace whose webhooks it is."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from casework.core.actor import SYSTEM
from casework.operations.services import Services
from casework.operations.webhook_sender import Sender
from casework.settings import Settings
from casework.store import audit
from tests.clock import SettableClock
from tests.people import Place
from tests.running import SECRET_KEY

SECONDS_MAX = 60


@dataclass(slots=True, kw_only=True)
class Receiver:
    """The process; what it was sent comes in the order in which it took it."""

    process: subprocess.Popen[str]
    port: int
    lines: "queue.Queue[str]" = field(default_factory=queue.Queue)

    @classmethod
    def start(cls, port: int = 0) -> "Receiver":
        command = [sys.executable, "-m", "tests.webhooks.receiver", str(port)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        made = cls(process=process, port=int(process.stdout.readline()))
        threading.Thread(target=made._read, daemon=True).start()
        return made

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def next(self) -> dict[str, Any]:
        """The next message that it was sent."""
        return json.loads(self.lines.get(timeout=SECONDS_MAX))

    def taken(self) -> list[dict[str, Any]]:
        """Everything that it was sent and that nobody looked at yet."""
        return [json.loads(self.lines.get()) for _ in range(self.lines.qsize())]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=SECONDS_MAX)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver.start()
    yield made
    if made.process.poll() is None:
        made.kill()


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, pool_size=8, secret_key=SECRET_KEY, egress_allow="127.0.0.1")


@dataclass(slots=True, kw_only=True)
class Hooks:
    """The webhooks of a workspace, and a sender that works when it is told to."""

    client: httpx.AsyncClient
    place: Place
    services: Services
    clock: SettableClock
    sender: Sender

    async def ask(self, method: str, path: str = "", body: Any = None, status: int | None = None) -> Any:
        """What its Manager is answered."""
        headers = self.place.manager.headers
        url = f"{self.place.path}/webhooks{path}"
        answer = await self.client.request(method, url, json=body, headers=headers)
        assert answer.status_code == status or (status is None and answer.is_success), answer.text
        return answer.json() if answer.content else None

    async def make(self, url: str, *events: str, **fields: Any) -> dict[str, Any]:
        body = {"url": url, **({"events": list(events)} if events else {}), **fields}
        return await self.ask("POST", "", body, 201)

    async def happen(self, *types: str, place: Place | None = None) -> None:
        """Record facts, each in a transaction of its own."""
        for type_ in types:
            async with self.services.database.write() as connection:
                where, at = (place or self.place).id, self.clock.now()
                await audit.record(connection, where, SYSTEM, type_, [{"note": "private"}], at)

    async def send(self) -> None:
        """Send all that is due, to its end."""
        await self.sender.tick()
        await self.sender.idle()

    async def deliveries(self, webhook: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
        url = f"{self.place.path}/webhooks/{webhook['id']}/deliveries"
        answer = await self.client.get(url, params=query, headers=self.place.manager.headers)
        return answer.json()["items"]


@pytest.fixture
async def hooks(client: httpx.AsyncClient, place: Place, services: Services, clock: SettableClock) -> Hooks:
    return Hooks(client=client, place=place, services=services, clock=clock, sender=Sender(services))
