"""Definitions of workflows on the wire: JSON or YAML, as they are sent and as they are asked for."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar.exceptions import HTTPException
from msgspec import Meta

from casework.api.bodies import json_text, raw
from casework.api.render import JSON
from casework.api.routes import HttpRequest
from casework.operations.drafts import Source

YAML: Final = "application/yaml"
MEDIA_TYPES: Final = (JSON, YAML)
"""What a definition may be sent as; `text/yaml` and the older names of YAML are taken as well."""

_KEY: Final = "^[a-z][a-z0-9_-]{0,63}$"
_YAMLS: Final = (YAML, "text/yaml", "application/x-yaml", "text/x-yaml")


_Form = dict[str, Any] | bool
"""A JSON Schema."""
_Source = str | bool
"""An expression (CEL); true and false may stand bare."""


class TaskDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A task of a definition, as far as every kind has it: who does it, what they fill in, and the ways on.

    Null is the same as nothing.
    """

    key: Annotated[str, Meta(pattern=_KEY)]
    kind: str
    name: str | None = ""
    description: str | None = ""
    roles: list[str] | None = msgspec.field(default_factory=list)
    form: _Form | None = msgspec.field(default_factory=dict)
    next: list[dict[str, _Source | None]] | None = msgspec.field(default_factory=list)


class DefinitionDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow in the format `casework: 1`: its tasks and the ways between them.

    `input` is the JSON Schema of what a run starts with; `start` holds the tasks that it begins with, by default the
    first; `output` is the expression (CEL) that gives its result. Null is the same as nothing.
    """

    casework: Literal[1]
    key: Annotated[str, Meta(pattern=_KEY)]
    tasks: Annotated[list[TaskDocument], Meta(min_length=1)]
    name: str | None = ""
    description: str | None = ""
    labels: list[str] | None = msgspec.field(default_factory=list)
    input: _Form | None = msgspec.field(default_factory=dict)
    start: list[str] | None = msgspec.field(default_factory=list)
    output: _Source | None = ""
    indicators: dict[str, _Source | None] | None = msgspec.field(default_factory=dict)


EXAMPLE: Final = {
    "casework": 1,
    "key": "expenses",
    "name": "Expenses",
    "tasks": [
        {
            "key": "review",
            "name": "Review the claim",
            "kind": "human",
            "roles": ["clerk"],
            "form": {"type": "object", "required": ["ok"], "properties": {"ok": {"type": "boolean"}}},
            "next": [{"to": "pay", "when": "output.ok"}, {"to": "end"}],
        },
        {"key": "pay", "name": "Pay it", "kind": "human", "roles": ["clerk"], "exclude": ["tasks.review"]},
    ],
}


async def source(request: HttpRequest) -> Source:
    """The definition that the request holds, not yet read; 415 where it is neither JSON nor YAML."""
    media_type = request.content_type[0].lower()
    if media_type in _YAMLS:
        return Source(text=await raw(request), media="yaml")
    if media_type not in ("", JSON) and not media_type.endswith("+json"):
        raise HTTPException(status_code=415, detail=f"A definition is sent as {JSON} or as {YAML}.")
    return Source(text=await json_text(request), media="json")


def wants_yaml(request: HttpRequest) -> bool:
    """Whether the caller would rather have YAML than JSON; whoever takes both alike gets JSON."""
    weight = _weight(request)
    return max(map(weight, _YAMLS)) > weight(JSON)


def _weight(request: HttpRequest) -> Callable[[str], float]:
    """How much the caller wants a media type, by the Accept header: from 0 to 1."""
    ranges = [_range(part) for part in request.headers.get("accept", "*/*").split(",")]

    def weight(media_type: str) -> float:
        exact = [quality for name, quality in ranges if name == media_type]
        family = [quality for name, quality in ranges if name == f"{media_type.partition('/')[0]}/*"]
        anything = [quality for name, quality in ranges if name == "*/*"]
        return next((max(found) for found in (exact, family, anything) if found), 0.0)

    return weight


def _range(part: str) -> tuple[str, float]:
    """A media range and its quality; one that cannot be read is wanted as if nothing was said."""
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            digits = parameter[2:]
            return name, float(digits) if digits.replace(".", "", 1).isdecimal() and digits.isascii() else 1.0
    return name, 1.0
