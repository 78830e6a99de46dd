"""A small HTTP/1.1 client, because a large one would be what is measured."""

import asyncio
import json
from typing import Any


class Wire:
    """One connection that stays open."""

    def __init__(self, host: str, port: int, headers: dict[str, str]) -> None:
        self._place = (host, port)
        self._fixed = "".join(f"{name}: {value}\r\n" for name, value in {"host": f"{host}:{port}", **headers}.items())

    async def open(self) -> "Wire":
        self._reader, self._writer = await asyncio.open_connection(*self._place)
        return self

    def close(self) -> None:
        self._writer.close()

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        payload = b"" if body is None else json.dumps(body).encode()
        kind = "content-type: application/json\r\n" if payload else ""
        head = f"{method} {path} HTTP/1.1\r\n{self._fixed}{kind}content-length: {len(payload)}\r\n\r\n"
        self._writer.write(head.encode() + payload)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(answer[9:12])
        length = int(answer.partition("content-length: ")[2].partition("\r\n")[0])
        content = await self._reader.readexactly(length)
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {status} {content[:500]!r}")
        return json.loads(content) if content else None
