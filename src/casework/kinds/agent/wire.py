"""How models and tools are called: by the clients that their libraries want, over the one transport that is guarded."""

from collections.abc import AsyncIterator, Mapping
from typing import Final

import httpx
import httpx2

SECONDS_MAX: Final = 120.0
"""Without a word from the other end: models think long, but say so."""

CONNECT_SECONDS: Final = 10.0

ANSWER_BYTES_MAX: Final = 4 * 1024 * 1024
"""Of one answer: a hundred times what models say."""


class AnswerTooLarge(Exception):
    """An answer is longer than ANSWER_BYTES_MAX."""

    def __init__(self) -> None:
        super().__init__(f"The answer is longer than {ANSWER_BYTES_MAX:,} bytes.")


def client(transport: httpx.AsyncBaseTransport, headers: Mapping[str, str] | None = None) -> httpx2.AsyncClient:
    """A client that knows no proxy, follows nothing, and takes no answer without an end. Close it."""
    return httpx2.AsyncClient(
        transport=Bridge(transport),
        headers=dict(headers or {}),
        timeout=httpx2.Timeout(SECONDS_MAX, connect=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
    )


class Bridge(httpx2.AsyncBaseTransport):
    """Carries the requests of one generation of the client's library over a transport of the other."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer; errors of the transport are those of the same name."""
        carried = httpx.Request(
            request.method,
            str(request.url),
            headers=request.headers.raw,
            content=await request.aread(),
            extensions=dict(request.extensions),
        )
        try:
            answer = await self._transport.handle_async_request(carried)
        except httpx.TransportError as error:
            raise _same(error) from error
        return httpx2.Response(answer.status_code, headers=answer.headers.raw, stream=_Stream(answer))


class _Stream(httpx2.AsyncByteStream):
    """The bytes of an answer, as they come and no more than are taken."""

    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        taken = 0
        try:
            async for part in self._answer.aiter_raw():
                taken += len(part)
                if taken > ANSWER_BYTES_MAX:
                    raise AnswerTooLarge
                yield part
        except httpx.TransportError as error:
            raise _same(error) from error

    async def aclose(self) -> None:
        """Let the connection go."""
        await self._answer.aclose()


def _same(error: httpx.TransportError) -> httpx2.TransportError:
    kind: type[httpx2.TransportError] = getattr(httpx2, type(error).__name__, httpx2.TransportError)
    return kind(str(error))
