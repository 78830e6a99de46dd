"""What the chat surface answers: everything that succeeds stands under `data`."""

from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import msgspec

from casework.api import messages
from casework.api.chats.words import RUN_STATUS, STEP_STATUS, Status
from casework.api.messages import OpenAIMessageResponse
from casework.api.render import Instant, instant
from casework.core.step import WAITING
from casework.operations.chat_runs import ShownRun, ShownTask
from casework.operations.chats import Chat

T = TypeVar("T")


class Data(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """An answer."""

    data: T


class WorkflowStep(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A task of a run by its last visit; `id` is the task's key."""

    id: str
    status: Status
    started_at: Instant | None
    completed_at: Instant | None


class WorkflowRun(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A run of a workflow, with every task of it in topological order."""

    id: UUID
    chat_id: UUID
    workflow_id: UUID
    status: Status
    started_at: Instant | None
    completed_at: Instant | None
    steps: list[WorkflowStep]


class WorkflowRuns(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The runs of a chat by their start, those not started last."""

    workflow_runs: list[WorkflowRun]


class ChatResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A chat; `userId` is its owner's."""

    id: UUID
    user_id: UUID
    title: str
    summary: str
    message_count: int
    last_message_at: Instant | None
    created_at: Instant | None
    updated_at: Instant | None


class Chats(msgspec.Struct, frozen=True, kw_only=True):
    """Chats, newest first."""

    chats: list[ChatResponse]
    total: int
    limit: int
    offset: int


class Messages(msgspec.Struct, frozen=True, kw_only=True):
    """Messages, oldest first."""

    messages: list[OpenAIMessageResponse]
    total: int
    limit: int
    offset: int


class Sent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What was said, and the run that it started, if any."""

    message: OpenAIMessageResponse
    workflow_run_id: UUID | None


class Liveness(msgspec.Struct, frozen=True, kw_only=True):
    """That the process lives."""

    status: str


CHAT: Final = UUID("550e8400-e29b-41d4-a716-446655440000")
RUN: Final = UUID("018d7c5e-1a00-7000-8000-000000000002")
_AT: Final = "2024-02-04T12:00:00.000Z"

RUNS_EXAMPLE: Final = Data[Any](
    data=WorkflowRuns(
        workflow_runs=[
            WorkflowRun(
                id=RUN,
                chat_id=CHAT,
                workflow_id=UUID("018d7c5e-1a00-7000-8000-000000000003"),
                status="completed",
                started_at=_AT,
                completed_at="2024-02-04T12:01:30.000Z",
                steps=[
                    WorkflowStep(
                        id="classify", status="completed", started_at=_AT, completed_at="2024-02-04T12:00:45.000Z"
                    )
                ],
            )
        ]
    )
)
CHATS_EXAMPLE: Final = Data[Any](
    data=Chats(
        chats=[
            ChatResponse(
                id=CHAT,
                user_id=UUID("018d7c5e-1a00-7000-8000-000000000004"),
                title="Late order",
                summary="",
                message_count=2,
                last_message_at=_AT,
                created_at=_AT,
                updated_at=_AT,
            )
        ],
        total=1,
        limit=25,
        offset=0,
    )
)
MESSAGES_EXAMPLE: Final = Data[Any](data=Messages(messages=[messages.EXAMPLE], total=1, limit=100, offset=0))
SENT_EXAMPLE: Final = Data[Any](data=Sent(message=messages.EXAMPLE, workflow_run_id=RUN))


def shown_run(shown: ShownRun) -> WorkflowRun:
    """A run on the wire."""
    run = shown.run
    return WorkflowRun(
        id=run.uuid,
        chat_id=shown.chat_uuid,
        workflow_id=run.workflow_uuid,
        status=RUN_STATUS[run.state],
        started_at=instant(run.started_at),
        completed_at=instant(run.ended_at),
        steps=[
            WorkflowStep(
                id=task.key,
                status=_status(task),
                started_at=instant(task.started_at),
                completed_at=instant(task.ended_at),
            )
            for task in shown.tasks
        ],
    )


def _status(task: ShownTask) -> Status:
    """A task that waits for others has begun when they have: before that, nothing of it runs."""
    if task.state == WAITING and task.started_at is None:
        return "pending"
    return STEP_STATUS[task.state]


def shown_chat(chat: Chat) -> ChatResponse:
    """A chat on the wire."""
    return ChatResponse(
        id=chat.uuid,
        user_id=chat.account_uuid,
        title=chat.title,
        summary=chat.summary,
        message_count=chat.message_count,
        last_message_at=instant(chat.last_message_at),
        created_at=instant(chat.created_at),
        updated_at=instant(chat.updated_at),
    )
