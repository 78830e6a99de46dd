"""Assignments (S004): runs seen from the members whose work they are."""

from typing import Any, Final

from casework.api import once
from casework.api.bodies import read
from casework.api.conditional import etag, expected_revision
from casework.api.parameters import PAGE, PAGE_SIZE, Choice, Choices, Flag, PathId, QueryId
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, post, put
from casework.api.workspace.assignment_bodies import (
    CancelAssignmentRequest,
    CreateAssignmentRequest,
    UpdateAssignmentRequest,
    update_of,
    wish_of,
)
from casework.api.workspace.assignment_examples import ASSIGNMENT, TASK
from casework.api.workspace.assignment_rendering import (
    AssignmentResponse,
    AssignmentTaskResponse,
    shown,
    shown_task,
)
from casework.api.workspace.listing import Page, asked
from casework.core.assignment import STATES
from casework.core.claim import Claim
from casework.core.permission import Grant, own_or, workflow
from casework.operations import assignment_changes, assignments, retries
from casework.operations.assignment_changes import Change
from casework.operations.assignments import AssignmentView, Slice, SortField, TaskView, Wanted
from casework.operations.services import Services

ASSIGNMENT_ID: Final = PathId(name="assignment_id", description="The assignment.")
ASSIGNMENT_TASK_ID: Final = PathId(
    name="assignment_task_id", description="A task of the assignment, reached or not: an id of its `tasks`."
)

SORTS: Final[dict[str, SortField]] = {
    "createdAt": "created_at",
    "updatedAt": "updated_at",
    "id": "id",
    "status": "status",
    "priority": "priority",
}
SORT_BY: Final = Choice(
    name="sortBy", choices=tuple(SORTS), default="createdAt", description="What to sort by; equals go by id."
)
SORT_ORDER: Final = Choice(
    name="sortOrder",
    choices=("desc", "asc"),
    default="desc",
    description="Whether the largest or the smallest is first.",
)
MINE: Final = Flag(name="mine", description="Only the caller's own; always so without assignments:read.")
TASK_ID: Final = QueryId(name="taskId", description="Only those whose current task it is.")
MEMBER_ID: Final = QueryId(name="memberId", description="Only that member's; another's needs assignments:read.")
STATUS: Final = Choices(name="status", choices=tuple(STATES), description="Only those of these statuses.")

READ: Final = own_or("assignments:read")
WRITE: Final = own_or("assignments:write")


