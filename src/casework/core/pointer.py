"""JSON pointers (RFC 6901): how a problem says where it is."""

from collections.abc import Iterable


def pointer(path: Iterable[str | int]) -> str:
    """The pointer to `path` from the root; the root itself is ""."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
