"""Schedules: runs that start by themselves at the times of a timetable."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from casework.api import once
from casework.api.bodies import Id, read, utc
from casework.api.conditional import etag, expected_revision
from casework.api.parameters import PAGE, PAGE_SIZE, PathId
from casework.api.render import Instant, instant, json_response, no_content
from casework.api.routes import HttpRequest, HttpResponse, Operation, delete, get, post, put
from casework.api.workspace.assignment_bodies import DueAt, Title
from casework.api.workspace.listing import Page, asked
from casework.core.claim import Claim
from casework.core.permission import Grant, workflow
from casework.operations import schedules
from casework.operations.schedules import OnMissed, Plan, Schedule
from casework.operations.services import Services

SCHEDULE_ID = PathId(name="schedule_id", description="The schedule.")

TriggerName = Annotated[str, Meta(min_length=1, max_length=200)]
Cron = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=200,
        description="Minute, hour, day of the month, month, day of the week; or @hourly, @daily, @weekly and the like.",
    ),
]
TimeZone = Annotated[
    str, Meta(min_length=1, max_length=100, description="Whose time it is, such as Europe/Berlin or UTC.")
]


class CreateScheduleRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A schedule to be made.

    memberId: whose the runs will be; by default nobody's. onMissed: what becomes of times that pass while no server
    runs: they are passed over, or made up for by one run.
    """

    workflow_id: Id
    name: TriggerName
    cron: Cron
    time_zone: TimeZone = "UTC"
    input: dict[str, Any] = msgspec.field(default_factory=dict)
    member_id: Id | None = None
    title: Title = ""
    enabled: bool = True
    starts_at: DueAt | None = None
    ends_at: DueAt | None = None
    on_missed: OnMissed = "skip"


class UpdateScheduleRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What is to be changed of a schedule; what went wrong before is forgotten."""

    name: TriggerName | UnsetType = UNSET
    cron: Cron | UnsetType = UNSET
    time_zone: TimeZone | UnsetType = UNSET
    input: dict[str, Any] | UnsetType = UNSET
    member_id: Id | UnsetType | None = UNSET
    title: Title | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    starts_at: DueAt | UnsetType | None = UNSET
    ends_at: DueAt | UnsetType | None = UNSET
    on_missed: OnMissed | UnsetType = UNSET


class ScheduleResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A schedule.

    nextAt: when it is due next; null where it is not enabled, or over. lastAt, lastRunId, lastError: the time that was
    due last, and what came of it. failures: starts in a row that were refused; after three it is switched off.
    """

    id: int
    workflow_id: int
    workflow_name: str
    name: str
    cron: str
    time_zone: str
    input: dict[str, Any]
    member_id: int | None
    title: str
    enabled: bool
    starts_at: Instant | None
    ends_at: Instant | None
    on_missed: OnMissed
    next_at: Instant | None
    last_at: Instant | None
    last_run_id: int | None
    last_error: str | None
    failures: int
    created_at: Instant | None
    updated_at: Instant | None


class StartedResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The run that was started."""

    run_id: int


_WISH = {
    "workflowId": 7,
    "name": "Monthly review",
    "cron": "30 8 1 * *",
    "timeZone": "Europe/Berlin",
    "input": {"kind": "monthly"},
}
EXAMPLE = ScheduleResponse(
    id=3,
    workflow_id=7,
    workflow_name="Expenses",
    name="Monthly review",
    cron="30 8 1 * *",
    time_zone="Europe/Berlin",
    input={"kind": "monthly"},
    member_id=None,
    title="",
    enabled=True,
    starts_at=None,
    ends_at=None,
    on_missed="skip",
    next_at="2024-03-01T07:30:00.000Z",
    last_at="2024-02-01T07:30:00.000Z",
    last_run_id=41,
    last_error=None,
    failures=0,
    created_at="2024-01-04T12:00:00.000Z",
    updated_at="2024-01-04T12:00:00.000Z",
)


@get(
    "/schedules",
    workflow("edit"),
    Operation(
        summary="List schedules",
        query=[PAGE, PAGE_SIZE],
        answer=Page[ScheduleResponse],
        answer_example={"items": [EXAMPLE], "total": 1, "page": 1, "pageSize": 50},
    ),
)
async def list_all(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Newest first: those of workflows that the caller may edit."""
    page = asked(request)
    found, total = await schedules.page(services, grant, limit=page.size, offset=page.offset)
    return json_response(page.of([_shown(one) for one in found], total))


