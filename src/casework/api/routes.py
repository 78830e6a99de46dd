"""How a surface declares its routes: what each one asks of its caller, takes and answers, beside its handler.

    @get(
        "/members/{member_id:str}",
        own_or("members:read"),
        Operation(summary="Read a member", path=[MEMBER_ID], answer=MemberResponse, refuses=[404]),
    )
    async def read(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:

A handler takes what it needs of `request`, `services`, `principal` and `grant`, by these names. Authorization has run
before it is called (casework.api.policy); the declaration is also what /openapi.json is made of.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec
from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.types import Empty

from casework.api.parameters import Parameter
from casework.api.render import JSON
from casework.core.permission import Policy

HttpRequest = Request[Any, Any, Any]
HttpResponse = Response[Any]
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[HttpResponse]])

POLICY: Final = "policy"
OPERATION: Final = "operation"

_SUPPLIED: Final[Mapping[str, Callable[[HttpRequest], Any]]] = {
    "request": lambda request: request,
    "services": lambda request: request.app.state.services,
    "principal": lambda request: request.scope["user"],
    "grant": lambda request: request.scope["auth"],
}


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What the reference says of a route; the handler's docstring is its description.

    path, query: its parameters, checked and read through these. body, answer: the types of what is sent and answered,
    with examples. body_bytes_max: where more is taken than the application takes elsewhere. also: other statuses of its
    success. refuses: statuses beside those that follow from the policy and the inputs. silent: successes without a body
    beside the declared one, each with when it is given. is_hidden: not in the reference. is_dry: it changes nothing,
    whatever its method says.
    """

    summary: str
    description: str = ""
    tags: Sequence[str] = ()
    path: Sequence[Parameter] = ()
    query: Sequence[Parameter] = ()
    body: Any = None
    body_example: Any = None
    body_media_types: Sequence[str] = (JSON,)
    body_bytes_max: int | None = None
    answer: Any = None
    answer_example: Any = None
    media_type: str = JSON
    status: int = 200
    also: Sequence[int] = ()
    refuses: Sequence[int] = ()
    silent: Mapping[int, str] = {}
    is_hidden: bool = False
    is_dry: bool = False


def get(path: str, policy: Policy, operation: Operation) -> Callable[[Handler], HTTPRouteHandler]:
    """Declare a route that reads."""
    return _route("GET", path, policy, operation)


def post(path: str, policy: Policy, operation: Operation) -> Callable[[Handler], HTTPRouteHandler]:
    """Declare a route that makes or does something."""
    return _route("POST", path, policy, operation)


def put(path: str, policy: Policy, operation: Operation) -> Callable[[Handler], HTTPRouteHandler]:
    """Declare a route that changes something."""
    return _route("PUT", path, policy, operation)


def patch(path: str, policy: Policy, operation: Operation) -> Callable[[Handler], HTTPRouteHandler]:
    """Declare a route that changes part of something."""
    return _route("PATCH", path, policy, operation)


def delete(path: str, policy: Policy, operation: Operation) -> Callable[[Handler], HTTPRouteHandler]:
    """Declare a route that takes something away."""
    return _route("DELETE", path, policy, operation)


def _route(method: Any, path: str, policy: Policy, operation: Operation) -> Callable[[Handler], HTTPRouteHandler]:
    def decorate(handler: Handler) -> HTTPRouteHandler:
        described = msgspec.structs.replace(operation, description=inspect.getdoc(handler) or "")
        route = HTTPRouteHandler(
            path,
            http_method=method,
            status_code=200,  # every answer carries its own
            media_type=operation.media_type,
            include_in_schema=False,
            request_max_body_size=Empty if operation.body_bytes_max is None else operation.body_bytes_max,
            opt={POLICY: policy, OPERATION: described},
        )
        return route(_called(handler))

    return decorate


def _called(handler: Handler) -> Callable[[HttpRequest], Awaitable[HttpResponse]]:
    """The handler as Litestar calls it: with the request alone, from which the rest is supplied."""
    names = inspect.signature(handler).parameters
    if unknown := [name for name in names if name not in _SUPPLIED]:
        message = f"{handler.__qualname__} asks for {', '.join(unknown)}; there is only {', '.join(_SUPPLIED)}."
        raise TypeError(message)
    supplied = [(name, _SUPPLIED[name]) for name in names]

    async def call(request: HttpRequest) -> HttpResponse:
        return await handler(**{name: supply(request) for name, supply in supplied})

    call.__name__ = handler.__name__
    call.__qualname__ = handler.__qualname__
    call.__module__ = handler.__module__
    call.__doc__ = handler.__doc__
    return call
