"""Incidents: steps that failed for good and wait for somebody to decide."""

from typing import Any, Final

import msgspec

from casework.api import once
from casework.api.bodies import read
from casework.api.parameters import PAGE, PAGE_SIZE, PathId, QueryId, Text
from casework.api.render import Instant, instant, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, post
from casework.api.workspace.listing import Page, asked
from casework.core.claim import Claim
from casework.core.definition import Json
from casework.core.permission import Grant, scope
from casework.operations import incidents
from casework.operations.incidents import How, Incident, Sought
from casework.operations.services import Services

INCIDENT_ID: Final = PathId(name="incident_id", description="The incident.")
WORKFLOW_ID: Final = QueryId(name="workflowId", description="Only those of this workflow.")
TASK_ID: Final = QueryId(name="taskId", description="Only those of this task.")
ASSIGNMENT_ID: Final = QueryId(name="assignmentId", description="Only those of this assignment.")
CODE: Final = Text(name="code", description="Only those whose error has this code.")

READ: Final = scope("activities:read")
WRITE: Final = scope("activities:write")


class IncidentResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An open incident.

    code, message, attempt: what went wrong, at which attempt. answer: what did not fit, where that is why. data: what
    the step was given.
    """

    id: int
    assignment_id: int
    assignment_title: str
    workflow_id: int
    workflow_name: str
    task_id: int
    task_key: str
    task_name: str
    kind: str
    visit: int
    code: str
    message: str
    attempt: int
    answer: Json
    data: Json
    created_at: Instant | None


class ResolveIncidentRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """The output that the step would have had; it must fit the task's schema."""

    output: Json


class ResolvedResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The incident that was resolved, and whose it was."""

    id: int
    assignment_id: int


EXAMPLE = IncidentResponse(
    id=88,
    assignment_id=41,
    assignment_title="Printer is on fire",
    workflow_id=7,
    workflow_name="Support",
    task_id=3,
    task_key="book",
    task_name="Book the carrier",
    kind="http",
    visit=1,
    code="status",
    message="The answer's status is 503.",
    attempt=5,
    answer={"status": 503, "headers": {}, "body": "Down for maintenance"},
    data={"method": "POST", "url": "https://carrier.example/orders"},
    created_at="2024-02-01T07:30:00.000Z",
)
RESOLVED = ResolvedResponse(id=88, assignment_id=41)


@get(
    "/incidents",
    READ,
    Operation(
        summary="List open incidents",
        query=[PAGE, PAGE_SIZE, WORKFLOW_ID, TASK_ID, ASSIGNMENT_ID, CODE],
        answer=Page[IncidentResponse],
        answer_example=Page(items=[EXAMPLE], total=1, page=1, page_size=50),
    ),
)
async def list_all(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Newest first. One that was resolved is not listed any more; the events of its run tell of it."""
    page = asked(request)
    sought = Sought(
        workflow_id=WORKFLOW_ID.read(request),
        task_id=TASK_ID.read(request),
        run_id=ASSIGNMENT_ID.read(request),
        code=CODE.read(request),
    )
    found, total = await incidents.page(services, grant, sought, limit=page.size, offset=page.offset)
    return json_response(page.of([_shown(one) for one in found], total))


@get(
    "/incidents/{incident_id:str}",
    READ,
    Operation(
        summary="Read an open incident",
        path=[INCIDENT_ID],
        answer=IncidentResponse,
        answer_example=EXAMPLE,
        refuses=[404],
    ),
)
async def read_one(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """With what the step was given, and the answer that did not fit."""
    return json_response(_shown(await incidents.read(services, grant, INCIDENT_ID.read(request))))


def _resolving(summary: str) -> Operation:
    return Operation(
        summary=summary,
        path=[INCIDENT_ID],
        answer=ResolvedResponse,
        answer_example=RESOLVED,
        refuses=[404, 409, 422],
    )


@post("/incidents/{incident_id:str}/retry", WRITE, _resolving("Try the step of an incident again"))
async def retry(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """From its beginning, with as many attempts as a new one."""
    return await _resolve(request, services, grant, "retry")


@post(
    "/incidents/{incident_id:str}/resolve",
    WRITE,
    msgspec.structs.replace(
        _resolving("Go on with an output"),
        body=ResolveIncidentRequest,
        body_example=ResolveIncidentRequest(output={"orderNumber": "C-17"}),
    ),
)
async def resolve(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """The step is completed with it, as if it had done its work."""
    body = await read(request, ResolveIncidentRequest)
    return await _resolve(request, services, grant, "output", body.output)


@post("/incidents/{incident_id:str}/skip", WRITE, _resolving("Go on without the step"))
async def skip(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """By the first way on that is open without an output, else by `otherwise`."""
    return await _resolve(request, services, grant, "skip")


@post("/incidents/{incident_id:str}/fail", WRITE, _resolving("Let the run of an incident fail"))
async def fail(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """With the error of the incident; its other open steps are cancelled."""
    return await _resolve(request, services, grant, "fail")


async def _resolve(
    request: HttpRequest, services: Services, grant: Grant, how: How, output: Json = None
) -> HttpResponse:
    incident_id = INCIDENT_ID.read(request)

    async def act(claim: Claim | None) -> Any:
        return await incidents.resolve(services, grant, incident_id, how, output=output, claim=claim)

    async def show(reference: Any) -> HttpResponse:
        return json_response(ResolvedResponse(id=reference["id"], assignment_id=reference["run_id"]))

    return await once.answer(request, services, grant, act, show)


def _shown(one: Incident) -> IncidentResponse:
    return IncidentResponse(
        id=one.id,
        assignment_id=one.run_id,
        assignment_title=one.run_title,
        workflow_id=one.workflow_id,
        workflow_name=one.workflow_name,
        task_id=one.task_id,
        task_key=one.task_key,
        task_name=one.task_name,
        kind=one.kind,
        visit=one.visit,
        code=one.error["code"],
        message=one.error["message"],
        attempt=one.error["attempt"],
        answer=one.error.get("output"),
        data=one.data,
        created_at=instant(one.created_at),
    )


handlers = (list_all, read_one, retry, resolve, skip, fail)
