"""Running a flow: start it, follow it, see how it stands, say what came of it."""

from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from casework.api import once
from casework.api.analytics.runs import FLOW_ID, ORG_ID, flow_of
from casework.api.analytics.shapes import RUNS_EXAMPLE, RunSummary, summary
from casework.api.bodies import read
from casework.api.chats.words import RUN_EVENTS, STEP_EVENTS, STEP_OTHERWISE
from casework.api.errors import BadParameter
from casework.api.event_stream import MEDIA_TYPE, Event, Events, event_stream
from casework.api.parameters import Count, QueryUuid
from casework.api.render import instant, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, post
from casework.core.claim import Claim
from casework.core.errors import Invalid
from casework.core.permission import Grant, own_or, workflow
from casework.operations import inference
from casework.operations.inference import Fact, FlowWish
from casework.operations.services import Services

WAIT_SECONDS_MAX: Final = 60
"""Longer than that nobody holds a line open for an answer: proxies hang up."""

VERSION_MAX: Final = 2**31 - 1

VERSION: Final = Count(
    name="version", default=0, minimum=0, maximum=VERSION_MAX, description="The version to run; 0: the newest."
)
WAIT: Final = Count(
    name="wait", default=0, minimum=0, maximum=WAIT_SECONDS_MAX, description="Seconds to wait for the run's end."
)
PATIENCE: Final = Count(
    name="wait",
    default=WAIT_SECONDS_MAX,
    minimum=0,
    maximum=WAIT_SECONDS_MAX,
    description="Seconds to follow the run at most.",
)
RUN_ID: Final = QueryUuid(name="run_id", description="The run.")


class RunRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a run starts with. user_id: the caller's own, opaque id of the end user."""

    inputs: dict[str, Any] = {}
    user_id: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class FeedbackRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody says of a run."""

    run_id: UUID
    feedback: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


_EXAMPLE: Final = RunRequest(inputs={"subject": "Late order"}, user_id="customer-1041")
_FEEDBACK: Final = FeedbackRequest(run_id=UUID("018d7c5e-1a00-7000-8000-000000000002"), feedback="Well done.")


@post(
    "/run/{org_id:str}/{flow_id:str}",
    workflow("use"),
    Operation(
        summary="Run a flow",
        status=202,
        also=[200],
        path=[ORG_ID, FLOW_ID],
        query=[VERSION, WAIT],
        body=RunRequest,
        body_example=_EXAMPLE,
        answer=RunSummary,
        answer_example=RUNS_EXAMPLE[0],
        refuses=[404, 409],
    ),
)
async def run(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Starts a run and answers with its summary: 200 when it has ended within `wait` seconds, else 202."""
    flow, seconds = flow_of(request), WAIT.read(request)
    wish = await _wish(request)

    async def act(claim: Claim | None) -> dict[str, int]:
        return await _start(services, grant, wish, claim)

    async def show(reference: dict[str, int]) -> HttpResponse:
        uuid = await inference.started(services, grant, reference["id"])
        reported = await inference.wait(services, grant, flow, uuid, seconds=seconds)
        status = 202 if reported.run.ended_at is None else 200
        return json_response(summary(reported), status=status)

    return await once.answer(request, services, grant, act, show)


@post(
    "/stream/{org_id:str}/{flow_id:str}",
    workflow("use"),
    Operation(
        summary="Run a flow and follow it",
        path=[ORG_ID, FLOW_ID],
        query=[VERSION, PATIENCE],
        body=RunRequest,
        body_example=_EXAMPLE,
        answer=str,
        answer_example='event: run_started\ndata: {"run_id":"018d7c5e-1a00-7000-8000-000000000002","task":null}\n\n',
        media_type=MEDIA_TYPE,
        refuses=[404, 409, 429],
    ),
)
async def stream(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Starts a run and tells what happens in it, then `end` with its summary: when it ended, or after `wait` seconds.

    The events are those of a chat's workflow runs: `run_started`, `step_started`, `step_progress`, `step_completed`,
    `step_failed`, `run_completed`, `run_failed`.
    """
    flow, seconds = flow_of(request), PATIENCE.read(request)
    wish = await _wish(request)

    async def act(claim: Claim | None) -> dict[str, int]:
        return await _start(services, grant, wish, claim)

    reference = await once.done(request, services, grant, act)
    uuid = await inference.started(services, grant, reference["id"])

    async def events() -> Events:
        facts = inference.follow(services, grant, uuid, seconds=seconds)
        try:
            async for fact in facts:
                event = _shown(fact, uuid)
                if event is not None:
                    yield event
        finally:
            await facts.aclose()
        yield Event(name="end", data=summary(await inference.report(services, grant, flow, uuid)))

    async def recheck(now: Grant) -> None:
        await inference.report(services, now, flow, uuid)

    return event_stream(request, services, grant, events(), recheck=recheck)


@get(
    "/run/{org_id:str}/{flow_id:str}/metadata",
    own_or("analytics:read"),
    Operation(
        summary="Read a run of a flow",
        path=[ORG_ID, FLOW_ID],
        query=[RUN_ID],
        answer=RunSummary,
        answer_example=RUNS_EXAMPLE[0],
        refuses=[404],
    ),
)
async def metadata(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """For whoever started it, whose case it is, or holds analytics:read."""
    uuid = RUN_ID.read(request)
    if uuid is None:
        raise RUN_ID.bad("is required.")
    return json_response(summary(await inference.report(services, grant, flow_of(request), uuid)))


@post(
    "/feedback/{org_id:str}/{flow_id:str}",
    own_or("analytics:read"),
    Operation(
        summary="Say what came of a run",
        path=[ORG_ID, FLOW_ID],
        body=FeedbackRequest,
        body_example=_FEEDBACK,
        answer=RunSummary,
        answer_example=RUNS_EXAMPLE[0],
        refuses=[404],
    ),
)
async def feedback(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Kept with the run, in place of what was said before; for whoever may see the run."""
    flow, body = flow_of(request), await read(request, FeedbackRequest)

    async def act(claim: Claim | None) -> str:
        return await inference.judge(services, grant, flow, body.run_id, body.feedback, claim)

    async def show(reference: str) -> HttpResponse:
        return json_response(summary(await inference.report(services, grant, flow, UUID(reference))))

    return await once.answer(request, services, grant, act, show)


async def _wish(request: HttpRequest) -> FlowWish:
    body = await read(request, RunRequest)
    version = VERSION.read(request) or None
    return FlowWish(flow=flow_of(request), inputs=body.inputs, version_number=version, end_user=body.user_id)


async def _start(services: Services, grant: Grant, wish: FlowWish, claim: Claim | None) -> dict[str, int]:
    """Start it; what is wrong with the version is said of the parameter that named it."""
    try:
        return await inference.start(services, grant, wish, claim)
    except Invalid as error:
        if error.problems[0].path == "/workflowVersionNumber":
            raise BadParameter("query", VERSION.name, error.message) from error
        raise


def _shown(fact: Fact, run: UUID) -> Event | None:
    is_step = fact.type.startswith("step.")
    word = STEP_EVENTS.get(fact.type, STEP_OTHERWISE) if is_step else RUN_EVENTS.get(fact.type)
    if word is None:
        return None
    data = {
        "run_id": run,
        "task": fact.task_key,
        "visit": fact.visit,
        "index": fact.item_index,
        "type": fact.type,
        "date": instant(fact.at),
    }
    return Event(name=word[0], data=data, id=fact.id)


handlers: Final = (run, stream, metadata, feedback)
