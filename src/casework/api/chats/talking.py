"""Saying something in a chat and hearing the answer while it is made (server-sent events); stopping it."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.api import once
from casework.api.bodies import read
from casework.api.chats.reading import CHAT_ID
from casework.api.chats.shapes import Data
from casework.api.chats.words import RUN_STATUS, Status
from casework.api.chats.writing import EXAMPLE, NewMessage, say, shown, wish_of
from casework.api.event_stream import MEDIA_TYPE, Event, Events, event_stream
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, post
from casework.core.claim import Claim
from casework.core.permission import Grant, own_or
from casework.core.run import CANCELLED, COMPLETED, TERMINAL
from casework.operations import chats, conversation
from casework.operations.conversation import CONTENT, TOOL_CALL, TOOL_RESULT, Hint, Message, Piece, Standing
from casework.operations.services import Services


class Stopped(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The run that was stopped."""

    workflow_run_id: UUID
    status: Status


class Transcript:
    """What a listener has been told of each message, so that nothing is told twice and nothing is left out."""

    def __init__(self) -> None:
        self._sent: dict[str, str] = {}
        self._names: dict[str, str | None] = {}
        self._kept: set[str] = set()
        self._called: set[str] = set()
        self._answered: set[str] = set()

    def passing(self, hint: Hint) -> Iterator[Event]:
        """What is only being said."""
        if hint["type"] == CONTENT:
            yield self._content(hint["messageId"], hint["name"], hint["delta"], restart=hint.get("restart", False))
        elif hint["type"] == TOOL_CALL:
            yield from self._call(hint["id"], hint["name"], hint["arguments"])
        elif hint["type"] == TOOL_RESULT:
            yield from self._result(hint["id"], hint["content"])

    def kept(self, message: Message) -> Iterator[Event]:
        """What was said for good: as much of it as was not heard while it was made."""
        if message.role == "tool":
            yield from self._result(message.tool_call_id or str(message.uuid), message.content)
        if message.role != "assistant":
            return
        name, sent = str(message.uuid), self._sent.get(str(message.uuid), "")
        self._kept.add(name)
        if not message.content.startswith(sent):
            yield self._content(name, message.name, message.content, restart=True)
        elif message.content != sent:
            yield self._content(name, message.name, message.content[len(sent) :])
        for call in message.tool_calls or ():
            if isinstance(call, dict):
                function = call.get("function") or {}
                yield from self._call(str(call.get("id")), function.get("name"), function.get("arguments"))

    def broken_off(self) -> list[Piece]:
        """What was told of messages that were not kept."""
        return [
            Piece(message_id=UUID(message_id), name=self._names[message_id], content=content)
            for message_id, content in self._sent.items()
            if content and message_id not in self._kept
        ]

    def _content(self, message_id: str, name: str | None, delta: str, *, restart: bool = False) -> Event:
        self._sent[message_id] = ("" if restart else self._sent.get(message_id, "")) + delta
        self._names[message_id] = name
        data = {"messageId": message_id, "name": name, "delta": delta, "restart": restart}
        return Event(name=CONTENT, data=data)

    def _call(self, call_id: str, name: Any, arguments: Any) -> Iterator[Event]:
        if call_id not in self._called:
            self._called.add(call_id)
            yield Event(name=TOOL_CALL, data={"id": call_id, "name": name, "arguments": arguments})

    def _result(self, call_id: str, content: str) -> Iterator[Event]:
        if call_id not in self._answered:
            self._answered.add(call_id)
            yield Event(name=TOOL_RESULT, data={"id": call_id, "content": content})


@post(
    "/chats/{chatId:str}/messages/stream",
    own_or("chats:write"),
    Operation(
        summary="Say something in a chat and hear the answer",
        path=[CHAT_ID],
        body=NewMessage,
        body_example=EXAMPLE,
        answer=str,
        answer_example=(
            'event: content\ndata: {"messageId":"018d7c5e-1a00-7000-8000-000000000008","name":"Triage",'
            '"delta":"It left on Monday.","restart":false}\n\n'
        ),
        media_type=MEDIA_TYPE,
        refuses=[404, 409, 429],
    ),
)
async def stream(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """As POST messages; then `start`, what is said (`content`, `tool_call`, `tool_result`), and `end` or `error`.

    The pieces of `content` with one messageId make the message; `restart` says that those before it do not count. It
    ends when the run has ended, or waits for a person. A client that goes away stops nothing. Where the run is
    cancelled, what was told of a message by then is kept.
    """
    chat = CHAT_ID.read(request)
    body = await read(request, NewMessage)
    wish, run = wish_of(grant, body)

    async def act(claim: Claim | None) -> Any:
        return await say(services, grant, chat, wish, run, claim)

    reference = await once.done(request, services, grant, act)
    message = await shown(services, grant, chat, wish, run, reference)
    run_id = None if run is None else reference["id"]

    async def recheck(now: Grant) -> None:
        await chats.find(services, now, chat)

    return event_stream(request, services, grant, _told(services, grant, message, run_id), recheck=recheck)


async def _told(services: Services, grant: Grant, message: Message, run_id: int | None) -> Events:
    """A turn of the conversation on the wire."""
    run_uuid = None if message.run_id is None else message.uuid
    yield Event(name="start", data={"messageId": message.uuid, "workflowRunId": run_uuid})
    transcript, listening = Transcript(), conversation.listen(services, grant, message, run_id)
    try:
        async for heard in listening:
            if isinstance(heard, Standing):
                if heard.state == CANCELLED:
                    await conversation.keep(services, grant, message, heard, transcript.broken_off())
                yield _ended(heard)
                return
            for event in transcript.kept(heard) if isinstance(heard, Message) else transcript.passing(heard):
                yield event
    finally:
        await listening.aclose()
    yield Event(name="end", data={"workflowRunId": None, "status": None})


def _ended(run: Standing) -> Event:
    told = {"workflowRunId": run.uuid, "status": RUN_STATUS[run.state]}
    if run.state in TERMINAL and run.state != COMPLETED:
        message = run.error.get("message") if isinstance(run.error, dict) else None
        return Event(name="error", data={**told, "message": message or f"The run was {run.state}."})
    return Event(name="end", data=told)


@post(
    "/chats/{chatId:str}/stop",
    own_or("assignments:write"),
    Operation(
        summary="Stop a chat's workflow run",
        path=[CHAT_ID],
        answer=Data[Stopped],
        answer_example=Data[Any](
            data=Stopped(workflow_run_id=UUID("018d7c5e-1a00-7000-8000-000000000002"), status="cancelled")
        ),
        refuses=[404, 409],
    ),
)
async def stop(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Cancels the run that is going on; 409 where there is none. Its stream ends with `error`, status cancelled."""
    chat = CHAT_ID.read(request)

    async def act(claim: Claim | None) -> str:
        return await conversation.stop(services, grant, chat, claim)

    async def show(reference: str) -> HttpResponse:
        return json_response(Data(data=Stopped(workflow_run_id=UUID(reference), status="cancelled")))

    return await once.answer(request, services, grant, act, show)


handlers: Final = (stream, stop)
