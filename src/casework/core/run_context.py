"""What expressions see of a run: the one builder, for the engine's conditions and for the preview of them alike."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from casework.core.assignment import STATUS
from casework.core.calendar import is_open
from casework.core.definition import Json
from casework.core.run import Run, current_step
from casework.core.step import Step

BESIDE: Final = ("member", "chat", "workflow")
"""Names whose values are no part of a run: whoever loads the run loads them with it, as far as expressions use them."""

AGE_UNSET: Final = -1
"""An age that nobody told: conditions compare numbers, and a null would make each of them an error."""


def build_context(
    run: Run, *, output: Json, now: datetime, beside: Mapping[str, Any], step: Step | None = None
) -> dict[str, Any]:
    """The value of every name that an expression may use.

    output: of the step that just ended; for a preview, what is saved on the current one. step: the one that just ended,
    by default the current one. beside: the maps of BESIDE, as far as they are loaded; an absent one is an empty map, so
    that `has()` says no instead of failing. `now` is an instant, everything else is JSON.
    """
    at = step or current_step(run)
    this_run = run_map(run)
    return {
        "member": beside.get("member") or {},
        "chat": beside.get("chat") or {},
        "workflow": beside.get("workflow") or {},
        "assignment": this_run,
        "run": this_run,
        "task": {} if at is None else task_map(run, at),
        "input": run.input,
        "output": output,
        "tasks": tasks_map(run),
        "now": now,
        "is_business_hours": is_open(run.calendar, now),
        "error": None if at is None else at.caught if at.error is None else at.error,
        "item": None if at is None else at.item,
        "index": None if at is None else at.item_index,
    }


def run_map(run: Run) -> dict[str, Any]:
    """A run as expressions see it, under `run` and `assignment`."""
    return {
        "id": run.id,
        "uuid": str(run.uuid),
        "title": run.title,
        "priority": run.priority,
        "status": STATUS[run.state],
        "member_id": run.member_id,
        "due_at": _text(run.due_at),
        "created_at": _text(run.created_at),
        "updated_at": _text(run.updated_at),
        "started_at": _text(run.started_at),
    }


def task_map(run: Run, step: Step) -> dict[str, Any]:
    """The task of a step as expressions see it, under `task`."""
    task = run.version.find(step.task)
    if task is None:  # it ended before the run moved to this version
        return {"key": step.task, "name": step.task, "kind": step.kind, "visit": step.visit}
    return {"key": task.key, "name": task.name, "kind": task.kind, "visit": step.visit}


def tasks_map(run: Run) -> dict[str, dict[str, Any]]:
    """Every task reached, by its key, with the output of its last completed visit (null before one).

    The items of a `for_each` are not shown: their parent's output is the list of theirs.
    """
    found: dict[str, dict[str, Any]] = {}
    for step in run.steps:  # in order of number, so that a later visit comes after an earlier one
        if step.parent is not None:
            continue
        known = found.setdefault(step.task, {"output": None, "visit": 0})
        known["visit"] = step.visit
        if step.is_output:
            known["output"] = step.output
    return found


def named(names: Collection[str]) -> frozenset[str]:
    """Which of the maps of BESIDE have to be loaded for expressions that use these names."""
    return frozenset(names).intersection(BESIDE)


def without_private(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context as people may see it: what is recorded of the member's person is left empty."""
    return {**context, "member": {**context["member"], "data": {}, "form_data": {}}}


def _text(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
