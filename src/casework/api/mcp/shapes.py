"""What tools answer. States are called as Casework itself calls them."""

from typing import Any, Literal
from uuid import UUID

import msgspec

from casework.api.mcp.tools import Reply
from casework.api.render import Instant

ActivityState = Literal["ready", "assigned", "in_progress", "paused", "completed", "failed", "cancelled", "skipped"]
RunState = Literal["pending", "running", "paused", "resumed", "completed", "failed", "cancelled"]


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a case that a person is to do. assigned_account_id: of whoever has it; null: nobody."""

    id: UUID
    name: str
    state: str
    assigned_account_id: int | None
    workflow: str
    workflow_name: str
    run_id: int
    run_title: str
    created_at: Instant | None
    started_at: Instant | None
    ended_at: Instant | None


class Activities(Reply, frozen=True, kw_only=True):
    """A page of activities, oldest first; `next_offset` is where the next page begins, null after the last one."""

    activities: list[Activity]
    next_offset: int | None

    def text(self) -> str:
        """How many."""
        return _page("activity", "activities", len(self.activities), self.next_offset)


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A task whose end led here."""

    task: str
    name: str
    state: str


class ActivityReply(Reply, frozen=True, kw_only=True):
    """An activity with what it takes to do it.

    prompt: what is to be done. form: the JSON Schema that the data must fit to complete it; null: any data. data: what
    was saved so far. came_from: the tasks that led here; none where the case begins here. caught: the error that led
    here. item: the one of several that it is to be done for. asked: what a worker asks about. outputs: what other tasks
    gave, by their keys; those in left_out are too long to be shown. chat_id: where the case is talked about.
    """

    activity: Activity
    prompt: str
    description: str
    form: Any
    data: dict[str, Any]
    output: Any
    run_input: Any
    run_external_id: str | None
    chat_id: int | None
    came_from: list[Source]
    caught: Any
    item: Any
    asked: Any
    outputs: dict[str, Any]
    left_out: list[str]

    def text(self) -> str:
        """What it is, and how it stands."""
        named = f' of "{self.activity.run_title}"' if self.activity.run_title else ""
        return f'Activity "{self.activity.name}"{named} (run {self.activity.run_id}) is {_plain(self.activity.state)}.'


class NextReply(Reply, frozen=True, kw_only=True):
    """The activity that was taken; null where nothing waits for somebody like the caller."""

    taken: ActivityReply | None

    def text(self) -> str:
        """What was taken."""
        return "Nothing waits for you now." if self.taken is None else f"Taken. {self.taken.text()}"


class WorkflowShown(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow. may_start: whether the caller may start runs of it."""

    id: int
    uuid: UUID
    key: str
    name: str
    description: str
    version: int
    may_start: bool


class Workflows(Reply, frozen=True, kw_only=True):
    """A page of workflows, newest first."""

    workflows: list[WorkflowShown]
    next_offset: int | None

    def text(self) -> str:
        """How many."""
        return _page("workflow", "workflows", len(self.workflows), self.next_offset)


class TaskShown(msgspec.Struct, frozen=True, kw_only=True):
    """A task of a workflow."""

    key: str
    name: str
    kind: str


class WorkflowReply(Reply, frozen=True, kw_only=True):
    """A workflow with its tasks and the JSON Schema that the input of a run must fit; null: any input."""

    workflow: WorkflowShown
    input: Any
    tasks: list[TaskShown]

    def text(self) -> str:
        """What it is."""
        may = "you may start runs of it" if self.workflow.may_start else "you may not start runs of it"
        return f'Workflow {self.workflow.key}, "{self.workflow.name}": {len(self.tasks)} tasks; {may}.'


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A case on its way through a workflow."""

    id: int
    uuid: UUID
    title: str
    state: str
    workflow: str
    workflow_name: str
    external_id: str | None
    priority: int
    chat_id: int | None
    due_at: Instant | None
    created_at: Instant | None
    ended_at: Instant | None


class Runs(Reply, frozen=True, kw_only=True):
    """A page of runs, newest first."""

    runs: list[Run]
    next_offset: int | None

    def text(self) -> str:
        """How many."""
        return _page("run", "runs", len(self.runs), self.next_offset)


class TaskOfRun(msgspec.Struct, frozen=True, kw_only=True):
    """A task of a run by its last visit; state null: not reached. activity_id: where a person does it."""

    key: str
    name: str
    kind: str
    state: str | None
    visit: int | None
    activity_id: UUID | None


class RunReply(Reply, frozen=True, kw_only=True):
    """A run with what it was given, what it gave, and how far every task of it has come."""

    run: Run
    input: Any
    output: Any
    error: Any
    cancel_reason: str | None
    tasks: list[TaskOfRun]

    def text(self) -> str:
        """How it stands."""
        named = f' "{self.run.title}"' if self.run.title else ""
        return f"Run {self.run.id}{named} of {self.run.workflow} is {_plain(self.run.state)}."


class MessageShown(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was said."""

    id: UUID
    role: str
    name: str | None
    content: str
    created_at: Instant | None


class Messages(Reply, frozen=True, kw_only=True):
    """A page of messages, oldest first."""

    chat_id: int
    messages: list[MessageShown]
    total: int
    next_offset: int | None

    def text(self) -> str:
        """How many."""
        return _page("message", "messages", len(self.messages), self.next_offset)


class MessageReply(Reply, frozen=True, kw_only=True):
    """What was said."""

    message: MessageShown

    def text(self) -> str:
        """That it was."""
        return "Said."


def _page(one: str, many: str, count: int, next_offset: int | None) -> str:
    more = "" if next_offset is None else f" More from offset {next_offset} on."
    return f"{count} {one if count == 1 else many}.{more}"


def _plain(state: str) -> str:
    return state.replace("_", " ")
