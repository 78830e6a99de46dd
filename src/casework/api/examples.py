"""Refusals as the reference shows them: one example a status, in the shape of the surface."""

from typing import Any, Final

import msgspec

from casework.api.errors import TITLES, Failure, Surface
from casework.core.errors import Problem

_MESSAGES: Final = {
    400: "page: must be an integer.",
    401: "Sign in, or send an API key or a token.",
    403: "This needs the scope assignments:read.",
    404: "There is no such thing here.",
    409: "It is not in a state that allows this.",
    412: "It changed since you read it.",
    413: "The body is larger than the 1 MiB taken here.",
    415: "The body must be JSON, sent as application/json.",
    422: "priority: must be from 0 to 100.",
    429: "Too many attempts; try again later.",
    500: "Something went wrong here.",
    503: "The database does not answer now; try again in a moment.",
}


def refusal(surface: Surface, status: int) -> dict[str, Any]:
    """The description and an example of that refusal, for a response of an OpenAPI operation."""
    message = _MESSAGES[status]
    problems: tuple[Problem, ...] = ()
    if status == surface.invalid:
        name, _, text = message.partition(": ")
        problems = (Problem(path=f"/{name}", message=text),)
    failure = Failure(status=status, message=message, problems=problems)
    body = msgspec.to_builtins(surface.envelope(failure))
    return {"description": TITLES[status], "content": {surface.media_type: {"example": body}}}
