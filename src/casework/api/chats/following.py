"""What happens in a workflow run, told while it happens (server-sent events)."""

from typing import Final
from uuid import UUID

import msgspec

from casework.api.chats.reading import CHAT_ID
from casework.api.chats.words import RUN_EVENTS, STEP_EVENTS, STEP_OTHERWISE, Status
from casework.api.event_stream import MEDIA_TYPE, Event, Events, event_stream, last_event_id
from casework.api.parameters import Parameter, PathUuid
from casework.api.render import Instant, instant, no_content
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.core.permission import Grant, own_or
from casework.operations import following
from casework.operations.following import Fact, Followed
from casework.operations.services import Services

RUN_ID: Final = PathUuid(name="runId", description="The workflow run's UUID.")
LAST_EVENT_ID: Final = Parameter(
    name="Last-Event-ID", where="header", description="The id of the last event that was seen: go on after it."
)


class RunEvent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Something that happened to a run. status: the run's from then on. error: why it failed."""

    run_id: UUID
    chat_id: UUID
    workflow_id: UUID
    type: str
    status: Status
    at: Instant | None
    error: str | None = None


class StepEvent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Something that happened to a step. type: what, exactly. status: the step's from then on, where that changed.

    stepId is the task's key, `visit` which time round, `index` its item's where it is one of many.
    """

    run_id: UUID
    step_id: str | None
    visit: int | None
    index: int | None
    type: str
    status: Status | None
    at: Instant | None
    error: str | None = None


@get(
    "/chats/{chatId:str}/workflow-runs/{runId:str}/stream",
    own_or("chats:read"),
    Operation(
        summary="Follow a workflow run",
        path=[CHAT_ID, RUN_ID],
        query=[LAST_EVENT_ID],
        answer=str,
        answer_example=(
            'id: 41\nevent: step_completed\ndata: {"runId":"018d7c5e-1a00-7000-8000-000000000002","stepId":"classify",'
            '"visit":1,"index":null,"type":"step.completed","status":"completed","at":"2024-02-04T12:00:45.000Z",'
            '"error":null}\n\n'
        ),
        media_type=MEDIA_TYPE,
        also=[204],
        refuses=[404, 429],
    ),
)
async def follow(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Everything that happened in the run, then what happens, until it has ended.

    The events are `run_started`, `step_started`, `step_progress`, `step_completed`, `step_failed`, `run_completed` and
    `run_failed`; a cancelled run ends with the last of them, too, and its status says so. With Last-Event-ID, only what
    came after that event; 204 where nothing will.
    """
    chat, run_id = CHAT_ID.read(request), RUN_ID.read(request)
    last = last_event_id(request)
    run = await following.find(services, grant, chat, run_id)
    if last and await following.is_over(services, grant, run, last):
        return no_content()

    async def events() -> Events:
        facts = following.follow(services, grant, run, last)
        try:
            async for fact in facts:
                event = shown(fact, run, chat)
                if event is not None:
                    yield event
        finally:
            await facts.aclose()

    async def recheck(now: Grant) -> None:
        await following.find(services, now, chat, run_id)

    return event_stream(request, services, grant, events(), recheck=recheck)


def shown(fact: Fact, run: Followed, chat: UUID) -> Event | None:
    """A fact on the wire; None for one that this surface has no word for."""
    if fact.type.startswith("step."):
        name, status = STEP_EVENTS.get(fact.type, STEP_OTHERWISE)
        step = StepEvent(
            run_id=run.uuid,
            step_id=fact.task_key,
            visit=fact.visit,
            index=fact.item_index,
            type=fact.type,
            status=status,
            at=instant(fact.at),
            error=_error(fact),
        )
        return Event(name=name, data=step, id=fact.id)
    # A run that was brought in from a history has a single fact: it ended as its state says.
    word = RUN_EVENTS.get(f"run.{run.state}" if fact.type == "run.imported" else fact.type)
    if word is None:
        return None
    name, status = word
    told = RunEvent(
        run_id=run.uuid,
        chat_id=chat,
        workflow_id=run.workflow_uuid,
        type=fact.type,
        status=status,
        at=instant(fact.at),
        error=_error(fact),
    )
    return Event(name=name, data=told, id=fact.id)


def _error(fact: Fact) -> str | None:
    error = fact.data.get("error")
    if isinstance(error, dict) and isinstance(error.get("message"), str):
        message: str = error["message"]
        return message
    return None


handlers: Final = (follow,)
