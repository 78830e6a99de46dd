"""The application: every surface in one, with what holds for all of them.

Litestar routes; around each request stand its id, the security headers, the metrics; within, authorization before
anything is read, and one place where errors become answers.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import perf_counter
from typing import Any, Final

from litestar import Litestar, Router
from litestar.types import Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from casework.api import surfaces
from casework.api.bodies import BODY_BYTES_MAX
from casework.api.errors import answer_error
from casework.api.event_stream import Streams
from casework.api.metrics import UNMATCHED, Metrics
from casework.api.openapi import document
from casework.api.policy import authorize, check_policies
from casework.api.render import to_json
from casework.api.request_id import HEADER, request_id
from casework.operations.services import Services

_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_NO_STORE: Final = (b"cache-control", b"no-store")
_CLOSE: Final = (b"connection", b"close")
"""Said where an answer comes before the body was taken: what is left of it stands in the way of the next request, so
the server hangs up, and a client that is not told would find out by losing that request."""

_SMALL_BYTES: Final = 8 * 1024
"""A body that comes along with its headers, and is in nobody's way."""

_STRICT_TRANSPORT: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class Application(Litestar):
    """Litestar with what surrounds every request, matched or not: its id, headers, metrics."""

    async def __call__(self, scope: Any, receive: Receive | Any, send: Send | Any) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        started = perf_counter()
        status = 0
        is_taken = not _has_large_body(scope)

        async def noted() -> Any:
            nonlocal is_taken
            message = await receive()
            is_taken = is_taken or not message.get("more_body", False)
            return message

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = _dress(message["headers"], scope, self.state.get("services"))
                message["headers"] = headers if is_taken else [*headers, _CLOSE]
            await send(message)

        try:
            with bound_contextvars(request_id=request_id(scope)):
                await super().__call__(scope, noted, dressed)
        finally:
            route = scope.get("path_template", UNMATCHED)
            self.state.metrics.count(scope["method"], route, status, perf_counter() - started)


def create_app(
    services_lifespan: Callable[[], AbstractAsyncContextManager[Services]],
    *,
    routers: Sequence[Router] | None = None,
) -> Litestar:
    """The application over the services that `services_lifespan` opens and closes; by default with every surface.

    Raises:
        RuntimeError: a route declares no policy.

    """

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with services_lifespan() as services:
            app.state.services = services
            yield

    app = Application(
        route_handlers=surfaces.routers() if routers is None else routers,
        lifespan=[lifespan],
        guards=[authorize],
        exception_handlers={Exception: answer_error},
        request_max_body_size=BODY_BYTES_MAX,
        openapi_config=None,  # the reference is made of the routes' own declarations (casework.api.openapi)
        logging_config=None,
        debug=False,
        pdb_on_exception=False,
    )
    check_policies(app)
    app.state.metrics = Metrics()
    app.state.streams = Streams()
    app.state.openapi = to_json(document(app))
    return app


def _has_large_body(scope: Scope | Any) -> bool:
    if scope.get("http_version") not in ("1.0", "1.1"):  # later ones carry each request on its own
        return False
    headers = dict(scope["headers"])
    length = headers.get(b"content-length")
    if length is None:
        return b"transfer-encoding" in headers
    return not length.isdigit() or int(length) > _SMALL_BYTES


def _dress(headers: Any, scope: Scope | Any, services: Services | None) -> list[tuple[bytes, bytes]]:
    given = list(headers)
    given.extend(_HEADERS)
    given.append((HEADER, request_id(scope).encode("ascii")))
    if all(name.lower() != _NO_STORE[0] for name, _ in given):
        given.append(_NO_STORE)
    if services is not None and services.settings.secure_cookies:
        given.append(_STRICT_TRANSPORT)
    return given
