"""What an open step takes over of its task in another version: what the edit changed, read anew; nothing else.

So whoever has a step keeps it, an escalation stays one, and a due date that somebody waits for moves only where the
definition moved it.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from casework.core.admission import Unclear, accounts
from casework.core.condition import EvaluationError
from casework.core.definition import BY_WORKERS, HUMAN, SUBWORKFLOW, WAIT, Task
from casework.core.draft import Draft
from casework.core.due import due_fields, lapse_at
from casework.core.obstacles import Obstacle, at
from casework.core.step import PARKED, QUEUED, WAITING, Step
from casework.core.visit import excluded

_WAITS: Final = frozenset({WAIT, SUBWORKFLOW})


def reread(draft: Draft, step: Step, before: Task) -> Iterator[Obstacle]:
    """Give an open step of the draft what its task says differently from `before`; tells what does not fit."""
    there = draft.version.task(step.task)
    if step.ask is not None or step.state == PARKED:
        return  # a question is of the attempt that asked it; at a join nothing was read yet
    if step.kind == HUMAN:
        if step.state != QUEUED:  # nothing was read yet of one that is evaluated first
            yield from _of_person(draft, step, before, there)
    elif step.kind in BY_WORKERS:
        yield from _of_worker(draft, step, before, there)
    elif step.kind in _WAITS and step.state == WAITING and step.incident is None:
        _of_wait(draft, step, before, there)


def _of_person(draft: Draft, step: Step, before: Task, there: Task) -> Iterator[Obstacle]:
    fields = _plain(draft, before, there) | (_times(draft, step, before, there) if step.incident is None else {})
    if (there.allow, there.deny, there.exclude) != (before.allow, before.deny, before.exclude):
        try:
            fields |= _people(draft, step, there)
        except Unclear as problem:
            yield at(step, "people", str(problem))
        else:
            yield from _of_assignee(step, fields)
    if (there.form, there.output) != (before.form, before.output):
        yield from _of_saved(draft, step)
    if fields:
        draft.change(step, **fields)


def _plain(draft: Draft, before: Task, there: Task) -> dict[str, Any]:
    """What the task says outright."""
    fields: dict[str, Any] = {}
    if there.roles != before.roles:
        fields["actor_roles"] = there.roles
    if there.priority != before.priority:
        fields["priority"] = draft.run.priority if there.priority is None else there.priority
    if there.distribute != before.distribute:
        fields["distribute"] = None if there.distribute == "pull" else there.distribute
    return fields


def _times(draft: Draft, step: Step, before: Task, there: Task) -> dict[str, Any]:
    """When it is due by the new task, from when it became ready; a due date in the future is not overdue."""
    fields: dict[str, Any] = {}
    clocks = (before.calendar, there.calendar)
    if (there.due, there.reminders, clocks[1]) != (before.due, before.reminders, clocks[0]):
        fields = {"due_at": None, "reminders": ()} | due_fields(draft, there, since=step.created_at)
        fields["is_overdue"] = step.is_overdue and fields["due_at"] is not None and fields["due_at"] <= draft.now
    if there.requeue_after != before.requeue_after:
        fields["requeue_at"] = lapse_at(draft, there)
    return fields


def _people(draft: Draft, step: Step, there: Task) -> dict[str, Any]:
    """Who may do it and who not, as if it were reached now."""
    allow, deny = draft.version.people(there.key)
    denied = {*accounts(draft, step, "deny", deny), *excluded(draft, there.exclude)}
    return {"allow_ids": accounts(draft, step, "allow", allow), "deny_ids": tuple(sorted(denied))}


def _of_assignee(step: Step, people: dict[str, Any]) -> Iterator[Obstacle]:
    """Nothing is taken out of somebody's hands by the way."""
    who, allowed = step.account_id, people["allow_ids"]
    if who is not None and (who in people["deny_ids"] or (allowed and who not in allowed)):
        yield at(step, "people", f"Whoever has {step.task} may not do it there; unassign it first.")


def _of_saved(draft: Draft, step: Step) -> Iterator[Obstacle]:
    """What of the saved data does not fit; what is missing may still be filled in."""
    for problem in draft.version.form_problems(step.task, step.data):
        if problem.path[1:].partition("/")[0] in step.data:
            message = f"What was saved on {step.task} does not fit the form: {problem.path}: {problem.message}."
            yield at(step, "form", message)


def _of_worker(draft: Draft, step: Step, before: Task, there: Task) -> Iterator[Obstacle]:
    """An untried step is given what the new task says, and so is one that failed for good, when it is tried again.

    In between, what was given once is given to every attempt: what they do outside bears one key.
    """
    if there.settings == before.settings or "answers" in step.data:
        return
    if step.incident is not None:
        draft.change(step, data={})
        return
    if step.attempt or step.state != QUEUED or step.try_resolve_at is not None:
        return
    try:
        given = draft.given(step)
    except EvaluationError as error:
        yield at(step, "given", f"What {step.task} is given could not be evaluated: {error}")
        return
    draft.change(step, data=given)


def _of_wait(draft: Draft, step: Step, before: Task, there: Task) -> None:
    """How long is waited at most counts from when the waiting began; what is waited for stays."""
    if there.timeout != before.timeout and "until" not in step.data and step.started_at is not None:
        until = None if there.timeout is None else step.started_at + timedelta(seconds=there.timeout)
        draft.change(step, try_resolve_at=until)
