"""The business calendar of the workspace."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from casework.api import once
from casework.api.bodies import read
from casework.api.conditional import etag, expected_revision
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, put
from casework.core.calendar import DAY_MINUTES, HOLIDAYS_MAX, SPANS_MAX, Calendar, Spans
from casework.core.claim import Claim
from casework.core.permission import MEMBER, Grant, scope
from casework.operations import calendars
from casework.operations.calendars import WEEKDAYS, Kept
from casework.operations.services import Services

Opening = Annotated[
    str,
    Meta(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)(?![\s\S])",
        description="From and to, in the time of the place; 24:00 is the end of the day.",
        examples=["09:00-17:00"],
    ),
]
Openings = Annotated[list[Opening], Meta(max_length=SPANS_MAX)]


class Hours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Opening hours of each weekday; none on a day that is not named."""

    monday: Openings = []
    tuesday: Openings = []
    wednesday: Openings = []
    thursday: Openings = []
    friday: Openings = []
    saturday: Openings = []
    sunday: Openings = []


class CalendarBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """When the workspace works: hours of each weekday in the time of a place, and days without any."""

    hours: Hours
    time_zone: Annotated[str, Meta(min_length=1, max_length=100)] = "UTC"
    holidays: Annotated[list[date], Meta(max_length=HOLIDAYS_MAX)] = []


EXAMPLE = CalendarBody(
    time_zone="Europe/Berlin",
    hours=Hours(
        monday=["09:00-12:30", "13:30-17:00"],
        tuesday=["09:00-17:00"],
        wednesday=["09:00-17:00"],
        thursday=["09:00-17:00"],
        friday=["09:00-15:00"],
    ),
    holidays=[date(2026, 12, 25), date(2026, 12, 26)],
)


@get("/calendar", MEMBER, Operation(summary="Read the calendar", answer=CalendarBody, answer_example=EXAMPLE))
async def read_one(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:  # noqa: ARG001
    """Monday to Friday, 9 to 17 UTC, where the workspace has set none."""
    return _answer(await calendars.read(services, grant))


@put(
    "/calendar",
    scope("workspace:admin"),
    Operation(
        summary="Set the calendar",
        body=CalendarBody,
        body_example=EXAMPLE,
        answer=CalendarBody,
        answer_example=EXAMPLE,
        refuses=[412, 422],
    ),
)
async def replace(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """The whole of it. What is due already stays due then; what becomes ready later goes by the new hours."""
    body = await read(request, CalendarBody)
    revision = expected_revision(request)
    hours = tuple(tuple(_minutes(text) for text in getattr(body.hours, day)) for day in WEEKDAYS)
    wanted = Calendar(time_zone=body.time_zone, hours=hours, holidays=frozenset(body.holidays))

    async def act(claim: Claim | None) -> None:
        await calendars.replace(services, grant, wanted, expected_revision=revision, claim=claim)

    async def show(_reference: object) -> HttpResponse:
        return _answer(await calendars.read(services, grant))

    return await once.answer(request, services, grant, act, show)


def _answer(kept: Kept) -> HttpResponse:
    calendar = kept.calendar
    hours = Hours(**{day: _texts(spans) for day, spans in zip(WEEKDAYS, calendar.hours, strict=True)})
    body = CalendarBody(hours=hours, time_zone=calendar.time_zone, holidays=sorted(calendar.holidays))
    return json_response(body, headers={"etag": etag(kept.revision)})


def _minutes(text: str) -> tuple[int, int]:
    begin, end = (int(part[:2]) * 60 + int(part[3:]) for part in text.split("-"))
    return begin, end


def _texts(spans: Spans) -> list[str]:
    return [f"{_time(begin)}-{_time(end)}" for begin, end in spans]


def _time(minute: int) -> str:
    return "24:00" if minute == DAY_MINUTES else f"{minute // 60:02}:{minute % 60:02}"


handlers = (read_one, replace)
