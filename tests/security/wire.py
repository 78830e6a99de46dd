"""Requests as a server hands them over, byte for byte: what a well-behaved client would never send can be sent too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import msgspec
from litestar import Litestar

Headers = Mapping[str, str | bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; the names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return msgspec.json.decode(self.body)


class Wire:
    """A way to the application, within this process."""

    def __init__(self, app: Litestar) -> None:
        self._app = app

    async def send(
        self,
        method: str,
        target: str,
        headers: Headers | None = None,
        body: bytes = b"",
        chunks: Iterable[bytes] | None = None,
    ) -> Answer:
        """What the application answers. With `chunks` the body comes in pieces, and its length is not announced."""
        path, _, query = target.partition("?")
        named = {"host": b"casework.test", **(headers or {})}
        if chunks is None and body:
            named["content-length"] = str(len(body))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path, errors="replace"),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), _raw(value)) for name, value in named.items()],
            "client": ("127.0.0.1", 4711),
            "server": ("casework.test", 80),
        }
        exchange = _Exchange(chunks if chunks is not None else [body])
        await self._app(scope, exchange.receive, exchange.send)
        return exchange.answer()


def _raw(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")


class _Exchange:
    """The two directions of a request."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._is_sent = False
        self._start: dict[str, Any] = {}
        self._body: list[bytes] = []

    async def receive(self) -> dict[str, Any]:
        """The next piece of the body; when all were given, that the client is gone."""
        chunk = next(self._chunks, None)
        if chunk is not None:
            return {"type": "http.request", "body": chunk, "more_body": True}
        if self._is_sent:
            return {"type": "http.disconnect"}
        self._is_sent = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: dict[str, Any]) -> None:
        """Keep what is answered."""
        if message["type"] == "http.response.start":
            self._start = message
        else:
            self._body.append(message.get("body", b""))

    def answer(self) -> Answer:
        """All that was answered."""
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in self._start["headers"]}
        return Answer(status=self._start["status"], headers=headers, body=b"".join(self._body))
