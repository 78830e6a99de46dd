"""Where a workflow's open assignments stand (S000)."""

from typing import Any
from uuid import UUID

import msgspec

from casework.api.parameters import Bound, Count, PathId
from casework.api.render import Instant, instant, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.api.workspace.workflows import WORKFLOW_ID
from casework.core.days import Span, span
from casework.core.permission import Grant, workflow
from casework.operations import stats
from casework.operations.services import Services
from casework.operations.stats import ChatQuery, TaskChat

TASK_ID = PathId(name="task_id", description="The task.")
FROM_DATE = Bound(name="from_date", end=False, description="Only assignments made then or later: a date or an instant.")
TO_DATE = Bound(
    name="to_date", end=True, description="Only assignments made then or before; a date holds its whole day."
)
LIMIT = Count(name="limit", default=100, minimum=1, maximum=500, description="How many at most.")
OFFSET = Count(name="offset", default=0, description="How many to skip.")


class TaskCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many open assignments stand on a task."""

    count: int


class TaskChatResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The chat of an assignment that stands on the task; memberId is whose assignment it is."""

    chat_id: int
    chat_uuid: UUID
    title: str
    summary: str
    assignment_id: int
    member_name: str | None
    member_id: int | None
    current_task_name: str
    workflow_name: str
    last_message_at: Instant | None
    message_count: int


class TaskChatsListResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the chats on a task, and how many there are."""

    items: list[TaskChatResponse]
    total: int
    limit: int
    offset: int


_CHAT_EXAMPLE = TaskChatResponse(
    chat_id=31,
    chat_uuid=UUID("018d7c5e-1a00-7000-8000-000000000031"),
    title="Printer on fire",
    summary="",
    assignment_id=41,
    member_name="Ada",
    member_id=1,
    current_task_name="Review the claim",
    workflow_name="Expenses",
    last_message_at="2024-02-04T12:00:00.000Z",
    message_count=3,
)


@get(
    "/workflows/{workflow_id:str}/task-assignment-stats",
    workflow("use"),
    Operation(
        summary="Count assignments by task",
        path=[WORKFLOW_ID],
        query=[FROM_DATE, TO_DATE],
        answer=dict[str, TaskCount],
        answer_example={"123": {"count": 5}, "456": {"count": 0}},
        refuses=[404],
    ),
)
async def counts(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """How many open assignments stand on each task of the workflow, by the task's id; none is told as 0.

    A task that is in no current version any more is told while an assignment still stands on it.
    """
    found = await stats.task_counts(services, grant, WORKFLOW_ID.read(request), _made(request))
    return json_response({str(task_id): TaskCount(count=count) for task_id, count in found.items()})


@get(
    "/workflows/{workflow_id:str}/tasks/{task_id:str}/chats",
    workflow("use"),
    Operation(
        summary="List the chats on a task",
        path=[WORKFLOW_ID, TASK_ID],
        query=[FROM_DATE, TO_DATE, LIMIT, OFFSET],
        answer=TaskChatsListResponse,
        answer_example=TaskChatsListResponse(items=[_CHAT_EXAMPLE], total=1, limit=100, offset=0),
        refuses=[404],
    ),
)
async def chats(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """The chats of open assignments that stand on the task: latest message first, without any last, then by chatId."""
    wanted = ChatQuery(made=_made(request), limit=LIMIT.read(request), offset=OFFSET.read(request))
    found, total = await stats.task_chats(services, grant, WORKFLOW_ID.read(request), TASK_ID.read(request), wanted)
    items = [_shown(chat) for chat in found]
    return json_response(TaskChatsListResponse(items=items, total=total, limit=wanted.limit, offset=wanted.offset))


def _made(request: HttpRequest) -> Span:
    return span(FROM_DATE.read(request), TO_DATE.read(request))


def _shown(chat: TaskChat) -> TaskChatResponse:
    return TaskChatResponse(
        chat_id=chat.chat_id,
        chat_uuid=chat.chat_uuid,
        title=chat.title,
        summary=chat.summary,
        assignment_id=chat.run_id,
        member_name=chat.member_name,
        member_id=chat.member_id,
        current_task_name=chat.task_name,
        workflow_name=chat.workflow_name,
        last_message_at=instant(chat.last_message_at),
        message_count=chat.message_count,
    )


handlers: tuple[Any, ...] = (counts, chats)
