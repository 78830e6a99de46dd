"""What an agent may use: its tools, each marked as reading or acting, and what must not come together unwatched."""

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from casework.core.condition import compile_approval
from casework.core.definition import Json
from casework.core.parse_field import Fields
from casework.core.parse_report import quoted
from casework.core.syntax import CALL, paths

TOOLS_MAX: Final = 64
"""Tools of one agent: models choose badly among more."""

ASK_PERSON: Final = "ask_person"
"""The tool that every agent has which may ask people."""

TOOL_FIELDS: Final = ("url", "headers")
"""What of a tool is evaluated when a step begins."""

DESCRIPTION_MAX: Final = 4_000
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
_OPEN: Final = frozenset({"$ref", "allOf", "anyOf", "oneOf", "if", "patternProperties"})
"""Keywords by which an object may have properties that are not listed beside them."""

_COMMON: Final = (
    "name",
    "kind",
    "description",
    "arguments",
    "marks",
    "approve",
    "reads_private",
    "reads_untrusted",
    "acts_externally",
)
_OWN: Final[Mapping[str, tuple[str, ...]]] = {
    "function": ("function",),
    "http": ("method", "url", "headers"),
    "mcp": ("url", "headers", "tool"),
}
_KNOWN: Final = tuple(dict.fromkeys((*_COMMON, *(name for names in _OWN.values() for name in names))))
_ORIGIN: Final = re.compile(r"(?:https?://[^\s/?#{}]+(?:[/?][^#]*)?|\{\{[^{}]*\}\}.*|=.*)", re.DOTALL)


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A tool that an agent may call.

    marks: whether it only reads, or acts. approve: whether a person looks at each call first; a text is `=` and a
    condition on the call. arguments: the schema of what it takes; None where the function itself tells. reads_private,
    reads_untrusted, acts_externally: who has all three can be talked into carrying secrets out.
    """

    name: str
    kind: Literal["function", "http", "mcp"]
    marks: Literal["read", "act"]
    approve: bool | str
    reads_private: bool
    reads_untrusted: bool
    acts_externally: bool
    description: str = ""
    arguments: Json = None
    function: str = ""
    method: str = "GET"
    url: str = ""
    headers: dict[str, str] = {}
    tool: str = ""


def declared(entry: Mapping[str, Any]) -> Tool:
    """The tool of an entry of `tools`. Whatever is not said is taken for the worse: who acts is watched."""
    acts, is_elsewhere = entry.get("marks") == "act", entry.get("kind") != "function"
    defaults = {
        "approve": acts,
        "reads_private": False,
        "reads_untrusted": is_elsewhere,
        "acts_externally": acts and is_elsewhere,
        "function": entry.get("name"),
        "tool": entry.get("name"),
    }
    return msgspec.convert({**defaults, **{name: value for name, value in entry.items() if value is not None}}, Tool)


def names_for_approval(settings: Mapping[str, Any]) -> frozenset[str]:
    """The names that the conditions see by which calls of an agent's tools are approved, but for the call itself."""
    sources = [entry["approve"][1:] for entry in settings.get("tools", ()) if isinstance(entry.get("approve"), str)]
    return frozenset[str]().union(*(compile_approval(source).names for source in sources)) - {CALL}


def read_tools(fields: Fields) -> tuple[str, ...]:
    """The names of the tools; whatever is wrong with one is reported."""
    if fields.get("tools") is None:
        return ()
    names: list[str] = []
    for tool in fields.maps("tools", _KNOWN, TOOLS_MAX):
        _read_tool(tool)
        name = tool.get("name")
        if name in names:
            tool.wrong("name", f"the tool {quoted(name)} is listed twice")
        names.append(name)
    _check_trifecta(fields)
    return tuple(names)


