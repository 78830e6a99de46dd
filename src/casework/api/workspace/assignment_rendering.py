"""Assignments on the wire: the shapes that S004 names, and how what is read becomes them."""

from typing import Any, Literal
from uuid import UUID

import msgspec

from casework.api.render import Instant, instant, seconds
from casework.core.assignment import OUTCOME, STATUS, TASK_STATUS, UNREACHED, Outcome, Status, TaskStatus
from casework.core.definition import Json
from casework.core.run import CANCELLED
from casework.operations.assignment_preview import Chat, Operator, TaskDetail, Way
from casework.operations.assignments import AssignmentRow, AssignmentView, Message, TaskView


class AssignmentTaskResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A task of an assignment by its last visit; without one it is pending, its uuid null and its visit 0."""

    id: int
    uuid: UUID | None
    assignment_id: int
    task_id: int
    task_key: str
    task_name: str
    kind: str
    status: TaskStatus
    is_current: bool
    visit: int
    assigned_member_id: int | None
    assigned_member_name: str | None
    data: Json
    output: Json
    error: Json
    entered_at: Instant | None
    started_at: Instant | None
    exited_at: Instant | None


class AssignmentResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An assignment: a run seen from its member. The tasks come in topological order; the clocks are as of now."""

    id: int
    uuid: UUID
    title: str
    workflow_id: int
    workflow_uuid: UUID
    workflow_name: str
    workflow_version_number: int
    member_id: int | None
    member_name: str | None
    status: Status
    current_task_id: int | None
    current_task_name: str | None
    current_assignment_task_id: int | None
    chat_id: int | None
    chat_uuid: UUID | None
    priority: int
    due_at: Instant | None
    input: Json
    output: Json
    outcome: Outcome | None
    tasks: list[AssignmentTaskResponse]
    working_seconds: float | int
    live_seconds: float | int
    pipeline_seconds: float | int
    created_at: Instant
    updated_at: Instant
    started_at: Instant | None
    completed_at: Instant | None
    cancelled_at: Instant | None
    cancel_reason: str | None


