"""How incidents end: somebody who may decides (SEMANTICS, Failure rule)."""

from msgspec.structs import replace

from casework.core.command import ResolveIncident
from casework.core.definition import HUMAN
from casework.core.draft import Draft
from casework.core.ending import fail_run
from casework.core.errors import Conflict, Denied, Invalid, NotFound
from casework.core.routing import advance, fan_out, skip
from casework.core.step import COMPLETED, FAILED, FOR_EACH, QUEUED, READY, Step


def resolve_incident(draft: Draft, command: ResolveIncident) -> None:
    """Try the step again, go on with an output or without one, or let the run fail.

    Raises:
        Denied: the actor does not supervise.
        Conflict: the step has no open incident.
        Invalid: the output does not fit the task's schema.

    """
    step = _with_incident(draft, command.step)
    if not draft.actor.supervises:
        message = "Only a supervisor may resolve an incident."
        raise Denied(message)
    if command.how == "output":
        problems = draft.version.form_problems(step.task, command.output)
        if problems:
            message = "The output does not fit the task's schema."
            raise Invalid(message, tuple(replace(problem, path=f"/output{problem.path}") for problem in problems))
    error = step.incident
    step = draft.change(step, incident=None)
    draft.record("incident.resolved", step, how=command.how)
    if command.how == "retry":
        _again(draft, step)
    elif command.how == "output":
        advance(draft, draft.end(step, COMPLETED, output=command.output))
    elif command.how == "skip":
        skip(draft, step, "incident")
    else:
        error = {name: value for name, value in error.items() if name != "output"}
        failed = draft.end(step, FAILED, error=error)
        draft.record("step.failed", failed, error=error)
        fail_run(draft, error, failed)


def _with_incident(draft: Draft, number: int) -> Step:
    try:
        step = draft.step(number)
    except KeyError:
        message = "There is no such step."
        raise NotFound(message) from None
    if step.incident is None or not step.is_live:
        message = "The step has no open incident."
        raise Conflict(message)
    return step


def _again(draft: Draft, step: Step) -> None:
    """The step from its beginning, with as many attempts as a new one; a person's keeps what was saved."""
    if step.kind == FOR_EACH:
        fan_out(draft, step)
    elif step.kind == HUMAN:
        draft.change(step, state=READY)
    else:
        draft.pending.append(draft.change(step, state=QUEUED, failures=0).number)
