"""Writing in a chat, starting a workflow from it, and taking it away."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec

from casework.api import messages as wire
from casework.api import once
from casework.api.bodies import read
from casework.api.chats.reading import CHAT_ID
from casework.api.chats.shapes import SENT_EXAMPLE, Data, Sent
from casework.api.conditional import expected_revision
from casework.api.render import json_response, no_content
from casework.api.routes import HttpRequest, HttpResponse, Operation, delete, post
from casework.core.chat import CONTENT_MAX
from casework.core.claim import Claim
from casework.core.errors import Invalid, Problem
from casework.core.permission import Grant, own_or
from casework.operations import chat_runs, chats, messages
from casework.operations.chat_runs import RunWish
from casework.operations.messages import Message, Wish
from casework.operations.services import Services


class NewMessage(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Something to be said. With `workflowId` it starts a run, whose input is `input` or else {"message": content}."""

    content: Annotated[str, msgspec.Meta(min_length=1, max_length=CONTENT_MAX)]
    role: Literal["system", "user", "assistant", "tool"] = "user"
    workflow_id: UUID | None = None
    input: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


EXAMPLE: Final = NewMessage(
    content="My order has not arrived.", workflow_id=UUID("018d7c5e-1a00-7000-8000-000000000003")
)


@post(
    "/chats/{chatId:str}/messages",
    own_or("chats:write"),
    Operation(
        summary="Say something in a chat",
        status=201,
        path=[CHAT_ID],
        body=NewMessage,
        body_example=EXAMPLE,
        answer=Data[Sent],
        answer_example=SENT_EXAMPLE,
        refuses=[404, 409],
    ),
)
async def send(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """With `workflowId` it starts a run of that workflow; 409 while a run of the chat is going on."""
    chat = CHAT_ID.read(request)
    body = await read(request, NewMessage)
    wish, run = wish_of(grant, body)

    async def act(claim: Claim | None) -> Any:
        return await say(services, grant, chat, wish, run, claim)

    async def show(reference: Any) -> HttpResponse:
        message = await shown(services, grant, chat, wish, run, reference)
        sent = Sent(message=wire.shown(message), workflow_run_id=None if run is None else message.uuid)
        return json_response(Data(data=sent), status=201)

    return await once.answer(request, services, grant, act, show)


def wish_of(grant: Grant, body: NewMessage) -> tuple[Wish, RunWish | None]:
    """What is to be said, and the run that it starts; Denied for a voice that the caller may not use."""
    wish = Wish(content=body.content, role=body.role)
    messages.require_voice(grant, wish.role)
    return wish, _run(body)


async def say(
    services: Services, grant: Grant, chat: UUID, wish: Wish, run: RunWish | None, claim: Claim | None
) -> Any:
    """Say it, or start the run that it starts; gives what `shown` makes the message of."""
    if run is None:
        return await messages.send(services, grant, chat, wish, claim)
    return await chat_runs.start(services, grant, chat, run, claim)


async def shown(
    services: Services, grant: Grant, chat: UUID, wish: Wish, run: RunWish | None, reference: Any
) -> Message:
    """The message that was said."""
    if run is None:
        return await messages.find(services, grant, chat, UUID(reference))
    return await chat_runs.said(services, grant, chat, wish, reference["id"])


@delete(
    "/chats/{chatId:str}",
    own_or("chats:write"),
    Operation(summary="Delete a chat", status=204, path=[CHAT_ID], refuses=[404, 412]),
)
async def remove(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Nobody sees it any more; its runs go on, and the records are kept."""
    await chats.delete(services, grant, CHAT_ID.read(request), expected_revision(request))
    return no_content()


def _run(body: NewMessage) -> RunWish | None:
    if body.workflow_id is None:
        if body.input is not msgspec.UNSET:
            message = "is for a run; it needs workflowId."
            raise Invalid(f"input: {message}", (Problem(path="/input", message=message),))
        return None
    value = {"message": body.content} if body.input is msgspec.UNSET else body.input
    return RunWish(workflow=body.workflow_id, input=value)


handlers: Final = (send, remove)