@post(
    "/schedules",
    workflow("edit"),
    Operation(
        summary="Make a schedule",
        status=201,
        body=CreateScheduleRequest,
        body_example=_WISH,
        answer=ScheduleResponse,
        answer_example=EXAMPLE,
        refuses=[404, 422],
    ),
)
async def create(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """The input must fit the workflow as it is now. Each time starts one run, however many servers there are."""
    body = await read(request, CreateScheduleRequest)
    plan = Plan(**_fields(body))

    async def act(claim: Claim | None) -> int:
        return await schedules.create(services, grant, body.workflow_id, plan, claim)

    async def show(schedule_id: int) -> HttpResponse:
        return _answer(await schedules.read(services, grant, schedule_id), status=201)

    return await once.answer(request, services, grant, act, show)


@get(
    "/schedules/{schedule_id:str}",
    workflow("edit"),
    Operation(
        summary="Read a schedule",
        path=[SCHEDULE_ID],
        answer=ScheduleResponse,
        answer_example=EXAMPLE,
        refuses=[404],
    ),
)
async def read_one(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """With when it is due next, and what came of the last time."""
    return _answer(await schedules.read(services, grant, SCHEDULE_ID.read(request)))


@put(
    "/schedules/{schedule_id:str}",
    workflow("edit"),
    Operation(
        summary="Change a schedule",
        path=[SCHEDULE_ID],
        body=UpdateScheduleRequest,
        body_example={"cron": "0 9 * * MON-FRI", "onMissed": "once"},
        answer=ScheduleResponse,
        answer_example=EXAMPLE,
        refuses=[404, 412, 422],
    ),
)
async def change(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Only what is sent is changed. A time that was due and not yet started is not made up for."""
    schedule_id = SCHEDULE_ID.read(request)
    fields = _fields(await read(request, UpdateScheduleRequest))
    revision = expected_revision(request)

    async def act(claim: Claim | None) -> int:
        return await schedules.change(services, grant, schedule_id, fields, expected_revision=revision, claim=claim)

    async def show(changed: int) -> HttpResponse:
        return _answer(await schedules.read(services, grant, changed))

    return await once.answer(request, services, grant, act, show)


@delete(
    "/schedules/{schedule_id:str}",
    workflow("edit"),
    Operation(summary="Delete a schedule", path=[SCHEDULE_ID], status=204, refuses=[404, 412]),
)
async def remove(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Its runs go on."""
    schedule_id = SCHEDULE_ID.read(request)
    await schedules.delete(services, grant, schedule_id, expected_revision=expected_revision(request))
    return no_content()


@post(
    "/schedules/{schedule_id:str}/run-now",
    workflow("edit"),
    Operation(
        summary="Start a run of a schedule at once",
        path=[SCHEDULE_ID],
        status=201,
        answer=StartedResponse,
        answer_example=StartedResponse(run_id=41),
        refuses=[404, 409, 422],
    ),
)
async def run_now(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Beside its times, which stay as they are; also of a schedule that is not enabled."""
    schedule_id = SCHEDULE_ID.read(request)

    async def act(claim: Claim | None) -> dict[str, Any]:
        return await schedules.run_now(services, grant, schedule_id, claim)

    async def show(reference: dict[str, Any]) -> HttpResponse:
        return json_response(StartedResponse(run_id=reference["id"]), status=201)

    return await once.answer(request, services, grant, act, show)


def _fields(body: CreateScheduleRequest | UpdateScheduleRequest) -> dict[str, Any]:
    """What was sent of the plan, as it is kept."""
    fields = {
        name: value
        for name, value in msgspec.structs.asdict(body).items()
        if value is not UNSET and name != "workflow_id"
    }
    if "enabled" in fields:
        fields["is_enabled"] = fields.pop("enabled")
    for name, sent in (("starts_at", "startsAt"), ("ends_at", "endsAt")):
        if isinstance(fields.get(name), datetime):
            fields[name] = utc(fields[name], sent)
    return fields


def _shown(one: Schedule) -> ScheduleResponse:
    fields = {name: getattr(one, name) for name in ScheduleResponse.__struct_fields__ if name != "enabled"}
    instants = {name: instant(value) for name, value in fields.items() if name.endswith("_at")}
    return ScheduleResponse(**fields | instants, enabled=one.is_enabled)


def _answer(one: Schedule, *, status: int = 200) -> HttpResponse:
    return json_response(_shown(one), status=status, headers={"etag": etag(one.revision)})


handlers = (list_all, create, read_one, change, remove, run_now)
