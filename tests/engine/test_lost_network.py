"""A network that forgets connections without a word: workers hear again, by new ones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit, urlunsplit

import pytest

from casework.clock import SystemClock
from casework.engine.worker import Terms, Worker
from casework.store import database
from casework.store.database import Database
from tests.engine.conftest import publish
from tests.engine.test_worker import Hands, definition, echo, ended, task

pytestmark = pytest.mark.anyio


class Network:
    """Between a client and the server at `url`; connections go over it from `port`."""

    def __init__(self, url: str) -> None:
        (directory,) = parse_qs(urlsplit(url).query)["host"]
        self._path = f"{directory}/.s.PGSQL.5432"
        self._writers: list[asyncio.StreamWriter] = []
        self._silent: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self.port = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        listening = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.port = listening.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            listening.close()
            for pump in self._pumps:
                pump.cancel()
            for writer in self._writers:
                writer.close()

    def forget(self) -> None:
        """Carry nothing more over the connections that there are, and close none."""
        self._silent.update(self._writers)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_unix_connection(self._path)
        self._writers += [writer, server_writer]
        for source, target in ((reader, server_writer), (server_reader, writer)):
            pump = asyncio.create_task(self._pump(source, target))
            self._pumps.add(pump)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while sent := await source.read(65536):
            if target not in self._silent:
                target.write(sent)
                await target.drain()
        if target not in self._silent:
            target.close()


async def test_a_worker_whose_connections_are_forgotten_hears_again(workshop, database_url, monkeypatch):
    for name in ("STATEMENT_TIMEOUT_SECONDS", "ACQUIRE_TIMEOUT_SECONDS"):
        monkeypatch.setattr(database, name, 2)
    workflow_id = await publish(workshop.services, workshop.place, definition(task("a")))
    network = Network(database_url)
    direct = workshop.services.database
    hands = Hands(echo)

    async def begun() -> int:
        return (await workshop.create(workflow_id=workflow_id, input={"n": 7})).id

    async with network.open():
        parts = urlsplit(database_url)
        over = urlunsplit(parts._replace(netloc=f"postgres@127.0.0.1:{network.port}", query=""))
        listened = Database(over, direct._pool, direct._writers)
        worker = Worker(
            listened,
            workshop.services.engine,
            SystemClock(),
            {"function": hands},
            Terms(name="far", lease_seconds=1),
        )
        await worker.start()
        workshop.services.engine.let_go(worker)  # it works by calls alone
        try:
            assert await ended(workshop, await begun()) == "completed"
            network.forget()
            assert await ended(workshop, await begun()) == "completed"
        finally:
            workshop.services.engine.employ(worker)
            await worker.stop(within_seconds=1)
