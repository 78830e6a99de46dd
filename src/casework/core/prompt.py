"""From what somebody said to the input of a workflow, by the schema that the workflow declares for it."""

from typing import Any

import msgspec

from casework.core.definition import Json
from casework.core.errors import Invalid, Problem


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation: all of its messages, each with a role and a content, and what the user said last."""

    messages: list[dict[str, Any]]
    message: str
    metadata: dict[str, str] | None = None


def as_input(prompt: Prompt, schema: Json) -> dict[str, Json]:
    """The conversation as an input that fits the schema, as far as can be told by names.

    A schema that names no properties takes `message` and `messages`. One that names either takes those that it names,
    and `metadata` where it names that. Of any other the only required property is what the user said last, if it is a
    text.

    Raises:
        Invalid: there is no place for what was said.

    """
    said: dict[str, Json] = {"message": prompt.message, "messages": prompt.messages}
    if prompt.metadata is not None:
        said["metadata"] = prompt.metadata
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not properties and not (isinstance(schema, dict) and schema.get("additionalProperties") is False):
        return said
    named = properties or {}
    if "message" in named or "messages" in named:
        return {name: value for name, value in said.items() if name in named}
    required = schema.get("required", [])
    if len(required) == 1 and _is_text(named.get(required[0])):
        return {required[0]: prompt.message}
    message = (
        "This workflow does not take a conversation: its input must have the property message or messages, or one "
        "required property that is a text."
    )
    raise Invalid(message, (Problem(path="/messages", message=message),))


def _is_text(schema: Json) -> bool:
    return isinstance(schema, dict) and schema.get("type") == "string"
