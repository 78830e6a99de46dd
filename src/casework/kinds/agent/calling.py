"""How tools are called: functions of the installation, other systems over HTTP, and MCP servers."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol
from urllib.parse import quote, urlsplit

import httpx
import httpx2
import msgspec
from mcp.client.session import ClientSession
from mcp.client.streamable_http import streamable_http_client

from casework.core.definition import Json
from casework.core.kinds.agent_tools import Tool
from casework.core.work import Work
from casework.egress.errors import Blocked, Unsendable
from casework.kinds.agent import wire

SECONDS_MAX: Final = 30.0
"""For one call of a tool over the network."""

RESULT_MAX: Final = 50_000
"""Characters of a result that the model is told; the rest is cut, and it is told so."""

_UNCERTAIN: Final = 500
_SLOT: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET: Final = re.compile(r"\{\{\s*secrets\.([A-Za-z0-9_.-]+)\s*\}\}")


class FunctionTool(Protocol):
    """A function of the installation, as its registry describes it."""

    @property
    def description(self) -> str:
        """What it is for, as the model is told."""
        ...

    @property
    def schema(self) -> Json:
        """Of its arguments, an object."""
        ...

    async def call(self, arguments: dict[str, Json], *, work: Work) -> Json:
        """What it gives for arguments that fit the schema; `work.key` is the same whenever the call is made again."""
        ...


Secrets = Callable[[Work, str], Awaitable[str]]
"""The value of a secret of the work's workspace; CaseworkError where there is none."""


class ToolTrouble(Exception):
    """Whether a tool has acted is not known: the call is to be made again, with the same key."""


class Safe:
    """The secrets that one attempt opened, and texts without them."""

    def __init__(self, work: Work, secrets: Secrets) -> None:
        self._work = work
        self._secrets = secrets
        self._opened: dict[str, str] = {}

    async def open(self, name: str) -> str:
        """The value of a secret."""
        if name not in self._opened:
            self._opened[name] = await self._secrets(self._work, name)
        return self._opened[name]

    async def filled(self, text: str, named: frozenset[str]) -> str:
        """The text with the secrets that its author named; what data pretends to name stays as it is."""
        values = {name: await self.open(name) for name in set(_SECRET.findall(text)) & named}
        return _SECRET.sub(lambda match: values.get(match[1], match[0]), text)

    def redacted(self, text: str) -> str:
        """The text without any secret that was opened."""
        for value in self._opened.values():
            text = text.replace(value, "[secret]") if value else text
        return text


class Caller:
    """Calls the tools of one attempt. named: the secrets that the definition names, by tool."""

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        functions: Mapping[str, FunctionTool],
        safe: Safe,
        entries: list[dict[str, Any]],
    ) -> None:
        self._transport = transport
        self._functions = functions
        self._safe = safe
        self._named = {entry["name"]: frozenset(_SECRET.findall(str(entry))) for entry in entries}

    async def call(self, tool: Tool, arguments: dict[str, Json], work: Work) -> Json:
        """What the tool gives; what went wrong, where that is certain. work: whose key it bears.

        Raises:
            ToolTrouble: it may have acted, or not.

        """
        try:
            if tool.kind == "function":
                found = await self._functions[tool.function].call(arguments, work=work)
            elif tool.kind == "http":
                found = await self._request(tool, arguments, work.key)
            else:
                found = await self._ask_server(tool, arguments, work.key)
        except ToolTrouble:
            raise
        except Exception as error:
            what = self._safe.redacted(f"{tool.name}: {_words(error)}")
            if tool.marks == "act" and not isinstance(_innermost(error), Blocked | Unsendable | ValueError):
                raise ToolTrouble(what) from error
            return {"error": what}
        return cut(self._safe.redacted(msgspec.json.encode(found).decode()))

    async def _request(self, tool: Tool, arguments: dict[str, Json], key: str) -> Json:
        named = self._named[tool.name]
        url, rest = _addressed(await self._safe.filled(tool.url, named), arguments)
        headers = {name: await self._safe.filled(value, named) for name, value in tool.headers.items()}
        content: dict[str, Any] = {"params": _flat(rest)} if tool.method in ("GET", "DELETE") else {"json": rest}
        async with wire.client(self._transport, {**headers, "idempotency-key": key}) as http:
            answer = await http.request(tool.method, url, timeout=SECONDS_MAX, **(content if rest else {}))
        if answer.status_code >= _UNCERTAIN and tool.marks == "act":
            raise ToolTrouble(f"{tool.name} answered {answer.status_code}.")
        return {"status": answer.status_code, "body": _body(answer)}

    async def _ask_server(self, tool: Tool, arguments: dict[str, Json], key: str) -> Json:
        named = self._named[tool.name]
        headers = {name: await self._safe.filled(value, named) for name, value in tool.headers.items()}
        url = await self._safe.filled(tool.url, named)
        async with (
            wire.client(self._transport, {**headers, "idempotency-key": key}) as http,
            streamable_http_client(url, http_client=http) as (incoming, outgoing, *_),
            ClientSession(incoming, outgoing, read_timeout_seconds=SECONDS_MAX) as session,
        ):
            await session.initialize()
            result = await session.call_tool(tool.tool, arguments)
        said = [getattr(part, "text", f"[{part.type}]") for part in result.content]
        return {"error": "\n".join(said)} if result.is_error else result.structured_content or {"text": "\n".join(said)}


def cut(text: str) -> Json:
    """The JSON value of a text; where it is too long, its beginning and the word that it was cut."""
    if len(text) <= RESULT_MAX:
        return msgspec.json.decode(text)
    return {"cut": f"The first {RESULT_MAX:,} of {len(text):,} characters.", "beginning": text[:RESULT_MAX]}


def _addressed(url: str, arguments: dict[str, Json]) -> tuple[str, dict[str, Json]]:
    """The address with the arguments that it names, each as one part of it, and the arguments that are left."""
    place = urlsplit(url)
    used = set(_SLOT.findall(url))
    filled = _SLOT.sub(lambda match: quote(_plain(arguments.get(match[1], "")), safe=""), url)
    if urlsplit(filled)[:2] != place[:2]:
        raise ValueError("an argument must not change where a request goes")
    return filled, {name: value for name, value in arguments.items() if name not in used}


def _flat(arguments: dict[str, Json]) -> dict[str, str]:
    return {name: _plain(value) for name, value in arguments.items()}


def _plain(value: Json) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _body(answer: httpx2.Response) -> Json:
    try:
        return msgspec.json.decode(answer.content)
    except msgspec.DecodeError:
        return answer.text


def _words(error: BaseException) -> str:
    inner = _innermost(error)
    return f"{type(inner).__name__}: {inner}"[:1000]


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
