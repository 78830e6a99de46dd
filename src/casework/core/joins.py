"""Joins: where branches of a run come together (SEMANTICS, Joins)."""

from msgspec.structs import replace

from casework.core.definition import Task
from casework.core.draft import Draft
from casework.core.ending import cancel_step
from casework.core.step import PARKED, Step
from casework.core.visit import shell


def park(draft: Draft, task: Task, sources: tuple[Step, ...], absorbed_by: tuple[str, ...]) -> Step:
    """An arrival at `join: all` waits; those that come before it fires merge into one visit."""
    for step in draft.live():
        if step.task == task.key and step.state == PARKED:
            numbers = dict.fromkeys((*step.sources, *(source.number for source in sources)))
            names = dict.fromkeys((*step.absorbed_by, *absorbed_by))
            return draft.change(step, sources=tuple(numbers), absorbed_by=tuple(names))
    step = draft.add(replace(shell(draft, task, sources, absorbed_by), is_last=False))
    draft.record("step.parked", step, task=task.key)
    return step


def may_still_be_reached(draft: Draft, parked: Step) -> bool:
    """Whether another live step could still come to this join without passing through it."""
    reach = draft.version.graph.reach
    return any(
        step.task != parked.task and parked.task in reach[step.task]
        for step in draft.live()
        if step.number != parked.number
    )


def take_in_the_rest(draft: Draft, task: Task) -> None:
    """`join: any` begins: what is live now and could come here later is taken in, or cancelled at once."""
    reach = draft.version.graph.reach
    for step in draft.live():
        if step.task == task.key or task.key not in reach[step.task]:
            continue
        if task.cancel_rest:
            cancel_step(draft, step)
        elif task.key not in step.absorbed_by:
            draft.change(step, absorbed_by=(*step.absorbed_by, task.key))
