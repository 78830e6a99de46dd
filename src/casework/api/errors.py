"""What went wrong, as each surface says it: one table of statuses, one envelope a surface.

An error that core raises knows nothing of HTTP. Here it becomes a status and headers, the same everywhere but for
input that is wrong (400 or 422, as a surface's clients expect), and then the body in the shape of the surface that the
path belongs to: also where no route, no method or no handler was found, and where something unexpected broke.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from casework.api.render import JSON, JSON_API, json_response
from casework.api.request_id import request_id
from casework.core.errors import (
    CaseworkError,
    Conflict,
    Denied,
    Invalid,
    LimitExceeded,
    NotFound,
    PreconditionFailed,
    Problem,
    Unauthenticated,
    Unavailable,
)

log = structlog.get_logger(__name__)

TITLES: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    412: "Precondition Failed",
    413: "Payload Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
"""The words of the statuses that are given; fixed here, because the standard library's change with its version."""

_UNEXPECTED: Final = 500


class BadParameter(Invalid):
    """A parameter of the path, the query or the headers is wrong; the text names it."""

    def __init__(self, where: Literal["path", "query", "header"], name: str, message: str) -> None:
        super().__init__(f"{name}: {message}", (Problem(path=f"/{name}", message=message),))
        self.where = where
        self.name = name


class Malformed(Invalid):
    """The body is not the JSON text (or the form) that it claims to be."""


class KeyReused(Invalid):
    """An Idempotency-Key came again with another request."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal on its way to the wire, before it takes the shape of a surface."""

    status: int
    message: str
    problems: tuple[Problem, ...] = ()
    parameter: tuple[str, str] | None = None
    headers: Mapping[str, str] = {}

    @property
    def title(self) -> str:
        """The status in words."""
        return TITLES.get(self.status, "Error")


class Surface(msgspec.Struct, frozen=True, kw_only=True):
    """How one surface words its refusals.

    invalid: the status for input that is wrong. malformed: the status for a body that is no JSON at all.
    """

    name: str
    prefixes: tuple[str, ...]
    envelope: Callable[[Failure], Any]
    media_type: str = JSON
    invalid: int = 400
    malformed: int = 400


def surface_of(path: str) -> Surface:
    """The surface that a path belongs to, whether or not there is a route."""
    for surface in SURFACES:
        for prefix in surface.prefixes:
            if path == prefix or path.startswith(f"{prefix}/"):
                return surface
    return SYSTEM


