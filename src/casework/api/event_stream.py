"""Server-sent events: a response that tells what happens until there is nothing more to tell.

A stream ends when its events do, when the client goes away, when the server is about to stop, and when the client
could not open it any more: its rights are asked for again every few seconds, by the credential that it came with.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Final

import msgspec
import structlog
from litestar import Response

from casework.api.errors import BadParameter
from casework.api.policy import readmit
from casework.api.render import to_json
from casework.api.routes import HttpRequest, HttpResponse
from casework.core.errors import CaseworkError, LimitExceeded
from casework.core.permission import Grant
from casework.operations.services import Services

MEDIA_TYPE: Final = "text/event-stream"

HEARTBEAT_SECONDS: Final = 15
"""After so long a silence a comment is sent: proxies hang up on connections that seem dead."""

RIGHTS_SECONDS: Final = 4
"""How often a stream asks whether its caller still may: a right that was taken away ends it within five seconds."""

STREAMS_MAX: Final = 32
"""Streams of one caller in one process: a person with that many windows open has forgotten most of them."""

RETRY_MILLISECONDS: Final = 1_000
"""How long a browser waits before it opens a stream again that was cut."""

LAST_EVENT_ID: Final = "last-event-id"
_EVENT_ID_MAX: Final = 2**63 - 1
_EVENT_ID_DIGITS_MAX: Final = 19

log = structlog.get_logger(__name__)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What is told at once. id: from which a client that lost the connection goes on."""

    name: str
    data: Any
    id: int | None = None


Events = AsyncGenerator[Event, None]
Recheck = Callable[[Grant], Awaitable[Any]]
"""Raises where a grant does not let its caller follow this stream (any more)."""


class Streams:
    """How many streams each caller has open in this process."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def admit(self, caller: str) -> None:
        """Count one more; LimitExceeded where the caller has STREAMS_MAX already."""
        if self._open[caller] >= STREAMS_MAX:
            raise LimitExceeded(f"At most {STREAMS_MAX} streams may be open at once.", retry_after=5)
        self._open[caller] += 1

    def release(self, caller: str) -> None:
        """Count one less."""
        self._open[caller] -= 1
        if not self._open[caller]:
            del self._open[caller]


def event_stream(
    request: HttpRequest, services: Services, grant: Grant, events: Events, *, recheck: Recheck
) -> HttpResponse:
    """The events as an answer; LimitExceeded where the caller has too many open."""
    return EventStream(request, services, grant.principal.subject, events, recheck)


def last_event_id(request: HttpRequest) -> int:
    """The id of the last event that the client has seen, 0 where it has seen none.

    Raises:
        BadParameter: the header holds something else.

    """
    text = request.headers.get(LAST_EVENT_ID)
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) <= _EVENT_ID_DIGITS_MAX and int(text) <= _EVENT_ID_MAX):
        raise BadParameter("header", "Last-Event-ID", "must be the id of an event.")
    return int(text)


def encoded(event: Event) -> bytes:
    """The event as it goes over the wire; JSON text has no line breaks."""
    head = b"" if event.id is None else b"id: %d\n" % event.id
    return head + b"event: " + event.name.encode() + b"\ndata: " + to_json(event.data) + b"\n\n"


class EventStream(Response[bytes]):
    """An answer that goes on."""

    def __init__(self, request: HttpRequest, services: Services, caller: str, events: Events, recheck: Recheck) -> None:
        super().__init__(b"", media_type=MEDIA_TYPE)
        self._request = request
        self._services = services
        self._caller = caller
        self._events = events
        self._recheck = recheck
        self._streams: Streams = request.app.state.streams
        self._streams.admit(caller)

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """What the server calls to send it."""
        return self._answer

    async def _answer(self, _scope: Any, receive: Any, send: Any) -> None:
        tasks: list[asyncio.Task[Any]] = []
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            telling = asyncio.create_task(self._tell(send))
            gone = asyncio.create_task(_gone(receive))
            closing = asyncio.create_task(self._services.live.closing.wait())
            tasks = [telling, gone, closing, asyncio.create_task(self._guard())]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if telling.done() and telling.exception() is not None:
                log.warning("stream.broke", error=str(telling.exception()))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._events.aclose()
            self._streams.release(self._caller)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, send: Any) -> None:
        """Every event, and between them that the line is alive; whatever waits at once goes together."""
        await send(_piece(b"retry: %d\n\n" % RETRY_MILLISECONDS))
        coming: asyncio.Future[Event] | None = None
        try:
            while True:
                coming = coming or asyncio.ensure_future(anext(self._events))
                await asyncio.wait({coming}, timeout=HEARTBEAT_SECONDS)
                if not coming.done():
                    await send(_piece(b": still here\n\n"))
                    continue
                event = coming.result()
                coming = None
                await send(_piece(encoded(event)))
        except StopAsyncIteration:
            return
        finally:
            if coming is not None:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)

    async def _guard(self) -> None:
        """Ends when the caller may not follow any more."""
        while True:
            await asyncio.sleep(RIGHTS_SECONDS)
            try:
                await self._recheck(await readmit(self._request))
            except CaseworkError as error:
                log.info("stream.closed", reason=type(error).__name__)
                return


_HEADERS: Final = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]


def _piece(body: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": True}


async def _gone(receive: Any) -> None:
    """Ends when the client has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass
