"""Listeners on addresses that must not be called, each of which counts who comes."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

ADDRESSES = ("127.0.0.1", "127.0.0.2", "127.1.2.3", "::1")


@dataclass(slots=True, kw_only=True)
class Sentinel:
    """Listens on the same port of several addresses of this machine."""

    port: int
    visits: list[str] = field(default_factory=list)


@pytest.fixture
async def sentinel() -> AsyncIterator[Sentinel]:
    """Answers whoever comes like a web server, and notes the visit."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found = Sentinel(port=probe.getsockname()[1])

    async def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.visits.append(writer.get_extra_info("sockname")[0])
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nsecret")
        await writer.drain()
        writer.close()

    async with AsyncExitStack() as stack:
        for address in ADDRESSES:
            await stack.enter_async_context(await asyncio.start_server(visited, address, found.port))
        yield found