def failure_of(error: Exception, surface: Surface, identifier: str) -> Failure:
    """What an error is on the wire: its status, its text, its headers."""
    if isinstance(error, Invalid):
        return _invalid(error, surface)
    if isinstance(error, CaseworkError):
        return _refused(error)
    if isinstance(error, HTTPException) and error.status_code < _UNEXPECTED:
        return Failure(status=error.status_code, message=_http_message(error), headers=_allow(error))
    return Failure(status=500, message=f"Something went wrong here; quote request {identifier} to the administrator.")


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The answer to a request that ended in an error, in the shape of its surface."""
    surface = surface_of(request.scope["path"])
    identifier = request_id(request.scope)
    failure = failure_of(error, surface, identifier)
    if failure.status == _UNEXPECTED:
        log.error("request.broke", path=request.scope.get("path_template"), request_id=identifier, exc_info=error)
    return json_response(
        surface.envelope(failure), status=failure.status, headers=failure.headers, media_type=surface.media_type
    )


def _invalid(error: Invalid, surface: Surface) -> Failure:
    status = surface.invalid
    if isinstance(error, KeyReused):
        status = 422
    elif isinstance(error, Malformed):
        status = surface.malformed
    parameter = (error.where, error.name) if isinstance(error, BadParameter) else None
    return Failure(status=status, message=error.message, problems=error.problems, parameter=parameter)


def _refused(error: CaseworkError) -> Failure:
    match error:
        case Unauthenticated():
            return Failure(status=401, message=error.message, headers={"www-authenticate": 'Bearer realm="casework"'})
        case LimitExceeded(retry_after=int(seconds)):
            return Failure(status=429, message=error.message, headers={"retry-after": str(seconds)})
        case Unavailable(retry_after=seconds):
            return Failure(status=503, message=error.message, headers={"retry-after": str(seconds)})
        case _:
            return Failure(status=_STATUSES.get(type(error), _inherited(error)), message=error.message)


_STATUSES: Final[dict[type[CaseworkError], int]] = {
    Denied: 403,
    NotFound: 404,
    Conflict: 409,
    PreconditionFailed: 412,
    LimitExceeded: 429,
}


def _inherited(error: CaseworkError) -> int:
    """The status of the nearest ancestor that has one, so that a finer error needs no entry of its own."""
    return next((_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES), _UNEXPECTED)


_SENTENCES: Final = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
}


def _http_message(error: HTTPException) -> str:
    return _SENTENCES.get(error.status_code, error.detail or TITLES.get(error.status_code, "Error"))


def _allow(error: HTTPException) -> dict[str, str]:
    return {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}


# Envelopes -----------------------------------------------------------------------------------------------------------


def _detail(failure: Failure) -> dict[str, Any]:
    body: dict[str, Any] = {"detail": failure.message}
    if len(failure.problems) > 1 or any(p.line is not None or p.hint is not None for p in failure.problems):
        body["problems"] = failure.problems
    return body


def _error_and_message(failure: Failure) -> dict[str, Any]:
    return {"error": failure.title, "message": failure.message}


def _located_details(failure: Failure) -> dict[str, Any]:
    if not failure.problems:
        return {"detail": failure.message}
    kind = "json_invalid" if failure.parameter is None and failure.problems[0].path == "" else "value_error"
    return {
        "detail": [
            {"loc": failure.parameter or ("body", *_segments(problem.path)), "msg": problem.message, "type": kind}
            for problem in failure.problems
        ]
    }


def _json_api_errors(failure: Failure) -> dict[str, Any]:
    base = {"status": str(failure.status), "title": failure.title}
    if not failure.problems:
        return {"errors": [{**base, "detail": failure.message}]}
    return {"errors": [{**base, "detail": p.message, "source": _source(failure, p)} for p in failure.problems]}


_RPC_INVALID_REQUEST: Final = -32600
_RPC_INTERNAL_ERROR: Final = -32603
_RPC_REFUSED: Final = -32000
"""Of the range that JSON-RPC leaves to servers: the request was understood, and nobody may or can carry it out now."""


def _json_rpc_error(failure: Failure) -> dict[str, Any]:
    """What ends before there is a message to answer: it has no id."""
    code = _RPC_REFUSED if failure.status in (401, 403, 429, 503) else _RPC_INVALID_REQUEST
    if failure.status == _UNEXPECTED:
        code = _RPC_INTERNAL_ERROR
    return {"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": failure.message}}


_OPENAI_TYPES: Final = {
    401: ("authentication_error", "invalid_api_key"),
    403: ("permission_error", "forbidden"),
    404: ("invalid_request_error", "model_not_found"),  # the one thing that is looked for there
    409: ("invalid_request_error", "conflict"),
    413: ("invalid_request_error", "too_large"),
    429: ("rate_limit_error", "rate_limit_exceeded"),
    500: ("server_error", "internal_error"),
    503: ("server_error", "unavailable"),
}


def _openai_error(failure: Failure) -> dict[str, Any]:
    kind, code = _OPENAI_TYPES.get(failure.status, ("invalid_request_error", "invalid_request"))
    path = failure.problems[0].path if failure.problems else ""
    param = failure.parameter[1] if failure.parameter else ".".join(str(part) for part in _segments(path)) or None
    return {"error": {"message": failure.message, "type": kind, "param": param, "code": code}}


def _source(failure: Failure, problem: Problem) -> dict[str, str]:
    if failure.parameter is None:
        return {"pointer": problem.path}
    where, name = failure.parameter
    return {"header" if where == "header" else "parameter": name}


def _segments(pointer: str) -> tuple[str | int, ...]:
    parts = (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
    return tuple(int(part) if part.isdecimal() else part for part in parts)


SYSTEM: Final = Surface(name="system", prefixes=(), envelope=_detail)

SURFACES: Final = (
    Surface(name="workspace", prefixes=("/api/v2/w",), envelope=_detail),
    Surface(name="chats", prefixes=("/api/chats", "/api/users", "/api/liveness"), envelope=_error_and_message),
    Surface(
        name="analytics",
        prefixes=("/analytics", "/inference"),
        envelope=_located_details,
        invalid=422,
        malformed=422,
    ),
    Surface(
        name="activities",
        prefixes=("/api/v3/workflow",),
        envelope=_json_api_errors,
        media_type=JSON_API,
        invalid=422,
    ),
    Surface(name="mcp", prefixes=("/mcp",), envelope=_json_rpc_error),
    Surface(name="openai", prefixes=("/v1",), envelope=_openai_error),
    Surface(name="auth", prefixes=("/api/auth", "/api/v3/iam", "/token"), envelope=_detail),
)
"""The surfaces by the beginnings of their paths; whatever is none of them is the system's own."""
