"""What is said in a chat of a workspace."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec

from casework.api import messages as wire
from casework.api import once
from casework.api.bodies import read
from casework.api.messages import OpenAIMessageResponse
from casework.api.parameters import PAGE, PAGE_SIZE
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, post
from casework.api.workspace.chats import CHAT_ID
from casework.api.workspace.listing import Page, asked
from casework.core.chat import CONTENT_MAX, TOOL_CALLS_MAX
from casework.core.claim import Claim
from casework.core.permission import Grant, own_or
from casework.operations import messages
from casework.operations.services import Services

Name = Annotated[str, msgspec.Meta(max_length=200)]


class CreateMessageRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Something to be said; a system's or a tool's voice needs chats:write."""

    content: Annotated[str, msgspec.Meta(max_length=CONTENT_MAX)]
    role: Literal["system", "user", "assistant", "tool"] = "user"
    name: Name | None = None
    tool_calls: Annotated[list[Any], msgspec.Meta(max_length=TOOL_CALLS_MAX)] | None = None
    tool_call_id: Name | None = None


@get(
    "/chats/{chat_id:str}/messages",
    own_or("chats:read"),
    Operation(
        summary="List the messages of a chat",
        path=[CHAT_ID],
        query=[PAGE, PAGE_SIZE],
        answer=Page[OpenAIMessageResponse],
        answer_example=Page[Any](items=[wire.EXAMPLE], total=1, page=1, page_size=50),
        refuses=[404],
    ),
)
async def list_messages(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Oldest first."""
    part = asked(request)
    chat = CHAT_ID.read(request)
    found, total = await messages.page(services, grant, chat, limit=part.size, offset=part.offset)
    return json_response(part.of([wire.shown(message) for message in found], total))


@post(
    "/chats/{chat_id:str}/messages",
    own_or("chats:write"),
    Operation(
        summary="Say something in a chat",
        status=201,
        path=[CHAT_ID],
        body=CreateMessageRequest,
        body_example=CreateMessageRequest(content="My order has not arrived."),
        answer=OpenAIMessageResponse,
        answer_example=wire.EXAMPLE,
        refuses=[404],
    ),
)
async def send(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """The chat's count of messages and its last instant move in the same transaction."""
    chat = CHAT_ID.read(request)
    body = await read(request, CreateMessageRequest)
    wish = messages.Wish(
        content=body.content,
        role=body.role,
        name=body.name,
        tool_calls=body.tool_calls,
        tool_call_id=body.tool_call_id,
    )

    async def act(claim: Claim | None) -> str:
        return await messages.send(services, grant, chat, wish, claim)

    async def show(reference: str) -> HttpResponse:
        found = await messages.find(services, grant, chat, UUID(reference))
        return json_response(wire.shown(found), status=201)

    return await once.answer(request, services, grant, act, show)


handlers: Final = (list_messages, send)
