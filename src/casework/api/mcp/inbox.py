"""Tools of the inbox: what waits, and everything that is done with it."""

from collections.abc import Awaitable
from typing import Final
from uuid import UUID

from casework.api.mcp import showing
from casework.api.mcp.arguments import (
    ActivitiesArguments,
    ActivityArguments,
    ActivityChange,
    CompleteArguments,
    DataArguments,
    ErrorArguments,
    NextArguments,
    TakeArguments,
)
from casework.api.mcp.shapes import Activities, ActivityReply, NextReply
from casework.api.mcp.showing import by_id
from casework.api.mcp.tools import Arguments, Call, changes, reads
from casework.core.claim import Claim
from casework.core.errors import Conflict, Denied
from casework.core.moves import refusal
from casework.core.permission import project
from casework.core.selection import Condition, Selection
from casework.core.step import ASSIGNED, IN_PROGRESS, PAUSED, READY
from casework.operations import activities, activity_detail, next_activity, projects
from casework.operations.activities import Answer, Assignment, Change
from casework.operations.reading import Reading

_OPEN: Final = (READY, ASSIGNED, IN_PROGRESS, PAUSED)
_READ: Final = project("activities:read")
_WRITE: Final = project("activities:write")


async def _activity(call: Call, _sent: Arguments, reference: str) -> ActivityReply:
    return showing.activity_reply(await activity_detail.read(call.services, call.grant, UUID(reference)))


async def _taken(call: Call, sent: NextArguments, reference: str | None) -> NextReply:
    return NextReply(taken=None if reference is None else await _activity(call, sent, reference))


@reads("List activities", _READ)
async def list_activities(call: Call, sent: ActivitiesArguments) -> Activities:
    """Lists the inbox: activities that people (and you) are to do, oldest first; by default those that are open.

    `ready` ones are free to take, by whom they are for; with takeable only those that you could take now. Use
    get_activity to read one.
    """
    conditions = [Condition(column="status", values=tuple(_OPEN if sent.state is None else sent.state))]
    if sent.mine:
        conditions.append(Condition(column="account_id", values=(_own_account(call),)))
    if sent.workflow is not None:
        project_id = await projects.find_named(call.services, call.grant, sent.workflow)
        conditions.append(Condition(column="workflow_id", values=(project_id,)))
    if sent.run_id is not None:
        conditions.append(Condition(column="run_id", values=(sent.run_id,)))
    selection = Selection(limit=sent.limit + 1, offset=sent.offset, conditions=tuple(conditions))
    reading = Reading(selection=selection, related=frozenset({"project", "work_unit"}))
    page = await activities.list_activities(call.services, call.grant, reading, is_takeable=sent.takeable)
    flows, runs = by_id(page.related.projects), by_id(page.related.work_units)
    return Activities(
        activities=[showing.activity(row, runs[row.run_id], flows[row.workflow_id]) for row in page.rows[: sent.limit]],
        next_offset=sent.next_offset(len(page.rows)),
    )


@reads("Read an activity", _READ)
async def get_activity(call: Call, sent: ActivityArguments) -> ActivityReply:
    """Reads an activity with what it takes to do it.

    That is the prompt, the form that its data must fit, what was saved, what the case was started with, what other
    tasks gave, and why it came here.
    """
    return await _activity(call, sent, str(sent.activity_id))


@changes("Take the next activity", _WRITE, shows=_taken)
async def take_next(call: Call, sent: NextArguments, claim: Claim | None) -> str | None:
    """Takes the best activity that waits for somebody like you.

    The best has the highest priority, then the earliest due, then the longest wait. Nobody else gets the same one.
    `taken` is null where nothing waits.
    """
    _own_account(call)
    named = sent.workflow
    return await next_activity.take_next(
        call.services,
        call.grant,
        project_id=None if named is None else await projects.find_named(call.services, call.grant, named),
        start_working=sent.start_working,
        change=Change(claim=claim),
    )


@changes("Take an activity", _WRITE, shows=_activity, is_idempotent=True)
async def assign_to_me(call: Call, sent: TakeArguments, claim: Claim | None) -> str:
    """Takes an activity that nobody has. With start_working you also start it."""
    _own_account(call)
    wish = Assignment(start_working=sent.start_working)
    moved = activities.assign(call.services, call.grant, sent.activity_id, wish, Change(claim=claim))
    return await _explained(call, sent, "assign", moved)


@changes("Start or resume an activity", _WRITE, shows=_activity, is_idempotent=True)
async def start(call: Call, sent: ActivityChange, claim: Claim | None) -> str:
    """Starts or resumes an activity that you have taken. You work on one at a time: the other one is paused."""
    moved = activities.process(call.services, call.grant, sent.activity_id, Change(claim=claim))
    return await _explained(call, sent, "process", moved)


@changes("Pause an activity", _WRITE, shows=_activity, is_idempotent=True)
async def pause(call: Call, sent: ActivityChange, claim: Claim | None) -> str:
    """Stops work on an activity for now; it stays yours, and start resumes it."""
    moved = activities.pause(call.services, call.grant, sent.activity_id, Change(claim=claim))
    return await _explained(call, sent, "pause", moved)


@changes("Save an activity's data", _WRITE, shows=_activity, is_idempotent=True)
async def save(call: Call, sent: DataArguments, claim: Claim | None) -> str:
    """Keeps data of an activity without completing it, merged over what was saved before."""
    moved = activities.save(call.services, call.grant, sent.activity_id, sent.data, Change(claim=claim))
    return await _explained(call, sent, "save", moved)


@changes("Complete an activity", _WRITE, shows=_activity, is_idempotent=True)
async def complete(call: Call, sent: CompleteArguments, claim: Claim | None) -> str:
    """Completes an activity that you have taken, or take with it, and the case moves on at once.

    The data, merged over what was saved, must fit its form; else it is refused with every problem, and changes nothing.
    """
    answer = Answer(data=sent.data, take=sent.take)
    moved = activities.complete(call.services, call.grant, sent.activity_id, answer, Change(claim=claim))
    return await _explained(call, sent, "complete", moved)


@changes("Report that an activity cannot be done", _WRITE, shows=_activity, is_destructive=True, is_idempotent=True)
async def report_error(call: Call, sent: ErrorArguments, claim: Claim | None) -> str:
    """Says that an activity cannot be done, and why. The case takes its way for errors; without one it fails."""
    moved = activities.fail(call.services, call.grant, sent.activity_id, sent.comment, Change(claim=claim))
    return await _explained(call, sent, "error", moved)


@changes("Put an activity back", _WRITE, shows=_activity, is_idempotent=True)
async def release(call: Call, sent: ActivityChange, claim: Claim | None) -> str:
    """Puts an activity that you have taken back for anybody else. What was saved stays."""
    moved = activities.unassign(call.services, call.grant, sent.activity_id, Change(claim=claim))
    return await _explained(call, sent, "unassign", moved)


def _own_account(call: Call) -> int:
    account_id = call.grant.principal.account_id
    if account_id is None:
        raise Denied("Only a person can have activities, and this key acts for none.")
    return account_id


async def _explained(call: Call, sent: ActivityChange, action: str, moved: Awaitable[str]) -> str:
    """Make a move; where it is refused, say why by the state that the activity is in."""
    try:
        return await moved
    except Conflict as error:
        found = await activities.find(call.services, call.grant, sent.activity_id)
        raise Conflict(refusal(found.row.state, action) or error.message) from error


tools = [
    list_activities,
    get_activity,
    take_next,
    assign_to_me,
    start,
    pause,
    save,
    complete,
    report_error,
    release,
]
