"""A message of a chat, as every surface that shows one says it."""

from typing import Any, Literal
from uuid import UUID

import msgspec

from casework.api.render import Instant, instant
from casework.operations.messages import Message


class OpenAIMessageResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A message as chat models exchange it."""

    id: UUID
    role: Literal["system", "user", "assistant", "tool"]
    content: str
    name: str | None
    tool_calls: list[Any] | None
    tool_call_id: str | None
    created_at: Instant | None


EXAMPLE = OpenAIMessageResponse(
    id=UUID("018d7c5e-1a00-7000-8000-000000000007"),
    role="user",
    content="My order has not arrived.",
    name=None,
    tool_calls=None,
    tool_call_id=None,
    created_at="2024-02-04T12:00:00.000Z",
)


def shown(message: Message) -> OpenAIMessageResponse:
    """A message on the wire."""
    return OpenAIMessageResponse(
        id=message.uuid,
        role=message.role,
        content=message.content,
        name=message.name,
        tool_calls=message.tool_calls,
        tool_call_id=message.tool_call_id,
        created_at=instant(message.created_at),
    )