def _read_tool(tool: Fields) -> None:
    name = tool.text("name", 63)
    if not _NAME.fullmatch(name) or name == ASK_PERSON:
        tool.wrong("name", "a tool's 'name' has a-z, 0-9 and _ only, a letter first", f"'{ASK_PERSON}' is taken")
    kind = tool.get("kind")
    if not isinstance(kind, str) or kind not in _OWN:
        tool.wrong("kind", f"a tool's 'kind' is one of {', '.join(_OWN)}")
        return
    for field in tool.values:
        if field in _KNOWN and field not in (*_COMMON, *_OWN[kind]):
            tool.wrong(field, f"a tool of kind {kind} has no '{field}'")
    for text, limit in (("description", DESCRIPTION_MAX), ("tool", 200), ("function", 200)):
        tool.text(text, limit)
    _read_marks(tool)
    _read_arguments(tool)
    if kind != "function":
        _read_address(tool)


def _read_marks(tool: Fields) -> None:
    for flag in ("reads_private", "reads_untrusted", "acts_externally"):
        tool.flag(flag)
    _read_approve(tool)
    if tool.get("marks") not in ("read", "act"):
        tool.wrong("marks", "the tool does not say whether it reads or acts", "write marks: read, or marks: act")
    elif tool.get("marks") == "read" and tool.get("acts_externally"):
        tool.wrong("acts_externally", "a tool that acts is marked so", "write marks: act")


def _read_approve(tool: Fields) -> None:
    """`approve`: true, false, or a condition on the call; what it selects of the arguments is there to be selected."""
    approve = tool.get("approve")
    if not isinstance(approve, str) or not approve.startswith("="):
        if approve is not None and not isinstance(approve, bool):
            hint = 'write it like approve: "=call.arguments.amount > 100"'
            tool.wrong("approve", "'approve' must be true or false, or an expression that begins with =", hint)
        return
    schema = tool.get("arguments")
    known = schema.get("properties") if isinstance(schema, dict) and not _OPEN & schema.keys() else None
    for path in sorted(paths(approve[1:], (CALL,))):
        name = path[1:2] + path[2:3]
        if name[:1] not in ((), ("tool",), ("arguments",)):
            tool.wrong("approve", f"a call has 'tool' and 'arguments', and no {quoted(name[0])}")
        elif len(name) > 1 and isinstance(known, dict) and name[1] not in known:
            tool.wrong("approve", f"the tool takes no argument {quoted(name[1])}")


def _read_arguments(tool: Fields) -> None:
    schema = tool.schema("arguments")
    if isinstance(schema, dict) and schema.get("type") != "object":
        tool.wrong("arguments", "a tool takes an object", "write {type: object, properties: {...}}")
    elif schema is None and tool.get("kind") != "function":
        # What the other end says of itself is not taken over: it may say something else tomorrow.
        tool.wrong("arguments", "the tool does not say what 'arguments' it takes", "write a JSON Schema of an object")


def _read_address(tool: Fields) -> None:
    url = tool.text("url", 4_000)
    if not _ORIGIN.fullmatch(url):
        tool.wrong(
            "url", "a tool's 'url' begins with https:// or http:// and a host", "{name} may stand after the host"
        )
    tool.choice("method", METHODS)
    for name, value in tool.map("headers").items():
        if not isinstance(value, str):
            tool.report.add((*tool.path, "headers", name), "a header's value must be text", "put it in quotes")


def _check_trifecta(fields: Fields) -> None:
    """Whoever reads what is private and what strangers wrote does nothing outside that nobody looked at."""
    try:
        tools = [declared(entry) for entry in fields.get("tools")]
    except (msgspec.ValidationError, AttributeError, TypeError):
        return  # what is wrong with one of them was reported
    if not (any(tool.reads_private for tool in tools) and any(tool.reads_untrusted for tool in tools)):
        return
    for i, tool in enumerate(tools):
        if tool.acts_externally and tool.approve is not True:
            fields.report.add(
                (*fields.path, "tools", i, "approve"),
                "tools of this agent read what is private and what strangers wrote, so its acts must be approved",
                "write approve: true, or take one of the three away",
            )
