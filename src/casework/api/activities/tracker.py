"""Work periods, and the tracker: what the caller has its hands on."""

from collections.abc import Awaitable, Callable
from typing import Any

from casework.api import once
from casework.api.activities import words
from casework.api.activities.bodies import NoFields, StartBody
from casework.api.activities.documents import Document, Page
from casework.api.activities.listing import WORK_PERIODS
from casework.api.activities.replies import page_reply
from casework.api.activities.resources import ACTIVITY, WORK_PERIOD
from casework.api.bodies import read
from casework.api.conditional import etag, expected_revision
from casework.api.literals import parse_uuid
from casework.api.render import JSON, JSON_API, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, post
from casework.core.claim import Claim
from casework.core.errors import Conflict, Invalid, Problem
from casework.core.permission import MEMBER, Grant, project
from casework.operations import work_periods
from casework.operations.activities import Change
from casework.operations.services import Services


def _operation(summary: str, body: Any, example: Any) -> Operation:
    return Operation(
        summary=summary,
        body=body,
        body_example=example,
        body_media_types=(JSON, JSON_API),
        answer=Document,
        media_type=JSON_API,
        refuses=[404, 409, 412],
    )


@get(
    "/work_periods",
    project("activities:read"),
    Operation(summary="List work periods", query=WORK_PERIODS.parameters(), answer=Page, media_type=JSON_API),
)
async def list_work_periods(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """The caller's own, with `activities:read` everybody's. `filter[ended_at]=` finds those that are open."""
    asked = WORK_PERIODS.read(request)
    return page_reply(WORK_PERIOD, await work_periods.list_work_periods(services, grant, asked.reading), asked)


@get(
    "/tracker/last",
    MEMBER,
    Operation(summary="Read what one works on", answer=Document, media_type=JSON_API),
)
async def last(services: Services, grant: Grant) -> HttpResponse:
    """The caller's open work period, or its last one, with its activity included; `data` is null before the first."""
    return await _tracked(services, grant)


@post(
    "/tracker/start",
    project("activities:write"),
    _operation("Start or resume work", StartBody, {"activity_id": "018d7c5e-1a00-7000-8000-000000000001"}),
)
async def start(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """As `process` of that activity."""
    sent = await read(request, StartBody)
    uuid = parse_uuid(sent.activity_id)
    if uuid is None:
        message = "must be a UUID."
        raise Invalid(f"activity_id: {message}", (Problem(path="/activity_id", message=message),))
    return await _moved(request, services, grant, lambda change: work_periods.start(services, grant, uuid, change))


@post("/tracker/pause", MEMBER, _operation("Pause work", NoFields, {}))
async def pause(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """As `pause` of the activity that the caller works on; 409 where it works on none."""
    await read(request, NoFields)
    return await _moved(request, services, grant, lambda change: work_periods.pause(services, grant, change))


@post("/tracker/resume", MEMBER, _operation("Resume work", NoFields, {}))
async def resume(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """As `process` of the activity that the caller worked on last."""
    await read(request, NoFields)
    return await _moved(request, services, grant, lambda change: work_periods.resume(services, grant, change))


async def _moved(
    request: HttpRequest, services: Services, grant: Grant, move: Callable[[Change], Awaitable[str]]
) -> HttpResponse:
    revision = expected_revision(request)

    async def act(claim: Claim | None) -> str:
        try:
            return await move(Change(expected_revision=revision, claim=claim))
        except Conflict as error:
            raise Conflict(words.retold(error.message)) from error

    async def show(_reference: str) -> HttpResponse:
        return await _tracked(services, grant)

    return await once.answer(request, services, grant, act, show)


async def _tracked(services: Services, grant: Grant) -> HttpResponse:
    found = await work_periods.last(services, grant)
    if found.period is None or found.activity is None:
        return json_response({"data": None, "included": []}, media_type=JSON_API)
    body = {"data": WORK_PERIOD.render(found.period, {}), "included": [ACTIVITY.render(found.activity, {})]}
    return json_response(body, headers={"etag": etag(found.activity.revision)}, media_type=JSON_API)


handlers = [list_work_periods, last, start, pause, resume]
