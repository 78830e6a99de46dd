"""How a surface declares its routes: what each one asks of its caller, takes and answers, beside its handler.

    @get("/members/{member_id:str}", policy=own_or("members:read"), path=[MEMBER_ID], summary="Read a member",
         answer=MemberResponse, refuses=(404,))
    async def read(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:

A handler takes what it needs of `request`, `services`, `principal` and `grant`, by these names. Authorization has run
before it is called (casework.api.policy); the declaration is also what /openapi.json is made of.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypedDict, TypeVar, Unpack

import msgspec
from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler

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
    """What the reference says of a route.

    path, query: its parameters, also checked and read through these. body, answer: the types of what is sent and
    answered. refuses: statuses beside those that follow from the policy and the inputs. example*: values of those types.
    """

    summary: str
    description: str = ""
    tags: tuple[str, ...] = ()
    path: tuple[Parameter, ...] = ()
    query: tuple[Parameter, ...] = ()
    body: Any = None
    body_example: Any = None
    body_media_types: tuple[str, ...] = (JSON,)
    answer: Any = None
    answer_example: Any = None
    media_type: str = JSON
    status: int = 200
    refuses: tuple[int, ...] = ()
    is_hidden: bool = False


class Declaration(TypedDict, total=False):
    """The keywords of `get`, `post`, `put`, `patch` and `delete`; `policy` and `summary` are required."""

    policy: Policy
    summary: str
    tags: Sequence[str]
    path: Sequence[Parameter]
    query: Sequence[Parameter]
    body: Any
    body_example: Any
    body_media_types: Sequence[str]
    answer: Any
    answer_example: Any
    media_type: str
    status: int
    refuses: Sequence[int]
    is_hidden: bool


def get(path: str, **declared: Unpack[Declaration]) -> Callable[[Handler], HTTPRouteHandler]:
    """Declare a route that reads."""
    return _route("GET", path, declared)


def post(path: str, **declared: Unpack[Declaration]) -> Callable[[Handler], HTTPRouteHandler]:
    """Declare a route that makes or does something."""
    return _route("POST", path, declared)


def put(path: str, **declared: Unpack[Declaration]) -> Callable[[Handler], HTTPRouteHandler]:
    """Declare a route that changes something."""
    return _route("PUT", path, declared)


def patch(path: str, **declared: Unpack[Declaration]) -> Callable[[Handler], HTTPRouteHandler]:
    """Declare a route that changes part of something."""
    return _route("PATCH", path, declared)


def delete(path: str, **declared: Unpack[Declaration]) -> Callable[[Handler], HTTPRouteHandler]:
    """Declare a route that takes something away."""
    return _route("DELETE", path, declared)


def _route(method: Any, path: str, declared: Declaration) -> Callable[[Handler], HTTPRouteHandler]:
    policy = declared["policy"]
    details = {
        name: tuple(value) if isinstance(value, list) else value for name, value in declared.items() if name != POLICY
    }

    def decorate(handler: Handler) -> HTTPRouteHandler:
        operation = Operation(description=inspect.getdoc(handler) or "", **details)
        route = HTTPRouteHandler(
            path,
            http_method=method,
            status_code=operation.status,
            media_type=operation.media_type,
            include_in_schema=False,
            opt={POLICY: policy, OPERATION: operation},
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