@get(
    "/assignments",
    READ,
    Operation(
        summary="List assignments",
        query=[PAGE, PAGE_SIZE, SORT_BY, SORT_ORDER, MINE, TASK_ID, MEMBER_ID, STATUS],
        answer=Page[AssignmentResponse],
        answer_example=Page(items=[ASSIGNMENT], total=1, page=1, page_size=50),
    ),
)
async def list_page(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """One's own always; with assignments:read everybody's. A page past the end is empty."""
    page = asked(request)
    part = Slice(
        sort_by=SORTS[SORT_BY.read(request)],
        is_descending=SORT_ORDER.read(request) == "desc",
        limit=page.size,
        offset=page.offset,
    )
    statuses = STATUS.read(request) or ()
    wanted = Wanted(
        mine=MINE.read(request),
        member_id=MEMBER_ID.read(request),
        task_id=TASK_ID.read(request),
        statuses=tuple(status for status in STATES if status in statuses),
    )
    found, total = await assignments.page(services, grant, wanted, part)
    return json_response(page.of([shown(view) for view in found], total))


@post(
    "/assignments",
    workflow("use"),
    Operation(
        summary="Create an assignment",
        status=201,
        body=CreateAssignmentRequest,
        body_example=CreateAssignmentRequest(workflow_id=3, title="Printer is on fire", input={"subject": "Printer"}),
        answer=AssignmentResponse,
        answer_example=ASSIGNMENT,
        refuses=[404, 409, 422],
    ),
)
async def create(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Needs the permission "use" on the workflow; for another member assignments:write too. Opens a chat for it."""
    wish = wish_of(await read(request, CreateAssignmentRequest))

    async def act(claim: Claim | None) -> Any:
        return await assignment_changes.create(services, grant, wish, claim)

    async def show(reference: Any) -> HttpResponse:
        return _answer(await assignments.read(services, grant, reference["id"]), status=201)

    return await once.answer(request, services, grant, act, show)


@get(
    "/assignments/{assignment_id:str}",
    READ,
    Operation(
        summary="Read an assignment",
        path=[ASSIGNMENT_ID],
        answer=AssignmentResponse,
        answer_example=ASSIGNMENT,
        refuses=[404],
    ),
)
async def read_one(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """One's own always; others' with assignments:read."""
    return _answer(await assignments.read(services, grant, ASSIGNMENT_ID.read(request)))


@put(
    "/assignments/{assignment_id:str}",
    WRITE,
    Operation(
        summary="Change an assignment",
        path=[ASSIGNMENT_ID],
        body=UpdateAssignmentRequest,
        body_example=UpdateAssignmentRequest(title="Printer smokes", priority=80),
        answer=AssignmentResponse,
        answer_example=ASSIGNMENT,
        refuses=[404, 409, 412, 422],
    ),
)
async def update(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Only what is sent is changed. Handing it to another member needs assignments:write."""
    assignment_id = ASSIGNMENT_ID.read(request)
    wish = update_of(await read(request, UpdateAssignmentRequest))

    async def act(claim: Claim | None) -> Any:
        return await assignment_changes.update(services, grant, _change(request, assignment_id, claim), wish)

    async def show(_reference: Any) -> HttpResponse:
        return _answer(await assignments.read(services, grant, assignment_id))

    return await once.answer(request, services, grant, act, show)


@post(
    "/assignments/{assignment_id:str}/cancel",
    WRITE,
    Operation(
        summary="Cancel an assignment",
        path=[ASSIGNMENT_ID],
        body=CancelAssignmentRequest,
        body_example=CancelAssignmentRequest(reason="Asked for twice"),
        answer=AssignmentResponse,
        answer_example=ASSIGNMENT,
        refuses=[404, 409, 412, 422],
    ),
)
async def cancel(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Its open tasks are cancelled and taken from whoever is on them. Refused unless it is pending or active."""
    assignment_id = ASSIGNMENT_ID.read(request)
    wish = await read(request, CancelAssignmentRequest)

    async def act(claim: Claim | None) -> Any:
        return await assignment_changes.cancel(services, grant, _change(request, assignment_id, claim), wish.reason)

    async def show(_reference: Any) -> HttpResponse:
        return _answer(await assignments.read(services, grant, assignment_id))

    return await once.answer(request, services, grant, act, show)


@post(
    "/assignments/{assignment_id:str}/retry",
    WRITE,
    Operation(
        summary="Retry an assignment that failed",
        status=201,
        path=[ASSIGNMENT_ID],
        answer=AssignmentResponse,
        answer_example=ASSIGNMENT,
        refuses=[404, 409, 422],
    ),
)
async def retry(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """As a new assignment, which begins at the task that failed; what was done before is kept. Once: then its retry."""
    assignment_id = ASSIGNMENT_ID.read(request)

    async def act(claim: Claim | None) -> Any:
        return await retries.retry(services, grant, assignment_id, claim)

    async def show(reference: Any) -> HttpResponse:
        return _answer(await assignments.read(services, grant, reference["id"]), status=201)

    return await once.answer(request, services, grant, act, show)


@get(
    "/assignments/{assignment_id:str}/tasks/{assignment_task_id:str}",
    READ,
    Operation(
        summary="Read a task of an assignment",
        path=[ASSIGNMENT_ID, ASSIGNMENT_TASK_ID],
        answer=AssignmentTaskResponse,
        answer_example=TASK,
        refuses=[404],
    ),
)
async def read_task(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Reached or not: one that was not reached is pending and has no uuid. Shown by its last visit."""
    ids = ASSIGNMENT_ID.read(request), ASSIGNMENT_TASK_ID.read(request)
    return _task_answer(*await assignments.read_task(services, grant, *ids))


@put(
    "/assignments/{assignment_id:str}/tasks/{assignment_task_id:str}/select",
    WRITE,
    Operation(
        summary="Switch the current task",
        path=[ASSIGNMENT_ID, ASSIGNMENT_TASK_ID],
        answer=AssignmentTaskResponse,
        answer_example=TASK,
        refuses=[400, 404, 409, 412, 422],
    ),
)
async def select(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """To a task that is open, or that a transition of the current one leads to and whose condition is true now.

    The condition sees what is saved on the current task as `output`. A task that is left in progress is paused.
    """
    assignment_id, task_id = ASSIGNMENT_ID.read(request), ASSIGNMENT_TASK_ID.read(request)

    async def act(claim: Claim | None) -> Any:
        return await assignment_changes.select(services, grant, _change(request, assignment_id, claim), task_id)

    async def show(_reference: Any) -> HttpResponse:
        return _task_answer(*await assignments.read_task(services, grant, assignment_id, task_id))

    return await once.answer(request, services, grant, act, show)


def _change(request: HttpRequest, assignment_id: int, claim: Claim | None) -> Change:
    return Change(assignment_id=assignment_id, expected_revision=expected_revision(request), claim=claim)


def _answer(view: AssignmentView, *, status: int = 200) -> HttpResponse:
    return json_response(shown(view), status=status, headers={"etag": etag(view.row.revision)})


def _task_answer(view: AssignmentView, task: TaskView) -> HttpResponse:
    return json_response(shown_task(task), headers={"etag": etag(view.row.revision)})


handlers = (list_page, create, read_one, update, cancel, retry, read_task, select)
