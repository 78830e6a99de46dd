"""What a commit writes of the runs that it changed, as rows."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any, Final

from casework.core.run import current_step
from casework.engine.brief import MADE, MOVES, row_of
from casework.engine.held import Held
from casework.engine.sealing import Sealing
from casework.store.runs import RunRow
from casework.store.work_rows import RUN_RARE

_SAME: Final = (
    *("title", "priority", "due_at", "error", "indicators", "cancel_reason", "undo", "ending", "retry_from"),
    "taints",
)
"""What rarely changes of a run, and is called the same in its row."""


def _getter(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*names)


_run_unmoved = _getter(["selected", "member_id", "number", *_SAME])
_row_unmoved = _getter(["selected_step", "member_id", "version_number", *_SAME])


def _current_task_id(held: Held) -> int | None:
    """The id of the task that the run stands on; None where there is none."""
    step = current_step(held.run)
    return None if step is None else held.edition.task_id(step.task)


def _moved_row(held: Held) -> dict[str, Any]:
    """What is to be written of a run that moved (RUN_MOVED)."""
    run = held.run
    current = current_step(run)
    return {
        "id": run.id,
        "state": run.state,
        "revision": run.revision,
        "steps_count": run.steps_count,
        "current_task_id": None if current is None else held.edition.task_id(current.task),
        "current_step": None if current is None else current.number,
        "output": run.output,
        "working_ms": run.working_ms,
        "machine_ms": run.machine_ms,
        "updated_at": run.updated_at,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
    }


def _whole_row(held: Held) -> dict[str, Any]:
    """Everything of a run that can change."""
    run = held.run
    return _moved_row(held) | {
        "workspace_id": held.edition.workspace_id,
        "version_number": run.number,
        "member_id": run.member_id,
        "title": run.title,
        "selected_step": run.selected,
        "priority": run.priority,
        "due_at": run.due_at,
        "error": run.error,
        "indicators": run.indicators,
        "cancel_reason": run.cancel_reason,
        "undo": run.undo,
        "ending": run.ending,
        "retry_from": run.retry_from,
        "taints": run.taints,
    }


def made_rows(batch: Sequence[Held], sealing: Sealing) -> list[dict[str, Any]]:
    """What is to be written of runs that the batch makes: without what is rare, where none of them has any of it."""
    made = [sealing.run(held.run, held.edition, _made_row(held)) for held in batch]
    if any(row[name] for row in made for name in RUN_RARE):
        return made
    return [{name: value for name, value in row.items() if name not in RUN_RARE} for row in made]


def _made_row(held: Held) -> dict[str, Any]:
    return _whole_row(held) | held.fixed | {"started_by": held.run.started_by}


def changed_row(held: Held, row: RunRow, sealing: Sealing) -> dict[str, Any]:
    """What is to be written of a stored run: what moves, where nothing else is another than it was."""
    is_brief = _run_unmoved(held.run) == _row_unmoved(row)
    return sealing.run(held.run, held.edition, _moved_row(held) if is_brief else _whole_row(held))


def changed_steps(held: Held, sealing: Sealing) -> list[dict[str, Any]]:
    """The rows of stored steps that changed, each as far as it must be written."""
    rows = []
    for number, step in sorted(held.changed.items()):
        if number in held.stored:
            step_id, before = held.stored[number]
            brief = next((one for one in MOVES if one.covers(step, before)), None)
            row = sealing.step(step, held.run.id, held.edition, row_of(step, brief))
            row["id"] = step_id
            rows.append(row)
    return rows


def renamed_steps(held: Held, numbers: set[int]) -> list[dict[str, Any]]:
    """What steps of a run that moved to another version are called there."""
    rows = []
    for number in sorted(numbers & held.stored.keys()):
        step = held.run.step(number)
        rows.append(
            {
                "id": held.stored[number][0],
                "task_id": held.edition.task_id(step.task),
                "task_key": step.task,
                "name": held.edition.version.task(step.task).name if step.ask is None else step.ask["name"],
                "visit": step.visit,
            }
        )
    return rows


def new_steps(batch: Sequence[Held], sealing: Sealing) -> list[dict[str, Any]]:
    """The rows of new steps, all of the same columns: a briefer kind's, where none has more to say."""
    made = [
        (held, step) for held in batch for number, step in sorted(held.changed.items()) if number not in held.stored
    ]
    brief = next((one for one in MADE if all(one.suffices(step) for _, step in made)), None)
    rows = []
    for held, step in made:
        edition = held.edition
        row = sealing.step(step, held.run.id, edition, row_of(step, brief))
        row["workspace_id"] = edition.workspace_id
        row["workflow_id"] = edition.workflow_id
        row["run_id"] = held.run.id
        row["task_id"] = edition.task_id(step.task)
        row["task_key"] = step.task
        row["name"] = edition.version.task(step.task).name if step.ask is None else step.ask["name"]
        rows.append(row)
    return rows


def new_owner(held: Held) -> list[tuple[int, int, datetime]]:
    """The chat of an assignment that was handed over, and its new owner."""
    row, member_id = held.row, held.run.member_id
    if row is None or row.chat_id is None or member_id is None or member_id == row.member_id:
        return []
    return [(row.chat_id, member_id, held.run.updated_at)]


def deltas(batch: Sequence[Held]) -> dict[tuple[int, int, int, date], int]:
    """By how much the counts of open runs on each task change."""
    changes: dict[tuple[int, int, int, date], int] = defaultdict(int)
    for held in batch:
        before = None if held.row is None else held.row.current_task_id
        after = _current_task_id(held)
        if before == after:
            continue
        place = (held.edition.workspace_id, held.edition.workflow_id)
        day = held.run.created_at.astimezone(UTC).date()
        if before is not None:
            changes[*place, before, day] -= 1
        if after is not None:
            changes[*place, after, day] += 1
    return changes
