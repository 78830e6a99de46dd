"""What agents ask people in a chat of a workspace, before they go on."""

from typing import Any, Final
from uuid import UUID

import msgspec

from casework.api.parameters import PAGE, PAGE_SIZE
from casework.api.render import Instant, instant, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.api.workspace.chats import CHAT_ID
from casework.api.workspace.listing import Page, asked
from casework.core.assignment import TASK_STATUS, TaskStatus
from casework.core.definition import Json
from casework.core.permission import Grant, own_or
from casework.operations import chat_questions
from casework.operations.chat_questions import Question
from casework.operations.services import Services


class QuestionResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A question of an agent, which is an activity and answered as one.

    callId: of the tool call in the chat that it is about, if it is about one. tool, arguments: the exact call that is
    to be approved, and because: why it has to be; null for any other question. roles: who may answer; anybody of the
    project where there are none. dueAt: when the agent goes on without an answer.
    member*: who has it, or had it when it ended. mayAnswer: whether the caller has it, or may take it.
    """

    activity_id: UUID
    call_id: str
    name: str
    prompt: str
    tool: str | None
    arguments: Json
    because: str | None
    roles: list[str]
    status: TaskStatus
    member_id: int | None
    member_name: str | None
    may_answer: bool
    answer: Json
    asked_at: Instant | None
    due_at: Instant | None
    ended_at: Instant | None


EXAMPLE: Final = QuestionResponse(
    activity_id=UUID("018d7c5e-1a00-7000-8000-000000000006"),
    call_id="018d7c5e-1a00-7000-8000-000000000004:1-9f86d081884c7d65",
    name="Approve: refund",
    prompt="Pays money back.",
    tool="refund",
    arguments={"order": "4711", "amount": 12},
    because="A call needs approval where `call.arguments.amount > 10`.",
    roles=["desk"],
    status="current",
    member_id=None,
    member_name=None,
    may_answer=True,
    answer=None,
    asked_at="2024-02-04T12:00:00.000Z",
    due_at="2024-02-04T16:00:00.000Z",
    ended_at=None,
)


@get(
    "/chats/{chat_id:str}/questions",
    own_or("chats:read"),
    Operation(
        summary="List what agents ask in a chat",
        path=[CHAT_ID],
        query=[PAGE, PAGE_SIZE],
        answer=Page[QuestionResponse],
        answer_example=Page[Any](items=[EXAMPLE], total=1, page=1, page_size=50),
        refuses=[404],
    ),
)
async def list_questions(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Newest first. A question is answered as an activity: by whoever takes it, with what fits its form."""
    part = asked(request)
    chat = CHAT_ID.read(request)
    found, total = await chat_questions.page(services, grant, chat, limit=part.size, offset=part.offset)
    return json_response(part.of([_shown(question) for question in found], total))


def _shown(question: Question) -> QuestionResponse:
    row = question.row
    detail = row.ask["detail"]
    return QuestionResponse(
        activity_id=row.uuid,
        call_id=f"{row.asker_uuid}:{row.ask['key']}",
        name=row.name,
        prompt=row.ask["prompt"],
        tool=detail["tool"] if "arguments" in detail else None,
        arguments=detail.get("arguments"),
        because=detail.get("because"),
        roles=list(row.actor_roles),
        status=TASK_STATUS[row.state],
        member_id=row.member_id,
        member_name=row.member_name,
        may_answer=question.may_answer,
        answer=row.output,
        asked_at=instant(row.created_at),
        due_at=instant(row.due_at),
        ended_at=instant(row.ended_at),
    )


handlers: Final = (list_questions,)
