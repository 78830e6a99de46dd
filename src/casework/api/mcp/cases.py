"""Tools of workflows and their runs."""

from casework.api.bodies import utc
from casework.api.mcp import showing
from casework.api.mcp.arguments import (
    CancelArguments,
    RunArguments,
    SearchArguments,
    StartArguments,
    WorkflowArguments,
    WorkflowsArguments,
)
from casework.api.mcp.shapes import RunReply, Runs, TaskShown, WorkflowReply, Workflows
from casework.api.mcp.tools import Arguments, Call, changes, reads
from casework.core.claim import Claim
from casework.core.permission import MEMBER, project, workflow
from casework.core.selection import Condition, Order, Selection
from casework.core.taint import AGENT
from casework.operations import progress, projects, work_units, workflows
from casework.operations.activities import Change
from casework.operations.reading import Reading
from casework.operations.work_units import NewWorkUnit
from casework.operations.workflows import Filter


async def _run(call: Call, _sent: Arguments, run_id: int) -> RunReply:
    found = await progress.get_progress(call.services, call.grant, run_id)
    return showing.run_reply(found, await projects.get_project(call.services, call.grant, found.row.workflow_id))


async def _started(call: Call, sent: StartArguments, reference: dict[str, int]) -> RunReply:
    return await _run(call, sent, reference["id"])


@reads("List workflows", MEMBER)
async def list_workflows(call: Call, sent: WorkflowsArguments) -> Workflows:
    """Lists the workflows that you may see, newest first. get_workflow tells what input one takes."""
    wanted = Filter(name=sent.name)
    found, total = await workflows.page(call.services, call.grant, wanted, limit=sent.limit, offset=sent.offset)
    return Workflows(
        workflows=[showing.workflow(one) for one in found], next_offset=sent.next_offset(total - sent.offset)
    )


@reads("Read a workflow", project("workflows:read"))
async def get_workflow(call: Call, sent: WorkflowArguments) -> WorkflowReply:
    """Reads a workflow: the JSON Schema of the input that start_run takes, and its tasks."""
    found = await workflows.named(call.services, call.grant, sent.workflow)
    definition = await workflows.newest(call.services, found)
    return WorkflowReply(
        workflow=showing.workflow(found),
        input=definition.input,
        tasks=[TaskShown(key=task.key, name=task.name, kind=task.kind) for task in definition.tasks],
    )


@changes("Start a run", workflow("use"), shows=_started)
async def start_run(call: Call, sent: StartArguments, claim: Claim | None) -> dict[str, int]:
    """Starts a case of a workflow, by its newest version. The input must fit the workflow's schema (get_workflow)."""
    found = await workflows.named(call.services, call.grant, sent.workflow)
    new = NewWorkUnit(
        project_id=found.id,
        title=sent.title,
        input=sent.input,
        priority=sent.priority,
        due_at=None if sent.due_at is None else utc(sent.due_at, "due_at"),
        external_id=sent.external_id,
        opens_chat=sent.chat,
        taints=(AGENT,),
    )
    return await work_units.create(call.services, call.grant, new, claim)


@reads("Read a run", project("activities:read"))
async def get_run(call: Call, sent: RunArguments) -> RunReply:
    """Reads a run: its state, input, output or error, and how far each of its tasks has come."""
    return await _run(call, sent, sent.run_id)


@changes("Cancel a run", project("activities:write"), shows=_run, is_destructive=True, is_idempotent=True)
async def cancel_run(call: Call, sent: CancelArguments, claim: Claim | None) -> int:
    """Ends a run without a result: whatever is still open in it is cancelled. It cannot be undone."""
    change = Change(claim=claim)
    return await work_units.cancel(call.services, call.grant, sent.run_id, sent.reason, change)


@reads("Search runs", project("activities:read"))
async def search_runs(call: Call, sent: SearchArguments) -> Runs:
    """Finds runs by a text in their title, their external id, state or workflow, newest first."""
    conditions = []
    if sent.title is not None:
        conditions.append(Condition(column="title", test="mentions", values=(sent.title,)))
    if sent.external_id is not None:
        conditions.append(Condition(column="external_id", values=(sent.external_id,)))
    if sent.state is not None:
        conditions.append(Condition(column="state", values=tuple(sent.state)))
    if sent.workflow is not None:
        project_id = await projects.find_named(call.services, call.grant, sent.workflow)
        conditions.append(Condition(column="workflow_id", values=(project_id,)))
    selection = Selection(
        limit=sent.limit + 1,
        offset=sent.offset,
        conditions=tuple(conditions),
        order=(Order(column="created_at", is_descending=True), Order(column="id", is_descending=True)),
    )
    reading = Reading(selection=selection, related=frozenset({"project"}))
    page = await work_units.list_work_units(call.services, call.grant, reading)
    return Runs(runs=showing.runs(page)[: sent.limit], next_offset=sent.next_offset(len(page.rows)))


tools = [list_workflows, get_workflow, start_run, get_run, cancel_run, search_runs]
