"""What is sent about assignments."""

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from casework.api.bodies import Id
from casework.core.clocks import truncated
from casework.core.command import Update
from casework.core.errors import Invalid, Problem
from casework.operations.assignment_changes import Wish

Title = Annotated[str, Meta(max_length=500)]
Priority = Annotated[int, Meta(ge=0, le=100)]
VersionNumber = Annotated[int, Meta(ge=1, le=2**31 - 1)]
DueAt = Annotated[datetime, Meta(tz=True)]


class CreateAssignmentRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """An assignment to be made.

    memberId: whose it will be, by default the caller's. taskId: the task to start at, by default the workflow's start.
    workflowVersionNumber: by default the newest. chat: whether a chat is opened for it.
    """

    workflow_id: Id
    member_id: Id | UnsetType = UNSET
    task_id: Id | UnsetType = UNSET
    workflow_version_number: VersionNumber | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    input: dict[str, Any] | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    chat: bool = True


class UpdateAssignmentRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What is to be changed; null takes a due instant away. data: merged over what is saved on the current task."""

    title: Title | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    due_at: DueAt | UnsetType | None = UNSET
    member_id: Id | UnsetType = UNSET
    data: dict[str, Any] | UnsetType = UNSET


class CancelAssignmentRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is cancelled."""

    reason: Annotated[str, Meta(max_length=1000)] | None = None


def wish_of(body: CreateAssignmentRequest) -> Wish:
    """The assignment that is asked for; what was not sent is as the operation has it."""
    given: dict[str, Any] = {
        "member_id": body.member_id,
        "task_id": body.task_id,
        "version_number": body.workflow_version_number,
        "title": body.title,
        "input": body.input,
        "priority": body.priority,
    }
    sent = {name: value for name, value in given.items() if value is not UNSET}
    return Wish(workflow_id=body.workflow_id, opens_chat=body.chat, **sent)


def update_of(body: UpdateAssignmentRequest) -> Update:
    """The change that is asked for; its instant in UTC, to the millisecond, as all that are kept."""
    fields = msgspec.structs.asdict(body)
    if isinstance(body.due_at, datetime):
        try:
            fields["due_at"] = truncated(body.due_at.astimezone(UTC))
        except OverflowError:
            message = "must be between the years 1 and 9999 in UTC."
            raise Invalid(f"dueAt: {message}", (Problem(path="/dueAt", message=message),)) from None
    return Update(**fields)
