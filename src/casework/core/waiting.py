"""Steps that wait: for an instant, for an event, for a run of another workflow (SEMANTICS, Timers and events)."""

from datetime import datetime, timedelta

from casework.core.command import ChildEnded, ChildMade, ChildRefused, Take
from casework.core.definition import SUBWORKFLOW, WAIT, Json
from casework.core.draft import Draft
from casework.core.duration import format_duration
from casework.core.errors import Conflict, NotFound
from casework.core.finish import finish
from casework.core.kinds.wait import text_of
from casework.core.routing import fail, skip
from casework.core.run import COMPLETED as RUN_COMPLETED
from casework.core.run import FAILED as RUN_FAILED
from casework.core.step import WAITING, Step
from casework.core.work import Errand


def wait(draft: Draft, step: Step, given: dict[str, Json]) -> None:
    """Begin to wait for an instant or an event; an instant that has passed is not waited for."""
    until = datetime.fromisoformat(given["until"]) if "until" in given else _latest(draft, step)
    if "event" in given:
        step = draft.change(step, awaits=f"{given['event']} {given['correlation']}")
    step = _begin(draft, step, given, until)
    if "until" in given and until is not None and until <= draft.now:
        come(draft, step)
    elif "event" in given:
        draft.errands.append(Errand(what="match", step=step.number))


def call_workflow(draft: Draft, step: Step, given: dict[str, Json]) -> None:
    """Have a run made of another workflow, and wait for its end."""
    step = draft.change(step, attempt=step.attempt + 1)
    step = _begin(draft, step, given, _latest(draft, step))
    draft.errands.append(Errand(what="make", step=step.number, child=step.child_uuid))


def come(draft: Draft, step: Step) -> None:
    """The instant has come at which the step ends by itself: what it waited for, or the end of its patience."""
    if "until" in step.data:
        finish(draft, step, {"at": text_of(draft.now)})
        return
    if step.kind == SUBWORKFLOW:
        draft.errands.append(Errand(what="cancel", step=step.number, child=step.child_uuid))
    task = draft.version.task(step.task)
    if task.on_timeout is None:
        fail(draft, step, "timeout", f"It waited longer than {format_duration(task.timeout or 0)}.")
    else:
        skip(draft, step, "timeout", to=task.on_timeout)


def take(draft: Draft, command: Take) -> None:
    """The event that the step waits for: it goes on with what that brought.

    Raises:
        Conflict: the step does not wait for it, or not any more.

    """
    step = _waiting(draft, command.step, WAIT)
    if step.awaits != f"{command.name} {command.correlation}":
        message = "The step does not wait for this event."
        raise Conflict(message)
    draft.record("step.signalled", step, signal=command.signal, name=command.name)
    finish(draft, step, command.payload)


def child_made(draft: Draft, command: ChildMade) -> None:
    """The sub-run is there: a step that does not wait for its end is done.

    Raises:
        Conflict: the step does not wait for this one.

    """
    step = _of_child(draft, command)
    if "runId" in step.data:
        return
    step = draft.change(step, data={**step.data, "runId": command.run_id})
    draft.record("step.delegated", step, run_id=command.run_id)
    if step.data.get("detached"):
        finish(draft, step, {"runId": command.run_id, "runUuid": str(command.child)})


def child_refused(draft: Draft, command: ChildRefused) -> None:
    """No sub-run can be made: the failure rule.

    Raises:
        Conflict: the step does not wait for this one.

    """
    fail(draft, _of_child(draft, command), "subworkflow", command.message)


def child_ended(draft: Draft, command: ChildEnded) -> None:
    """The sub-run ended: its output is the step's, its failure too.

    Raises:
        Conflict: the step does not wait for this one.

    """
    step = _of_child(draft, command)
    draft.taint(command.taints)
    if command.state == RUN_COMPLETED:
        finish(draft, step, command.output)
        return
    why = command.error["message"] if command.state == RUN_FAILED else command.reason or "no reason was given"
    fail(draft, step, "subworkflow", f"Run {command.run_id} of {step.data['workflow']} {command.state}: {why}")


def _begin(draft: Draft, step: Step, given: dict[str, Json], until: datetime | None) -> Step:
    started_at = step.started_at or draft.now
    step = draft.change(step, state=WAITING, data=given, started_at=started_at, try_resolve_at=until)
    draft.begun(step, started_at)
    draft.record("step.waiting", step)
    return step


def _latest(draft: Draft, step: Step) -> datetime | None:
    seconds = draft.version.task(step.task).timeout
    return None if seconds is None else draft.now + timedelta(seconds=seconds)


def _waiting(draft: Draft, number: int, kind: str) -> Step:
    try:
        step = draft.step(number)
    except KeyError:
        message = "There is no such step."
        raise NotFound(message) from None
    if step.kind != kind or step.state != WAITING or step.incident is not None:
        message = f"The step does not wait any more: it is {step.state}."
        raise Conflict(message)
    return step


def _of_child(draft: Draft, command: ChildMade | ChildEnded | ChildRefused) -> Step:
    step = _waiting(draft, command.step, SUBWORKFLOW)
    if step.child_uuid != command.child:
        message = "The step waits for another run."
        raise Conflict(message)
    return step
