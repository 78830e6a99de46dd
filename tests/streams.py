"""Following a stream of server-sent events within this process: each event as it is sent, and a way to hang up."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar import Litestar

SECONDS_MAX = 20
"""In which even a busy machine has told what it has to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event as a client reads it."""

    name: str
    data: Any
    id: int | None


@dataclass(slots=True)
class Listener:
    """A client that reads a stream; `status` and `headers` are there from the beginning."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    comments: int = 0
    _pieces: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    _events: list[Told] = field(default_factory=list)

    async def next(self) -> Told | None:
        """The next event; None where the stream has ended."""
        while not self._events:
            piece = await asyncio.wait_for(self._pieces.get(), SECONDS_MAX)
            if piece is None:
                return None
            for block in piece.decode().split("\n\n"):
                self._read(block)
        return self._events.pop(0)

    async def comment(self) -> None:
        """Read on until the next comment."""
        before = self.comments
        while self.comments == before:
            piece = await asyncio.wait_for(self._pieces.get(), SECONDS_MAX)
            for block in (piece or b"").decode().split("\n\n"):
                self._read(block)

    async def rest(self) -> list[Told]:
        """Every event until the stream ends."""
        found = []
        while (event := await self.next()) is not None:
            found.append(event)
        return found

    async def until(self, *names: str) -> list[Told]:
        """The events up to the first of one of these names."""
        found = [await self.next()]
        while found[-1] is not None and found[-1].name not in names:
            found.append(await self.next())
        return [event for event in found if event is not None]

    @property
    def body(self) -> Any:
        """The answer as JSON, where it is no stream."""
        pieces = []
        while not self._pieces.empty():
            pieces.append(self._pieces.get_nowait() or b"")
        return msgspec.json.decode(b"".join(pieces))

    def _read(self, block: str) -> None:
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        self.comments += block.startswith(":")
        if "event" in lines:
            identifier = int(lines["id"]) if "id" in lines else None
            self._events.append(Told(name=lines["event"], data=msgspec.json.decode(lines["data"]), id=identifier))


@asynccontextmanager
async def listening(
    app: Litestar, method: str, target: str, headers: Mapping[str, str], body: Any = None
) -> AsyncIterator[Listener]:
    """The answer to a request from its first byte on; the client hangs up when the block ends."""
    path, _, query = target.partition("?")
    content = b"" if body is None else msgspec.json.encode(body)
    sent = {"host": "casework.test", "content-length": str(len(content)), **headers}
    if body is not None:
        sent["content-type"] = "application/json"
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 4711),
        "server": ("casework.test", 80),
    }
    listener, started, hung_up = Listener(), asyncio.Event(), asyncio.Event()
    requests = [{"type": "http.request", "body": content, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if requests:
            return requests.pop()
        await hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            listener.status = message["status"]
            listener.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
            started.set()
            return
        listener._pieces.put_nowait(message.get("body", b""))
        if not message.get("more_body", False):
            listener._pieces.put_nowait(None)

    answering = asyncio.create_task(app(scope, receive, send))
    try:
        await asyncio.wait_for(started.wait(), SECONDS_MAX)
        yield listener
    finally:
        hung_up.set()
        await asyncio.wait_for(answering, SECONDS_MAX)
