"""A name for each request, in its answer's headers and in every line that is logged for it."""

import re
from typing import Any, Final

from casework.entropy import new_secret

HEADER: Final = b"x-request-id"

_ACCEPTABLE: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}\Z")
"""What a proxy in front may have chosen; anything else is not worth repeating in a header or a log."""

_LENGTH: Final = 22
"""Characters of one of our own: 132 random bits."""


def request_id(scope: Any) -> str:
    """The id of the request: the one it came with where that is plain text, else a new one; the same each time."""
    state: dict[str, Any] = scope.setdefault("state", {})
    found: str | None = state.get("request_id")
    if found is None:
        found = _given(scope) or new_secret()[:_LENGTH]
        state["request_id"] = found
    return found


def _given(scope: Any) -> str | None:
    for name, value in scope.get("headers", ()):
        if name == HEADER and _ACCEPTABLE.match(value):
            text: str = value.decode("ascii")
            return text
    return None
