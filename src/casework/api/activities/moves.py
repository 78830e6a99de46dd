"""What people do with activities: every action answers with the activity as it is then."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import msgspec

from casework.api import once
from casework.api.activities import words
from casework.api.activities.bodies import (
    AssignBody,
    Body,
    CompleteBody,
    DataBody,
    ErrorBody,
    NextBody,
    Nothing,
    ReassignBody,
)
from casework.api.activities.documents import ACTIVITY_EXAMPLE, ActivityDocument, MaybeActivityDocument
from casework.api.activities.ids import ACTIVITY_ID
from casework.api.activities.listing import ACTIVITIES
from casework.api.activities.replies import row_reply
from casework.api.activities.resources import ACTIVITY
from casework.api.bodies import read
from casework.api.conditional import expected_revision
from casework.api.render import JSON, JSON_API, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, patch, post
from casework.core.claim import Claim
from casework.core.errors import Conflict
from casework.core.permission import Grant, project
from casework.operations import activities, next_activity
from casework.operations.activities import Answer, Assignment, Change
from casework.operations.services import Services

Sent = TypeVar("Sent", bound=Body)


class Move(msgspec.Struct, Generic[Sent], frozen=True, kw_only=True):
    """An action: its name in the table of moves, what is sent for it, and how it is carried out."""

    action: str
    body: type[Sent]
    act: Callable[[Services, Grant, UUID, Sent, Change], Awaitable[str]]


_POLICY: Final = project("activities:write")


def _operation(summary: str, body: Any, example: Any) -> Operation:
    return Operation(
        summary=summary,
        path=[ACTIVITY_ID],
        query=ACTIVITIES.parameters_of_one(),
        body=body,
        body_example=example,
        body_media_types=(JSON, JSON_API),
        answer=ActivityDocument,
        answer_example={"data": ACTIVITY_EXAMPLE},
        media_type=JSON_API,
        refuses=[404, 409, 412],
    )


@patch(
    "/activities/{activity_id:str}",
    _POLICY,
    _operation("Save an activity's data", DataBody, {"data": {"note": "Waiting for the customer."}}),
)
async def save(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Keeps the data, merged over what was saved, without completing the activity."""

    async def act(services: Services, grant: Grant, uuid: UUID, sent: DataBody, change: Change) -> str:
        return await activities.save(services, grant, uuid, sent.data, change)

    return await _moved(request, services, grant, Move(action="save", body=DataBody, act=act))


