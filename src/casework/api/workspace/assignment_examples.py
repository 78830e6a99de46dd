"""Assignments as the reference shows them."""

from typing import Any, Final
from uuid import UUID

from casework.api.workspace.assignment_rendering import (
    AssignmentResponse,
    AssignmentTaskResponse,
    NextTask,
    OpenAIMessageResponse,
    OperatorMember,
    OperatorTask,
    OperatorTaskChat,
    OperatorTaskDetailResponse,
    WorkflowName,
)

_RUN: Final = UUID("018d7c5e-1a00-7000-8000-000000000011")
_CHAT: Final = UUID("018d7c5e-1a00-7000-8000-000000000022")
_CREATED: Final = "2024-02-04T12:00:00.000Z"
_STARTED: Final = "2024-02-04T12:03:00.000Z"

TASK: Final = AssignmentTaskResponse(
    id=69633,
    uuid=UUID("018d7c5e-1a00-7000-8000-000000000033"),
    assignment_id=17,
    task_id=31,
    task_key="review",
    task_name="Review the report",
    kind="human",
    status="current",
    is_current=True,
    visit=1,
    assigned_member_id=7,
    assigned_member_name="Ada",
    data={"topic": "fault"},
    output=None,
    error=None,
    entered_at=_CREATED,
    started_at=_STARTED,
    exited_at=None,
)

ASSIGNMENT: Final = AssignmentResponse(
    id=17,
    uuid=_RUN,
    title="Printer is on fire",
    workflow_id=3,
    workflow_uuid=UUID("018d7c5e-1a00-7000-8000-000000000003"),
    workflow_name="Support desk",
    workflow_version_number=1,
    member_id=7,
    member_name="Ada",
    status="active",
    current_task_id=31,
    current_task_name="Review the report",
    current_assignment_task_id=69633,
    chat_id=22,
    chat_uuid=_CHAT,
    priority=50,
    due_at=None,
    input={"subject": "Printer"},
    output=None,
    outcome=None,
    tasks=[TASK],
    working_seconds=90.5,
    live_seconds=120,
    pipeline_seconds=300,
    created_at=_CREATED,
    updated_at=_STARTED,
    started_at=_STARTED,
    completed_at=None,
    cancelled_at=None,
    cancel_reason=None,
)

DETAIL: Final = OperatorTaskDetailResponse(
    assignment_id=17,
    workflow=WorkflowName(id=3, name="Support desk"),
    task=OperatorTask(
        id=31,
        key="review",
        name="Review the report",
        kind="human",
        prompt="",
        form={"type": "object", "properties": {"topic": {"enum": ["billing", "fault"]}}},
    ),
    assignment_task=TASK,
    member=OperatorMember(id=7, name="Ada", email="ada@example.com", phone=None, labels=["vip"]),
    chat=OperatorTaskChat(
        id=22,
        uuid=_CHAT,
        title="Printer is on fire",
        summary="",
        message_count=1,
        last_message_at=_CREATED,
    ),
    next_tasks=[
        NextTask(
            task_id=32,
            task_name="Repair",
            condition="output.topic == 'fault'",
            allowed=True,
            reason="`output.topic == 'fault'` is true.",
        )
    ],
)

MESSAGE: Final = OpenAIMessageResponse(
    id=UUID("018d7c5e-1a00-7000-8000-000000000044"),
    role="user",
    content="It smokes.",
    name=None,
    tool_calls=None,
    tool_call_id=None,
    created_at=_CREATED,
)

CONTEXT: Final[dict[str, Any]] = {
    "member": {"id": 7, "name": "Ada", "age": -1, "labels": ["vip"], "data": {}, "form_data": {}},
    "chat": {"id": 22, "channel": "web", "message_count": 1},
    "workflow": {"id": 3, "key": "support", "name": "Support desk", "version": 1},
    "assignment": {"id": 17, "title": "Printer is on fire", "priority": 50, "status": "active"},
    "run": {"id": 17, "title": "Printer is on fire", "priority": 50, "status": "active"},
    "task": {"key": "review", "name": "Review the report", "kind": "human", "visit": 1},
    "input": {"subject": "Printer"},
    "output": {"topic": "fault"},
    "tasks": {"review": {"output": None, "visit": 1}},
    "now": _STARTED,
    "is_business_hours": False,
    "error": None,
    "item": None,
    "index": None,
}
