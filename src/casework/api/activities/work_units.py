"""Work units: cases as their project sees them."""

from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from casework.api import once
from casework.api.activities.bodies import CancelBody, NewWorkUnitBody, WorkUnitBody, one_of
from casework.api.activities.documents import WORK_UNIT_EXAMPLE, GraphDocument, WorkUnitDocument, WorkUnitPage
from casework.api.activities.graphs import shown
from casework.api.activities.ids import WORK_UNIT_ID
from casework.api.activities.listing import WORK_UNITS, Asked
from casework.api.activities.replies import page_reply, row_reply
from casework.api.activities.resources import WORK_UNIT
from casework.api.bodies import read
from casework.api.conditional import expected_revision
from casework.api.render import JSON, JSON_API, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, patch, post
from casework.core.claim import Claim
from casework.core.clocks import truncated
from casework.core.command import Update
from casework.core.errors import Invalid
from casework.core.permission import Grant, project, workflow
from casework.operations import progress, work_units
from casework.operations.activities import Change
from casework.operations.services import Services
from casework.operations.work_units import NewWorkUnit

_READ: Final = project("activities:read")
_WRITE: Final = project("activities:write")


@get(
    "/work_units",
    _READ,
    Operation(
        summary="List work units",
        query=WORK_UNITS.parameters(),
        answer=WorkUnitPage,
        answer_example={"data": [WORK_UNIT_EXAMPLE], "meta": {"count": 1}},
        media_type=JSON_API,
    ),
)
async def list_work_units(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """The work units of the caller's projects; with `activities:read` those of every project. Oldest first."""
    asked = WORK_UNITS.read(request)
    return page_reply(WORK_UNIT, await work_units.list_work_units(services, grant, asked.reading), asked)


@post(
    "/work_units",
    workflow("use"),
    Operation(
        summary="Make a work unit",
        query=WORK_UNITS.parameters_of_one(),
        body=NewWorkUnitBody,
        body_example={"project_id": 1, "name": "Order 4711", "data": {"subject": "My bill"}, "priority": 60},
        body_media_types=(JSON, JSON_API),
        answer=WorkUnitDocument,
        answer_example={"data": WORK_UNIT_EXAMPLE},
        media_type=JSON_API,
        status=201,
        refuses=[404, 409],
    ),
)
async def create(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Starts a case of the project, by its newest version unless one is named; needs `use` on the workflow."""
    asked = WORK_UNITS.read_one(request)
    sent = await read(request, NewWorkUnitBody)
    new = _new(sent)

    async def act(claim: Claim | None) -> dict[str, int]:
        try:
            return await work_units.create(services, grant, new, claim)
        except Invalid as error:
            raise _as_sent(error, sent) from None

    async def show(reference: dict[str, int]) -> HttpResponse:
        response = await _shown(services, grant, reference["id"], asked)
        response.status_code = 201
        response.headers["location"] = f"/api/v3/workflow/work_units/{reference['id']}"
        return response

    return await once.answer(request, services, grant, act, show)


@get(
    "/work_units/{work_unit_id:str}",
    _READ,
    Operation(
        summary="Read a work unit",
        path=[WORK_UNIT_ID],
        query=WORK_UNITS.parameters_of_one(),
        answer=WorkUnitDocument,
        answer_example={"data": WORK_UNIT_EXAMPLE},
        media_type=JSON_API,
        refuses=[404],
    ),
)
async def read_work_unit(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Its `ETag` can be sent back as `If-Match` with a change."""
    asked = WORK_UNITS.read_one(request)
    return await _shown(services, grant, WORK_UNIT_ID.read(request), asked)


@patch(
    "/work_units/{work_unit_id:str}",
    _WRITE,
    Operation(
        summary="Change a work unit",
        path=[WORK_UNIT_ID],
        query=WORK_UNITS.parameters_of_one(),
        body=WorkUnitBody,
        body_example={"name": "Order 4711, urgent", "priority": 90},
        body_media_types=(JSON, JSON_API),
        answer=WorkUnitDocument,
        answer_example={"data": WORK_UNIT_EXAMPLE},
        media_type=JSON_API,
        refuses=[404, 409, 412],
    ),
)
async def change(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Only what is sent is changed; by its own member, or a supervisor. A new priority is its activities' too."""
    asked = WORK_UNITS.read_one(request)
    work_unit_id = WORK_UNIT_ID.read(request)
    sent = await read(request, WorkUnitBody)
    sent.refuse_other(work_unit_id)
    due_at = truncated(sent.due_at) if sent.due_at else sent.due_at
    command = Update(title=one_of(sent, "name", "title"), priority=sent.priority, due_at=due_at)
    revision = expected_revision(request)

    async def act(claim: Claim | None) -> int:
        wanted = Change(expected_revision=revision, claim=claim)
        return await work_units.update(services, grant, work_unit_id, command, wanted)

    async def show(reference: int) -> HttpResponse:
        return await _shown(services, grant, reference, asked)

    return await once.answer(request, services, grant, act, show)


@post(
    "/work_units/{work_unit_id:str}/cancel",
    _WRITE,
    Operation(
        summary="Cancel a work unit",
        path=[WORK_UNIT_ID],
        query=WORK_UNITS.parameters_of_one(),
        body=CancelBody,
        body_example={"reason": "Ordered twice."},
        body_media_types=(JSON, JSON_API),
        answer=WorkUnitDocument,
        answer_example={"data": WORK_UNIT_EXAMPLE},
        media_type=JSON_API,
        refuses=[404, 409, 412],
    ),
)
async def cancel(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Cancels and unassigns its open activities and closes their work periods; by its own member, or a supervisor."""
    asked = WORK_UNITS.read_one(request)
    work_unit_id = WORK_UNIT_ID.read(request)
    sent = await read(request, CancelBody)
    sent.refuse_other(work_unit_id)
    reason = None if sent.reason is UNSET else sent.reason
    revision = expected_revision(request)

    async def act(claim: Claim | None) -> int:
        wanted = Change(expected_revision=revision, claim=claim)
        return await work_units.cancel(services, grant, work_unit_id, reason, wanted)

    async def show(reference: int) -> HttpResponse:
        return await _shown(services, grant, reference, asked)

    return await once.answer(request, services, grant, act, show)


@get(
    "/work_units/{work_unit_id:str}/workflow",
    _READ,
    Operation(
        summary="Read a work unit's graph",
        path=[WORK_UNIT_ID],
        answer=GraphDocument,
        media_type=JSON_API,
        refuses=[404],
    ),
)
async def read_graph(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """The nodes and the ways between them of the version that the work unit goes by, each node with its status."""
    found = await progress.get_progress(services, grant, WORK_UNIT_ID.read(request))
    return json_response({"data": shown(found)}, media_type=JSON_API)


async def _shown(services: Services, grant: Grant, work_unit_id: int, asked: Asked) -> HttpResponse:
    page = await work_units.get_work_unit(services, grant, work_unit_id, related=asked.reading.related)
    return row_reply(WORK_UNIT, page, asked, revision=page.rows[0].revision)


def _new(sent: NewWorkUnitBody) -> NewWorkUnit:
    title, data = one_of(sent, "name", "title"), one_of(sent, "data", "input")
    named: dict[str, Any] = {
        "title": title,
        "input": data,
        "priority": sent.priority,
        "due_at": truncated(sent.due_at) if sent.due_at else sent.due_at,
        "external_id": sent.external_id,
        "version_number": sent.version,
    }
    return NewWorkUnit(
        project_id=sent.project_id, **{name: value for name, value in named.items() if value is not UNSET}
    )


def _as_sent(error: Invalid, sent: NewWorkUnitBody) -> Invalid:
    """The error with its places named as the caller named them."""
    names = {"input": "data" if sent.input is UNSET else "input", "workflowVersionNumber": "version"}
    found = []
    for problem in error.problems:
        _, _, path = problem.path.partition("/")
        first, slash, rest = path.partition("/")
        found.append(replace(problem, path=f"/{names[first]}{slash}{rest}") if first in names else problem)
    return Invalid(error.message, tuple(found))


handlers = [list_work_units, create, read_work_unit, change, cancel, read_graph]
