"""`decide(run, command, actor, now)`: what a command does to a run. Pure, and the only place that says so."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import msgspec

from casework.core import people
from casework.core.actor import Actor
from casework.core.attempts import (
    begin_pending,
    claim,
    look,
    lose,
    progress,
    recall,
    report,
    report_failure,
    suspend,
    take,
)
from casework.core.command import (
    Assign,
    CancelRun,
    CancelStep,
    ChildEnded,
    ChildMade,
    ChildRefused,
    Claim,
    Command,
    Complete,
    Fail,
    Look,
    Lose,
    Migrate,
    Pause,
    Process,
    Progress,
    Reassign,
    Recall,
    Report,
    ReportFailure,
    ResolveIncident,
    Restore,
    Retry,
    Save,
    Select,
    Start,
    Suspend,
    Take,
    Unassign,
    Update,
)
from casework.core.compensation import undo_next
from casework.core.decision import Decision, Refusal
from casework.core.draft import Draft
from casework.core.due import watch
from casework.core.ending import cancel_run, cancel_step, settle
from casework.core.errors import CaseworkError, Conflict, Denied, Invalid
from casework.core.migration import migrate, restore
from casework.core.resolution import resolve_incident
from casework.core.retry import retry
from casework.core.routing import advance, arrive, fail, fire_joins, rejoin
from casework.core.run import Run
from casework.core.step import COMPLETED, QUEUED
from casework.core.switch import select
from casework.core.taint import MARKED_INPUT
from casework.core.update import update
from casework.core.waiting import child_ended, child_made, child_refused
from casework.core.waiting import take as take_signal
from casework.core.work import Calculator, Errand, Hands


def decide(
    run: Run,
    command: Command,
    actor: Actor,
    now: datetime,
    hands: Hands | None = None,
    calculator: Calculator | None = None,
) -> Decision | Refusal:
    """What the command does to the run, for that actor at that instant; depends on nothing else.

    An instant before the run's last change counts as that change's: a run's time never goes back. hands: a worker that
    begins what is reached for workers, if that is of its kinds; one step at most. calculator: knows the functions that
    are pure, whose steps are done at once.
    """
    draft = Draft(run, actor, max(now, run.updated_at), calculator)
    try:
        if not run.is_open:
            _refuse_ended(run, command)
        _RULES[type(command)](draft, command)
        _carry_on(draft)
        taken = _go_on(draft, _hands(command, hands))
        settle(draft)
        if undo_next(draft):  # the run was complete, but for its output
            _carry_on(draft)
            settle(draft)
        watch(draft)
    except CaseworkError as error:
        return Refusal(error=error)
    if not draft.events:
        return Decision(run=run)
    return Decision(
        run=draft.settled(),
        events=tuple(draft.events),
        interrupts=draft.interrupts,
        jobs=tuple(job for job in draft.jobs if draft.step(job.step).state == QUEUED),
        errands=_errands(draft),
        memories=draft.memories,
        calls=tuple(draft.calls),
        taken=taken,
    )


def interrupt(run: Run, account_id: int, actor: Actor, now: datetime) -> Decision:
    """What it does to a run that a person who works on it begins something in another."""
    draft = Draft(run, actor, max(now, run.updated_at))
    people.interrupt(draft, account_id)
    settle(draft)
    watch(draft)
    if not draft.events:
        return Decision(run=run)
    return Decision(run=draft.settled(), events=tuple(draft.events))


def _carry_on(draft: Draft) -> None:
    """Begin what was reached, fire the joins that nothing else can come to, and again while either leads further."""
    while True:
        begin_pending(draft)
        fire_joins(draft)
        if not (draft.pending and draft.run.is_open) and not undo_next(draft):
            return


def _errands(draft: Draft) -> tuple[Errand, ...]:
    """Each once; a run that ended tells the step that waits for it."""
    run = draft.run
    if not run.is_open and run.parent_step is not None:
        draft.errands.append(Errand(what="tell", step=run.parent_step, child=run.uuid))
    return tuple(dict.fromkeys(draft.errands))


def _hands(command: Command, at_hand: Hands | None) -> Hands | None:
    """Who begins what is reached: the worker who reports, else the one at hand.

    Nobody begins what a worker lost: it may be the one at hand.
    """
    if isinstance(command, Report) and command.worker is not None:
        return Hands(worker=command.worker, kinds=command.kinds)
    return None if isinstance(command, Lose) else at_hand


def _go_on(draft: Draft, hands: Hands | None) -> int | None:
    """A worker begins the next step that it can perform, without waiting for a call to it."""
    if hands is None:
        return None
    for job in draft.jobs:
        step = draft.step(job.step)
        if job.kind in hands.kinds and step.state == QUEUED:
            take(draft, step, hands.worker)
            return step.number
    return None


def _refuse_ended(run: Run, command: Command) -> None:
    action = _ACTIONS.get(type(command))
    if action is None:
        message = f"The run is {run.state}: it has ended and does not change any more."
    else:
        message = f"Cannot {action}: the run is {run.state}, and ended runs do not change any more."
    raise Conflict(message)


def _start(draft: Draft, command: Start) -> None:
    problems = draft.version.input_problems(draft.run.input)
    sensitive = draft.version.sensitive
    if sensitive is not None:
        problems += sensitive.input_problems(draft.run.input)
    if problems:
        raise Invalid(
            "The input does not fit the workflow's schema.",
            tuple(msgspec.structs.replace(problem, path=f"/input{problem.path}") for problem in problems),
        )
    if sensitive is not None and sensitive.run(draft.run).input != draft.run.input:
        draft.taint([MARKED_INPUT])
    draft.begin_for()
    definition = draft.version.definition
    keys = definition.start if command.task is None else (command.task,)
    draft.record("run.started")
    for key in keys:
        arrive(draft, key, ())


def _complete(draft: Draft, command: Complete) -> None:
    if command.taker is not None and people.is_free(draft, command):
        people.assign(draft, Assign(step=command.step, assignee=command.taker))
    step = people.find(draft, command, "complete")
    people.require_hands(draft, step, "complete")
    people.require_person(draft, step, command)
    people.require_time(draft, step)
    output = people.merged(draft, step, command.data)
    problems = people.form_problems(draft, step, output)
    if problems:
        raise Invalid(
            "The data does not fit the task's form.",
            tuple(msgspec.structs.replace(problem, path=f"/data{problem.path}") for problem in problems),
        )
    advance(draft, draft.end(step, COMPLETED, data=output, output=output))


def _fail(draft: Draft, command: Fail) -> None:
    step = people.find(draft, command, "error")
    people.require_hands(draft, step, "report an error on")
    fail(draft, step, "error", command.comment or "A person reported an error.")


def _cancel_step(draft: Draft, command: CancelStep) -> None:
    step = people.find(draft, command, "cancel")
    own = draft.actor.member_id is not None and draft.actor.member_id == draft.run.member_id
    if not (draft.actor.supervises or own):
        message = "Only a supervisor or whoever the case is assigned to may cancel this activity."
        raise Denied(message)
    cancelled = cancel_step(draft, step)
    if cancelled.parent is not None:
        rejoin(draft, cancelled)


def _cancel_run(draft: Draft, command: CancelRun) -> None:
    if draft.run.ending is not None:
        message = "Cannot cancel: the run is ending, and what was done in it is being undone."
        raise Conflict(message)
    cancel_run(draft, command.reason)


_RULES: Final[dict[type[Command], Callable[[Draft, Any], None]]] = {
    Start: _start,
    Retry: retry,
    Assign: people.assign,
    Reassign: people.reassign,
    Unassign: people.unassign,
    Process: people.process,
    Pause: people.pause,
    Save: people.save,
    Complete: _complete,
    Fail: _fail,
    CancelStep: _cancel_step,
    CancelRun: _cancel_run,
    Select: select,
    Update: update,
    Migrate: migrate,
    Restore: restore,
    Claim: claim,
    Progress: progress,
    Report: report,
    ReportFailure: report_failure,
    Suspend: suspend,
    Lose: lose,
    Look: look,
    Recall: recall,
    Take: take_signal,
    ChildMade: child_made,
    ChildRefused: child_refused,
    ChildEnded: child_ended,
    ResolveIncident: resolve_incident,
}

_ACTIONS: Final[dict[type[Command], str]] = {
    Assign: "assign",
    Reassign: "reassign",
    Unassign: "unassign",
    Process: "process",
    Pause: "pause",
    Save: "save",
    Complete: "complete",
    Fail: "report an error",
    CancelStep: "cancel the activity",
    CancelRun: "cancel",
    Select: "select a task",
    Migrate: "move it to another version",
    Restore: "undo its migration",
    Claim: "begin an attempt",
    Report: "report",
    ReportFailure: "report a failure",
    Suspend: "ask",
    ResolveIncident: "resolve the incident",
}
