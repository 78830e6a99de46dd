"""How a run that failed or was cancelled undoes what was done, and then ends (SEMANTICS, Cancel)."""

from msgspec.structs import replace

from casework.core.draft import Draft
from casework.core.ending import finish_run
from casework.core.visit import make, shell


def undo_next(draft: Draft) -> bool:
    """Begin to undo what was done last, or end the run where all is undone; whether anything was begun."""
    ending = draft.run.ending
    if ending is None or not draft.run.is_open or draft.live():
        return False
    if not draft.run.undo:
        finish_run(draft, ending)
        return False
    last = draft.run.undo[-1]
    draft.change_run(undo=draft.run.undo[:-1])
    task = draft.version.task(draft.version.task(last.task).compensate or "")
    bare = shell(draft, task, (), ())
    draft.supersede(task.key, bare.number)
    step = make(draft, task, replace(bare, item=last.output, caught=ending.error))
    draft.record("step.undoing", step, undoes=last.step, task=last.task)
    return True
