"""The MCP endpoint: what a message asks for is done under the rights of the credential that came with it."""

from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from casework import __version__
from casework.api.bodies import decoded, json_text
from casework.api.credentials import refuse_cross_site
from casework.api.errors import Malformed, failure_of, surface_of
from casework.api.mcp import cases, inbox, talk
from casework.api.mcp.guide import INSTRUCTIONS
from casework.api.mcp.messages import (
    HANDSHAKE_VERSIONS,
    INVALID_PARAMS,
    INVALID_REQUEST,
    META_SERVER,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    STATELESS_VERSIONS,
    Message,
    RpcError,
    check_envelope,
    is_stateless,
    status_of,
)
from casework.api.mcp.tools import Call, Tool, catalog
from casework.api.render import JSON, json_response, to_json
from casework.api.request_id import request_id
from casework.api.routes import HttpRequest, HttpResponse, Operation, post
from casework.core.errors import CaseworkError, Denied, Invalid, Unauthenticated
from casework.core.permission import MEMBER, Grant
from casework.core.permission import grant as granted
from casework.operations.services import Services
from casework.settings import Settings

TOOLS: Final = catalog([*inbox.tools, *cases.tools, *talk.tools])
"""Every tool; the list is the same for everybody, so that it tells nothing of anybody's rights."""

_LISTED: Final = [tool.shown() for tool in TOOLS.values()]
_SERVER: Final = {"name": "casework", "title": "Casework", "version": __version__}
_CAPABILITIES: Final = {"tools": {"listChanged": False}}
_KEPT: Final = {"resultType": "complete", "ttlMs": 300_000, "cacheScope": "private"}
"""How long clients may keep what seldom changes: five minutes, so that an upgrade shows soon."""

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class ToolCall(msgspec.Struct, frozen=True, kw_only=True):
    """What `tools/call` names. Arguments are decoded by the tool's own type."""

    name: str
    arguments: dict[str, Any] | None = None


@post(
    "/",
    MEMBER,
    Operation(
        summary="Speak the Model Context Protocol",
        body=Message,
        body_example={"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}},
        answer_example={"jsonrpc": "2.0", "id": 1, "result": {"tools": []}},
        answer=dict[str, Any],
        refuses=[404],
        silent={202: "To a notification, which nobody answers."},
        is_dry=True,
    ),
)
async def speak(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Streamable HTTP without sessions: one JSON-RPC message a request, answered as JSON; 202 to a notification.

    Both eras of the protocol are spoken: with the `initialize` handshake up to 2025-11-25, and 2026-07-28, where every
    request stands alone. Each is carried out under the rights of the credential that it brings.
    """
    refuse_cross_site(request)
    _refuse_host(request, services.settings)
    stateless = is_stateless(request.headers)
    try:
        message = decoded(await json_text(request), Message)
    except Malformed as error:
        return _failed(RpcError(PARSE_ERROR, error.message), None, 400)
    except Invalid as error:
        return _failed(RpcError(INVALID_REQUEST, error.message), None, 400)
    if message.id is msgspec.UNSET:
        return HttpResponse(b"", status_code=202, media_type=JSON)
    try:
        if stateless:
            check_envelope(message, request.headers)
        result = await _result(request, services, grant, message, stateless=stateless)
    except RpcError as error:
        return _failed(error, message.id, status_of(error, stateless=stateless))
    return json_response({"jsonrpc": "2.0", "id": message.id, "result": msgspec.Raw(result)})


async def _result(
    request: HttpRequest, services: Services, grant: Grant, message: Message, *, stateless: bool
) -> bytes:
    match message.method:
        case "tools/call":
            return await _called(request, services, grant, message)
        case "tools/list" if "cursor" in message.params:
            raise RpcError(INVALID_PARAMS, "There is one page of tools, and so no cursor.")
        case "tools/list":
            return to_json({"tools": _LISTED, **_KEPT})
        case "server/discover" if stateless:
            return to_json(_discovered())
        case "initialize" if not stateless:
            return to_json(_greeted(message.params.get("protocolVersion")))
        case "ping" if not stateless:
            return b"{}"
    raise RpcError(METHOD_NOT_FOUND, "There is no such method here.", message.method)


def _greeted(version: Any) -> dict[str, Any]:
    return {
        "protocolVersion": version if version in HANDSHAKE_VERSIONS else HANDSHAKE_VERSIONS[0],
        "capabilities": _CAPABILITIES,
        "serverInfo": _SERVER,
        "instructions": INSTRUCTIONS,
    }


def _discovered() -> dict[str, Any]:
    return {
        "supportedVersions": [*STATELESS_VERSIONS, *HANDSHAKE_VERSIONS],
        "capabilities": _CAPABILITIES,
        "instructions": INSTRUCTIONS,
        "_meta": {META_SERVER: _SERVER},
        **_KEPT,
    }


async def _called(request: HttpRequest, services: Services, grant: Grant, message: Message) -> bytes:
    """The result of a tool. What is refused is a result too: a model reads it, and can do better."""
    try:
        asked = msgspec.convert(message.params, ToolCall)
    except msgspec.ValidationError as error:
        raise RpcError(INVALID_PARAMS, f"params: {error}.") from None
    tool = TOOLS.get(asked.name)
    if tool is None:
        raise RpcError(INVALID_PARAMS, f"There is no tool {asked.name!r}.")
    try:
        return await _run(tool, services, grant, asked)
    except Unauthenticated:
        raise
    except CaseworkError as error:
        return _refused(request, error)


async def _run(tool: Tool, services: Services, grant: Grant, asked: ToolCall) -> bytes:
    given = msgspec.structs.replace(granted(grant.principal, tool.policy), is_for_model=True)
    call = Call(services=services, grant=given)
    sent = decoded(msgspec.json.encode(asked.arguments or {}), tool.sent)
    response = await tool.run(call, sent)
    content: bytes = response.content
    return content


def _refused(request: HttpRequest, error: CaseworkError) -> bytes:
    failure = failure_of(error, surface_of("/mcp"), request_id(request.scope))
    places = [
        f"{problem.path}: {problem.message}"
        for problem in failure.problems
        if problem.path and problem.message not in failure.message
    ]
    return to_json(
        {
            "content": [{"type": "text", "text": "\n".join([failure.message, *places])}],
            "isError": True,
            "resultType": "complete",
            "_meta": {"casework/status": failure.status},
        }
    )


def _failed(error: RpcError, identifier: Any, status: int) -> HttpResponse:
    return json_response({"jsonrpc": "2.0", "id": identifier, "error": error.shown()}, status=status)


def _refuse_host(request: HttpRequest, settings: Settings) -> None:
    """Refuse a name that this server does not go by: a page whose name was made to lead here sends its own."""
    names = {name.strip().lower() for name in settings.mcp_hosts.split(",") if name.strip()}
    if not names and settings.host.lower() not in _LOOPBACK:
        return
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    if host not in (names or _LOOPBACK):
        raise Denied("This server does not go by that name here; CASEWORK_MCP_HOSTS says by which ones it does.")