class WorkflowName(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A workflow by its id and name."""

    id: int
    name: str


class OperatorTask(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A task as whoever does it sees it; `form` is the JSON Schema of its data."""

    id: int
    key: str
    name: str
    kind: str
    prompt: str
    form: Json


class OperatorMember(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The member whose assignment it is."""

    id: int
    name: str
    email: str
    phone: str | None
    labels: list[str]


class OperatorTaskChat(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The chat of an assignment."""

    id: int
    uuid: UUID
    title: str
    summary: str
    message_count: int
    last_message_at: Instant | None


class NextTask(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A task that the current one leads to: whether its condition allows it now, and which part of it decided."""

    task_id: int
    task_name: str
    condition: str | None
    allowed: bool
    reason: str


class OperatorTaskDetailResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The current task with everything that whoever does it needs."""

    assignment_id: int
    workflow: WorkflowName
    task: OperatorTask
    assignment_task: AssignmentTaskResponse
    member: OperatorMember | None
    chat: OperatorTaskChat | None
    next_tasks: list[NextTask]


class OpenAIMessageResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A message in the words of chat completions."""

    id: UUID
    role: Literal["system", "user", "assistant", "tool"]
    content: str
    name: str | None
    tool_calls: Json
    tool_call_id: str | None
    created_at: Instant


def shown(view: AssignmentView) -> AssignmentResponse:
    """An assignment on the wire."""
    row, current = view.row, view.current
    return AssignmentResponse(
        id=row.id,
        uuid=row.uuid,
        title=row.title,
        workflow_id=row.workflow_id,
        workflow_uuid=row.workflow_uuid,
        workflow_name=row.workflow_name,
        workflow_version_number=row.version_number,
        member_id=row.member_id,
        member_name=row.member_name,
        status=STATUS[row.state],
        current_task_id=row.current_task_id,
        current_task_name=None if current is None else current.name,
        current_assignment_task_id=None if current is None else current.id,
        chat_id=row.chat_id,
        chat_uuid=row.chat_uuid,
        priority=row.priority,
        due_at=instant(row.due_at),
        input=row.input,
        output=row.output,
        outcome=OUTCOME.get(row.state),
        tasks=[shown_task(task) for task in view.tasks],
        working_seconds=seconds(view.working_ms),
        live_seconds=seconds(view.live_ms),
        pipeline_seconds=seconds(view.pipeline_ms),
        cancel_reason=row.cancel_reason,
        **_instants(view.row),
    )


def _instants(row: AssignmentRow) -> dict[str, Any]:
    return {
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
        "started_at": instant(row.started_at),
        "completed_at": instant(row.ended_at),
        "cancelled_at": instant(row.ended_at) if row.state == CANCELLED else None,
    }


def shown_task(task: TaskView) -> AssignmentTaskResponse:
    """A task of an assignment on the wire."""
    return AssignmentTaskResponse(
        id=task.id,
        assignment_id=task.assignment_id,
        task_id=task.task_id,
        task_key=task.key,
        task_name=task.name,
        kind=task.kind,
        is_current=task.is_current,
        **_visit(task),
    )


def _visit(task: TaskView) -> dict[str, Any]:
    visit = task.visit
    if visit is None:
        return _UNREACHED
    return {
        "uuid": visit.uuid,
        "status": TASK_STATUS[visit.state],
        "visit": visit.visit,
        "assigned_member_id": visit.member_id,
        "assigned_member_name": visit.member_name,
        "data": visit.data,
        "output": visit.output,
        "error": visit.error,
        "entered_at": instant(visit.created_at),
        "started_at": instant(visit.started_at),
        "exited_at": instant(visit.ended_at),
    }


_UNREACHED: dict[str, Any] = {
    "uuid": None,
    "status": UNREACHED,
    "visit": 0,
    "assigned_member_id": None,
    "assigned_member_name": None,
    "data": {},
    "output": None,
    "error": None,
    "entered_at": None,
    "started_at": None,
    "exited_at": None,
}


def shown_detail(detail: TaskDetail) -> OperatorTaskDetailResponse:
    """The current task on the wire."""
    row, current, task = detail.assignment.row, detail.current, detail.task
    return OperatorTaskDetailResponse(
        assignment_id=row.id,
        workflow=WorkflowName(id=row.workflow_id, name=row.workflow_name),
        task=OperatorTask(
            id=current.task_id, key=task.key, name=task.name, kind=task.kind, prompt=task.prompt, form=task.form
        ),
        assignment_task=shown_task(current),
        member=None if detail.member is None else _member(detail.member),
        chat=None if detail.chat is None else _chat(detail.chat),
        next_tasks=[_next(way) for way in detail.ways],
    )


def shown_message(message: Message) -> OpenAIMessageResponse:
    """A message on the wire."""
    fields = {name: getattr(message, name) for name in ("role", "content", "name", "tool_calls", "tool_call_id")}
    return OpenAIMessageResponse(id=message.uuid, created_at=instant(message.created_at) or "", **fields)


def shown_context(context: dict[str, Any]) -> dict[str, Any]:
    """What conditions see, as JSON: the instant is text, everything else is JSON already."""
    return context | {"now": instant(context["now"])}


def _member(member: Operator) -> OperatorMember:
    return OperatorMember(**msgspec.structs.asdict(member))


def _chat(chat: Chat) -> OperatorTaskChat:
    return OperatorTaskChat(
        id=chat.id,
        uuid=chat.uuid,
        title=chat.title,
        summary=chat.summary,
        message_count=chat.message_count,
        last_message_at=instant(chat.last_message_at),
    )


def _next(way: Way) -> NextTask:
    return NextTask(**msgspec.structs.asdict(way))
