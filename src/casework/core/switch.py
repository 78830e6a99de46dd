"""Select: somebody makes another task the current one (SEMANTICS, Current task)."""

from casework.core.command import Select
from casework.core.definition import HUMAN
from casework.core.draft import Draft
from casework.core.errors import Conflict
from casework.core.routing import arrive
from casework.core.run import current_step
from casework.core.step import IN_PROGRESS, Step


def select(draft: Draft, command: Select) -> None:
    """Make the task current: one with a live step, or one that a transition leads to now.

    Raises:
        Conflict: neither, or the transition's condition is false or cannot be decided; the text says which and why.

    """
    current = current_step(draft.settled())
    if current is None:
        message = "There is no current task to switch from."
        raise Conflict(message)
    if current.task == command.task:
        return
    chosen = _live_step(draft, command.task)
    if chosen is None:
        allowed, reason = way_on(draft, current, command.task)
        if not allowed:
            raise Conflict(reason)
        _leave(draft, current, is_left=True)
        chosen = arrive(draft, command.task, (draft.step(current.number),))
    else:
        _leave(draft, current, is_left=current.is_left)
        if chosen.is_left:
            chosen = draft.change(chosen, is_left=False)
    if draft.run.is_open and chosen is not None:
        draft.change_run(selected=chosen.number)
        draft.record("run.selected", chosen, task=command.task)


def way_on(draft: Draft, current: Step, task: str) -> tuple[bool, str]:
    """Whether a transition leads from the current step to the task now, and which part of its condition decided.

    The current step's saved data stands for `output`.
    """
    reason = f"No transition leads from {current.task} to {task}."
    for transition, condition in draft.version.ways(current.task):
        if transition.to != task:
            continue
        if condition is None:
            return True, "This way is always open."
        verdict = condition.explain(draft.context(current, current.data))
        if verdict.error is not None:
            reason = f"The condition `{condition.source}` could not be decided: {verdict.error}"
        elif verdict.value:
            return True, f"`{verdict.clause}` is true."
        else:
            reason = f"`{verdict.clause}` is false."
    return False, reason


def _live_step(draft: Draft, task: str) -> Step | None:
    found = [step for step in draft.live() if step.task == task]
    return found[0] if found else None


def _leave(draft: Draft, step: Step, *, is_left: bool) -> None:
    if step.state == IN_PROGRESS and step.kind == HUMAN:  # a worker's attempt goes on
        step = draft.pause(step, cause="another task was selected")
    draft.change(step, is_left=is_left)
