"""What is read, as tools answer it."""

from collections.abc import Mapping, Sequence
from typing import Any

from casework.api.mcp.shapes import (
    Activity,
    ActivityReply,
    MessageShown,
    Run,
    RunReply,
    Source,
    TaskOfRun,
    WorkflowShown,
)
from casework.api.render import instant
from casework.core.step import QUEUED, READY, WAITING
from casework.operations import activity_detail, progress
from casework.operations.activities import ActivityRow
from casework.operations.messages import Message
from casework.operations.projects import ProjectRow
from casework.operations.reading import Page
from casework.operations.work_units import WorkUnitRow
from casework.operations.workflows import Workflow


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
