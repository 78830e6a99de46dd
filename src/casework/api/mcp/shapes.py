"""What tools answer. States are called as Casework itself calls them."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec

from casework.api.mcp.tools import Reply
from casework.api.render import Instant, instant
from casework.core.step import QUEUED, READY, WAITING
from casework.operations import activity_detail, progress
from casework.operations.activities import ActivityRow
from casework.operations.messages import Message
from casework.operations.projects import ProjectRow
from casework.operations.reading import Page
from casework.operations.work_units import WorkUnitRow
from casework.operations.workflows import Workflow

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


def activity(row: ActivityRow, run: WorkUnitRow, project: ProjectRow) -> Activity:
    """An activity of a list."""
    return Activity(
        id=row.uuid,
        name=row.name,
        state=READY if row.state in (QUEUED, WAITING) else row.state,
        assigned_account_id=row.account_id,
        workflow=project.key,
        workflow_name=project.name,
        run_id=row.run_id,
        run_title=run.title,
        created_at=instant(row.created_at),
        started_at=instant(row.started_at),
        ended_at=instant(row.ended_at),
    )


def activity_reply(found: activity_detail.ActivityDetail) -> ActivityReply:
    """An activity with everything."""
    return ActivityReply(
        activity=activity(found.row, found.run, found.project),
        prompt=found.prompt,
        description=found.task.description,
        form=found.form,
        data=found.row.data,
        output=found.row.output,
        run_input=found.run.input,
        run_external_id=found.run.external_id,
        chat_id=found.run.chat_id,
        came_from=[Source(task=one.task, name=one.name, state=one.state) for one in found.sources],
        caught=found.caught,
        item=found.item,
        asked=None if found.ask is None else found.ask["detail"],
        outputs=found.outputs,
        left_out=list(found.left_out),
    )


def run(row: WorkUnitRow, project: ProjectRow) -> Run:
    """A run of a list."""
    return Run(
        id=row.id,
        uuid=row.uuid,
        title=row.title,
        state=row.state,
        workflow=project.key,
        workflow_name=project.name,
        external_id=row.external_id,
        priority=row.priority,
        chat_id=row.chat_id,
        due_at=instant(row.due_at),
        created_at=instant(row.created_at),
        ended_at=instant(row.ended_at),
    )


def runs(page: Page[WorkUnitRow]) -> list[Run]:
    """The runs of a page, each with its workflow."""
    projects = by_id(page.related.projects)
    return [run(row, projects[row.workflow_id]) for row in page.rows]


def run_reply(found: progress.Progress, project: ProjectRow) -> RunReply:
    """A run with everything."""
    row = found.row
    return RunReply(
        run=run(row, project),
        input=row.input,
        output=row.output,
        error=row.error,
        cancel_reason=row.cancel_reason,
        tasks=[
            TaskOfRun(
                key=node.key,
                name=node.name,
                kind=node.kind,
                state=node.state,
                visit=node.visit,
                activity_id=node.uuid if node.kind == "human" else None,
            )
            for node in found.nodes
        ],
    )


def workflow(found: Workflow) -> WorkflowShown:
    """A workflow of a list."""
    return WorkflowShown(
        id=found.id,
        uuid=found.uuid,
        key=found.key,
        name=found.name,
        description=found.description,
        version=found.version_number,
        may_start=found.may_start,
    )


def message(found: Message) -> MessageShown:
    """A message."""
    return MessageShown(
        id=found.uuid,
        role=found.role,
        name=found.name,
        content=found.content,
        created_at=instant(found.created_at),
    )


def by_id(rows: Sequence[Any]) -> Mapping[int, Any]:
    """Rows by their ids."""
    return {row.id: row for row in rows}


def _page(one: str, many: str, count: int, next_offset: int | None) -> str:
    more = "" if next_offset is None else f" More from offset {next_offset} on."
    return f"{count} {one if count == 1 else many}.{more}"


def _plain(state: str) -> str:
    return state.replace("_", " ")
