"""Retry: a run that failed goes on as another one, which begins where it failed (SEMANTICS, Failure rule)."""

from collections.abc import Mapping

from msgspec.structs import replace

from casework.core.command import Retry
from casework.core.draft import Draft
from casework.core.errors import Conflict
from casework.core.joins import park
from casework.core.routing import begin
from casework.core.run import FAILED, Run
from casework.core.step import Step
from casework.core.visit import identity, next_visit, shell


def retry(draft: Draft, command: Retry) -> None:
    """Keep what was done, and begin the step that failed again, with those that were cancelled because of it.

    Steps and visits are counted anew, and what is kept took no time here: whoever did it did it in the failed run.

    Raises:
        Conflict: the run did not fail, or no step failed it, or what was done in it was undone.

    """
    failed = command.failed
    if failed.state != FAILED:
        message = f"Cannot retry: the run is {failed.state}, and only a failed one is retried."
        raise Conflict(message)
    if not failed.retry_from:
        message = "Cannot retry: no step failed the run, or what was done in it was undone. Start another one."
        raise Conflict(message)
    draft.taint(failed.taints)
    draft.begin_for(failed.started_by)
    draft.record("run.started", retry_of=failed.id)
    kept: dict[int, Step] = {}
    for step in failed.steps:
        if _stands(step, failed, kept):
            kept[step.number] = _keep(draft, step, kept)
    for number in failed.retry_from:
        _begin_again(draft, failed.step(number), kept)


def _stands(step: Step, failed: Run, kept: Mapping[int, Step]) -> bool:
    """Whether the step is what its task shows or gives, and is not begun again, nor beneath one that is."""
    if step.number in failed.retry_from or not (step.is_last or step.is_output):
        return False
    return step.parent is None or step.parent in kept


def _keep(draft: Draft, old: Step, kept: Mapping[int, Step]) -> Step:
    """The step as it was, also where the run went on by a version that has no such task."""
    parent = None if old.parent is None else kept[old.parent]
    step = draft.add(
        replace(
            old,
            **identity(draft),
            visit=next_visit(draft, old.task) if parent is None else parent.visit,
            parent=None if parent is None else parent.number,
            sources=tuple(source.number for source in _sources(old, kept)),
            is_last=True,
            is_kept=True,
            working_ms=0,
            machine_ms=0,
            created_at=draft.now,
            started_at=None if old.started_at is None else draft.now,
            ended_at=draft.now,
        )
    )
    if step.parent is None:
        draft.supersede(step.task, step.number)
    if step.started_at is not None:
        draft.begun(step, draft.now)
    return step


def _begin_again(draft: Draft, old: Step, kept: Mapping[int, Step]) -> None:
    """A new visit for the one that did not complete; at a join it waits for the others, as it did."""
    task = draft.version.task(old.task)
    bare = shell(draft, task, _sources(old, kept), old.absorbed_by)
    if task.join == "all":
        sources = tuple(draft.step(number) for number in bare.sources)
        draft.change(park(draft, task, sources, old.absorbed_by), caught=old.caught)
    else:
        begin(draft, replace(bare, caught=old.caught))


def _sources(old: Step, kept: Mapping[int, Step]) -> tuple[Step, ...]:
    return tuple(kept[number] for number in old.sources if number in kept)