@patch(
    "/activities/{activity_id:str}/assign",
    _POLICY,
    _operation("Assign an activity", AssignBody, {"account_id": 12, "start_working": False}),
)
async def assign(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Gives an activity that nobody is on to a person: the caller, unless `account_id` names another.

    To assign others takes a supervisor of the project, or `activities:write`. The same person again changes nothing.
    """

    async def act(services: Services, grant: Grant, uuid: UUID, sent: AssignBody, change: Change) -> str:
        named = None if sent.self_assigning or sent.account_id is msgspec.UNSET else sent.account_id
        wish = Assignment(account_id=named, start_working=sent.start_working)
        return await activities.assign(services, grant, uuid, wish, change)

    return await _moved(request, services, grant, Move(action="assign", body=AssignBody, act=act))


@post("/activities/{activity_id:str}/cancel", _POLICY, _operation("Cancel an activity", Nothing, {}))
async def cancel(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Takes the activity out of its work unit; one that is left with nothing else is canceled with it."""
    return await _moved(request, services, grant, _without_body("cancel", activities.cancel))


@patch(
    "/activities/{activity_id:str}/complete",
    _POLICY,
    _operation("Complete an activity", CompleteBody, {"data": {"topic": "billing"}}),
)
async def complete(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """The data, merged over what was saved, becomes its output, and the work unit moves on.

    Data that does not fit the node's form is refused with a pointer for each problem, and changes nothing. With
    `self_assigning` an activity that nobody is on is taken by the caller and completed in one change.
    """

    async def act(services: Services, grant: Grant, uuid: UUID, sent: CompleteBody, change: Change) -> str:
        answer = Answer(data=sent.data, take=sent.self_assigning)
        return await activities.complete(services, grant, uuid, answer, change)

    return await _moved(request, services, grant, Move(action="complete", body=CompleteBody, act=act))


@post(
    "/activities/{activity_id:str}/error",
    _POLICY,
    _operation("Report an error on an activity", ErrorBody, {"data": {"comment": "The address is missing."}}),
)
async def error(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Says that the activity cannot be done; its node's way for errors is taken, else the work unit ends as errored."""

    async def act(services: Services, grant: Grant, uuid: UUID, sent: ErrorBody, change: Change) -> str:
        comment = "" if sent.data is msgspec.UNSET else sent.data.comment
        return await activities.fail(services, grant, uuid, comment, change)

    return await _moved(request, services, grant, Move(action="error", body=ErrorBody, act=act))


@patch("/activities/{activity_id:str}/pause", _POLICY, _operation("Pause an activity", Nothing, {}))
async def pause(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Stops work for now; `process` resumes it."""
    return await _moved(request, services, grant, _without_body("pause", activities.pause))


@patch("/activities/{activity_id:str}/process", _POLICY, _operation("Start or resume an activity", Nothing, {}))
async def process(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Sets the assignee, who must be the caller, to work; what they worked on until now is paused."""
    return await _moved(request, services, grant, _without_body("process", activities.process))


@patch(
    "/activities/{activity_id:str}/reassign",
    _POLICY,
    _operation("Reassign an activity", ReassignBody, {"account_id": 12}),
)
async def reassign(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Hands the activity over to another person; by whoever has it, or a supervisor."""

    async def act(services: Services, grant: Grant, uuid: UUID, sent: ReassignBody, change: Change) -> str:
        return await activities.reassign(services, grant, uuid, sent.account_id, change)

    return await _moved(request, services, grant, Move(action="reassign", body=ReassignBody, act=act))


@patch("/activities/{activity_id:str}/unassign", _POLICY, _operation("Unassign an activity", Nothing, {}))
async def unassign(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Puts the activity back for anybody; by whoever has it, or a supervisor."""
    return await _moved(request, services, grant, _without_body("unassign", activities.unassign))


@post(
    "/activities/next",
    _POLICY,
    Operation(
        summary="Take the next activity",
        query=ACTIVITIES.parameters_of_one(),
        body=NextBody,
        body_example={"start_working": True},
        body_media_types=(JSON, JSON_API),
        answer=MaybeActivityDocument,
        answer_example={"data": ACTIVITY_EXAMPLE},
        media_type=JSON_API,
        refuses=[404, 503],
    ),
)
async def take_next(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Assigns the best activity that waits for somebody like the caller to the caller; `data` is null where none does.

    The best has the highest priority, then the earliest due, then the longest wait. Two that ask at once get
    different ones.
    """
    asked = ACTIVITIES.read_one(request)
    sent = await read(request, NextBody)
    project_id = None if sent.project_id is msgspec.UNSET else sent.project_id

    async def act(claim: Claim | None) -> str | None:
        return await next_activity.take_next(
            services, grant, project_id=project_id, start_working=sent.start_working, change=Change(claim=claim)
        )

    async def show(reference: str | None) -> HttpResponse:
        if reference is None:
            return json_response({"data": None}, media_type=JSON_API)
        page = await activities.get_activity(services, grant, UUID(reference), related=asked.reading.related)
        return row_reply(ACTIVITY, page, asked, revision=page.rows[0].revision)

    return await once.answer(request, services, grant, act, show)


def _without_body(action: str, move: Callable[[Services, Grant, UUID, Change], Awaitable[str]]) -> Move[Nothing]:
    async def act(services: Services, grant: Grant, uuid: UUID, _sent: Nothing, change: Change) -> str:
        return await move(services, grant, uuid, change)

    return Move(action=action, body=Nothing, act=act)


async def _moved(request: HttpRequest, services: Services, grant: Grant, move: Move[Sent]) -> HttpResponse:
    """Make the move, once, and answer with the activity."""
    asked = ACTIVITIES.read_one(request)
    uuid = ACTIVITY_ID.read(request)
    sent = await read(request, move.body)
    sent.refuse_other(uuid)
    revision = expected_revision(request)

    async def act(claim: Claim | None) -> str:
        try:
            return await move.act(services, grant, uuid, sent, Change(expected_revision=revision, claim=claim))
        except Conflict as error:
            found = await activities.find(services, grant, uuid)
            raise Conflict(words.why_refused(error.message, found.row.state, move.action)) from error

    async def show(reference: str) -> HttpResponse:
        page = await activities.get_activity(services, grant, UUID(reference), related=asked.reading.related)
        return row_reply(ACTIVITY, page, asked, revision=page.rows[0].revision)

    return await once.answer(request, services, grant, act, show)


handlers = [save, assign, cancel, complete, error, pause, process, reassign, unassign, take_next]
