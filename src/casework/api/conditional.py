"""ETag and If-Match: a change that was meant for another state of the thing is not made."""

import re
from typing import Any, Final

from litestar.connection import ASGIConnection

from casework.core.errors import PreconditionFailed

_STRONG: Final = re.compile(r'"([0-9]{1,18})"\Z')


def etag(revision: int) -> str:
    """The tag of a thing at that revision."""
    return f'"{revision}"'


def expected_revision(connection: ASGIConnection[Any, Any, Any, Any]) -> int | None:
    """The revision that the caller expects (If-Match), or None where any will do.

    Raises:
        PreconditionFailed: the tag is none of ours, so nothing can match it.

    """
    header = connection.headers.get("if-match")
    if header is None or header.strip() == "*":
        return None
    found = _STRONG.match(header.strip())
    if found is None:
        raise PreconditionFailed("The tag in If-Match is not one that was given here.")
    return int(found[1])
