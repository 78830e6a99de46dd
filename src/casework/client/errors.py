"""What goes wrong between a client and a server: one exception for what was refused, one for silence.

Each surface has an envelope of its own for refusals; here they become the same thing again.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from casework.core.errors import Problem

_WHERE: Final = ("body", "query", "path", "header")
_SOURCES: Final = ("pointer", "parameter", "header")


class ClientError(Exception):
    """A call that did not succeed; its text is for the person who made it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Unreachable(ClientError):
    """Nothing answers there, or what answers is not Casework."""


class ApiError(ClientError):
    """The server refused: `status` is HTTP's, `problems` are everything that it found wrong with the input."""

    def __init__(self, status: int, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.problems = problems


def api_error(status: int, body: bytes) -> ApiError:
    """The refusal that an answer of any surface tells of; its own words where it is in no known envelope."""
    try:
        envelope = msgspec.json.decode(body)
    except msgspec.DecodeError:
        envelope = None
    problems = tuple(_problems(envelope)) if isinstance(envelope, dict) else ()
    message = _message(envelope) if isinstance(envelope, dict) else None
    if message is None:
        message = "; ".join(_said(problem) for problem in problems) or f"The server answered {status}."
    return ApiError(status, message, problems)


def _message(envelope: dict[str, Any]) -> str | None:
    """The one sentence of an envelope that has one."""
    match envelope:
        case {"detail": str(text)} | {"message": str(text)}:
            return text
        case {"errors": [{"detail": str(text), **rest}]} if not rest.get("source"):
            return text
    return None


def _problems(envelope: dict[str, Any]) -> Iterator[Problem]:
    match envelope:
        case {"problems": list(found)}:
            yield from (_listed(one) for one in found if isinstance(one, dict))
        case {"detail": list(found)}:
            yield from (_located(one) for one in found if isinstance(one, dict))
        case {"errors": list(found)}:
            yield from (_sourced(one) for one in found if isinstance(one, dict) and one.get("source"))


def _listed(one: dict[str, Any]) -> Problem:
    """`{path, message, line, hint}`, as the workspace surface lists them."""
    return Problem(
        path=str(one.get("path", "")), message=str(one.get("message", "")), line=one.get("line"), hint=one.get("hint")
    )


def _located(one: dict[str, Any]) -> Problem:
    """`{loc, msg, type}`, as the analytics surface lists them."""
    parts = [str(part) for part in one.get("loc", ())]
    if parts and parts[0] in _WHERE:
        del parts[0]
    return Problem(path="".join(f"/{part}" for part in parts), message=str(one.get("msg", "")))


def _sourced(one: dict[str, Any]) -> Problem:
    """`{status, title, detail, source}`, as JSON:API lists them."""
    source = one["source"]
    path = next((str(source[name]) for name in _SOURCES if name in source), "")
    return Problem(path=path, message=str(one.get("detail") or one.get("title") or ""))


def _said(problem: Problem) -> str:
    return f"{problem.path.lstrip('/')}: {problem.message}" if problem.path else problem.message
