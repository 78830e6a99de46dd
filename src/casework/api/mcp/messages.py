"""JSON-RPC as MCP speaks it over HTTP: one message a request, and two eras of the protocol.

Until 2025-11-25 a client shakes hands (`initialize`) and then names the version in a header. From 2026-07-28 on every
request stands alone: it says in `_meta` which version it speaks and what its client can do, and some of it again in
headers, for whatever stands between. Neither needs anything to be kept here between two requests.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

HANDSHAKE_VERSIONS: Final = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""Versions that begin with `initialize`, the newest first."""

STATELESS_VERSIONS: Final = ("2026-07-28",)
"""Versions in which every request stands alone."""

VERSION_HEADER: Final = "mcp-protocol-version"
METHOD_HEADER: Final = "mcp-method"
NAME_HEADER: Final = "mcp-name"

META_VERSION: Final = "io.modelcontextprotocol/protocolVersion"
META_CAPABILITIES: Final = "io.modelcontextprotocol/clientCapabilities"
META_SERVER: Final = "io.modelcontextprotocol/serverInfo"

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
HEADER_MISMATCH: Final = -32020
UNSUPPORTED_VERSION: Final = -32022

_STATUSES: Final = {METHOD_NOT_FOUND: 404}
"""Of errors in the stateless era; the others are 400. Before, an error was a message like any other: 200."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A request, or, without an id, a notification, which nobody answers."""

    jsonrpc: Literal["2.0"]
    method: str
    id: str | int | msgspec.UnsetType = msgspec.UNSET
    params: dict[str, Any] = {}


class RpcError(Exception):
    """A message that cannot be carried out."""

    def __init__(self, code: int, message: str, detail: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail

    def shown(self) -> dict[str, Any]:
        """The error as it is answered."""
        found = {"code": self.code, "message": self.message}
        return found if self.detail is None else {**found, "data": self.detail}


def is_stateless(headers: Mapping[str, str]) -> bool:
    """Whether a request is of the stateless era, or of one that is not known."""
    version = headers.get(VERSION_HEADER)
    return version is not None and version not in HANDSHAKE_VERSIONS


def check_envelope(message: Message, headers: Mapping[str, str]) -> None:
    """Hold a request of the stateless era to what it says of itself.

    Raises:
        RpcError: `_meta` lacks what it must hold, a header says something else, or the version is not known.

    """
    meta = message.params.get("_meta")
    if not isinstance(meta, dict) or META_VERSION not in meta or META_CAPABILITIES not in meta:
        raise RpcError(INVALID_PARAMS, f"params._meta must hold {META_VERSION} and {META_CAPABILITIES}.")
    version = meta[META_VERSION]
    if headers.get(VERSION_HEADER) != version:
        raise RpcError(HEADER_MISMATCH, f"The header {VERSION_HEADER} and params._meta name different versions.")
    if headers.get(METHOD_HEADER) != message.method:
        raise RpcError(HEADER_MISMATCH, f"The header {METHOD_HEADER} does not name the method of the message.")
    if message.method == "tools/call" and headers.get(NAME_HEADER) != message.params.get("name"):
        raise RpcError(HEADER_MISMATCH, f"The header {NAME_HEADER} does not name the tool of the message.")
    if version not in STATELESS_VERSIONS:
        detail = {"supported": list(STATELESS_VERSIONS), "requested": version}
        raise RpcError(UNSUPPORTED_VERSION, "This version of the protocol is not spoken here.", detail)


def status_of(error: RpcError, *, stateless: bool) -> int:
    """The status of the answer that tells of an error."""
    return _STATUSES.get(error.code, 400) if stateless else 200
