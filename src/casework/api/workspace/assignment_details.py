"""What an operator needs beside an assignment (S004): its current task, what conditions see, its messages."""

from typing import Any

from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.api.workspace.assignment_examples import CONTEXT, DETAIL, MESSAGE
from casework.api.workspace.assignment_rendering import (
    OpenAIMessageResponse,
    OperatorTaskDetailResponse,
    shown_context,
    shown_detail,
    shown_message,
)
from casework.api.workspace.assignments import ASSIGNMENT_ID, READ
from casework.core.permission import Grant
from casework.operations import assignment_preview, assignments
from casework.operations.services import Services


@get(
    "/assignments/{assignment_id:str}/cel-context",
    READ,
    Operation(
        summary="Read what conditions see",
        path=[ASSIGNMENT_ID],
        answer=dict[str, Any],
        answer_example=CONTEXT,
        refuses=[404],
    ),
)
async def cel_context(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """The names that task conditions may use, as the engine gives them now; `member.data` and `member.form_data` empty.

    These are hints: whether a task may be switched to is decided on the server.
    """
    values = await assignment_preview.cel_context(services, grant, ASSIGNMENT_ID.read(request))
    return json_response(shown_context(values))


@get(
    "/assignments/{assignment_id:str}/current-task-detail",
    READ,
    Operation(
        summary="Read the current task in detail",
        path=[ASSIGNMENT_ID],
        answer=OperatorTaskDetailResponse,
        answer_example=DETAIL,
        refuses=[404],
    ),
)
async def current_task_detail(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """The current task, whose assignment it is, its chat, and for each next task whether it is allowed now and why."""
    detail = await assignment_preview.current_task(services, grant, ASSIGNMENT_ID.read(request))
    return json_response(shown_detail(detail))


@get(
    "/assignments/{assignment_id:str}/messages",
    READ,
    Operation(
        summary="Read the messages of an assignment",
        path=[ASSIGNMENT_ID],
        answer=list[OpenAIMessageResponse],
        answer_example=[MESSAGE],
        refuses=[404],
    ),
)
async def messages(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """What was said in its chat, oldest first, the newest 1,000; none without a chat."""
    found = await assignments.read_messages(services, grant, ASSIGNMENT_ID.read(request))
    return json_response([shown_message(message) for message in found])


handlers = (cel_context, current_task_detail, messages)
