"""How steps and runs end."""

from casework.core.condition import EvaluationError
from casework.core.context import Context
from casework.core.definition import Json
from casework.core.draft import Draft
from casework.core.run import CANCELLED as RUN_CANCELLED
from casework.core.run import COMPLETED as RUN_COMPLETED
from casework.core.run import FAILED as RUN_FAILED
from casework.core.run import Ending, open_state
from casework.core.step import CANCELLED, COMPLETED, SKIPPED, Step


def cancel_step(draft: Draft, step: Step) -> Step:
    """Take a live step out of the run with those beneath it: cancelled, nobody on it, its work period closed."""
    if not draft.step(step.number).is_live:  # it went along with the one above it
        return draft.step(step.number)
    for other in draft.live():
        if other.parent == step.number:
            cancel_step(draft, other)
    changed = draft.end(step, CANCELLED, account_id=None, member_id=None)
    draft.record("step.cancelled", changed)
    return changed


def cancel_run(draft: Draft, reason: str | None) -> None:
    """End the run without a result: every live step is cancelled."""
    _end_run(draft, Ending(state=RUN_CANCELLED, reason=reason))


def fail_run(draft: Draft, error: Json, failed: Step | None = None) -> None:
    """End the run because of an error: the other live steps are cancelled, unreached tasks stay pending.

    failed: the step that failed, where that is why. A retry begins there and at what is cancelled with it.
    """
    cut = [step for step in draft.live() if step.holds_run_open]
    if _end_run(draft, Ending(state=RUN_FAILED, error=error)) and failed is not None:
        begun_again = {step.number for step in (failed, *cut) if step.parent is None}
        draft.change_run(retry_from=tuple(sorted(begun_again)))


def _end_run(draft: Draft, ending: Ending) -> bool:
    """End the run, after what was done in it is undone; a run that is ending already ends as it was going to.

    Gives whether it has ended: there was nothing to undo.
    """
    for step in draft.live():
        cancel_step(draft, step)
    if draft.run.ending is not None:
        return False
    if not draft.run.undo:
        finish_run(draft, ending)
        return True
    draft.change_run(ending=ending, selected=None)
    draft.record("run.ending", state=ending.state, error=ending.error, reason=ending.reason)
    return False


def finish_run(draft: Draft, ending: Ending) -> None:
    """The run failed, or was cancelled; nothing of it is left to undo."""
    fields = {"error": ending.error} if ending.state == RUN_FAILED else {"cancel_reason": ending.reason}
    draft.change_run(state=ending.state, ended_at=draft.now, ending=None, selected=None, **fields)
    if ending.state == RUN_FAILED:
        draft.record("run.failed", error=ending.error)
    else:
        draft.record("run.cancelled", reason=ending.reason)


def settle(draft: Draft) -> None:
    """After every command: the run's state from its steps; complete when nothing holds it open."""
    if not draft.run.is_open:
        return
    if any(step.holds_run_open for step in draft.live()):
        draft.change_run(state=open_state(draft.settled()))
        return
    for step in draft.live():
        draft.record("step.skipped", draft.end(step, SKIPPED, account_id=None, member_id=None))
    _complete_run(draft)


def _complete_run(draft: Draft) -> None:
    if _only_cancelled(draft):
        cancel_run(draft, "Its last activity was cancelled.")
        return
    last = _last_completed(draft)
    if last is None:
        draft.change_run(state=RUN_COMPLETED, ended_at=draft.now, selected=None)
        draft.record("run.completed")
        return
    output = last.output
    if draft.version.output is not None or draft.version.run_indicators:
        context = draft.context(last, last.output)
        if draft.version.output is not None:
            try:
                output = draft.version.output.value(context)
            except EvaluationError as error:
                message = f"The run's output could not be evaluated: {error}"
                fail_run(draft, {"code": "output", "message": message, "task": last.task, "attempt": last.attempt})
                return
        draft.change_run(indicators=_run_indicators(draft, context))
    draft.change_run(state=RUN_COMPLETED, ended_at=draft.now, output=output, selected=None)
    draft.record("run.completed")


def _run_indicators(draft: Draft, context: Context) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name, expression in draft.version.run_indicators:
        try:
            found[name] = expression.value(context)
        except EvaluationError:
            found[name] = None  # an indicator measures; it never stops a run
    return found


def _only_cancelled(draft: Draft) -> bool:
    """Whether all that this decision ended, what was left behind aside, was cancelled: nobody finished the work."""
    ended = {step.state for step in draft.steps if step.ended_at is not None and step.revision == draft.revision}
    return ended - {SKIPPED} == {CANCELLED}


def _last_completed(draft: Draft) -> Step | None:
    """The step that ended last with an output; None where every one failed."""
    completed = [step for step in draft.steps if step.state == COMPLETED and step.parent is None]
    return max(completed, key=lambda step: (step.ended_at, step.number), default=None)
