"""What expressions see of a run: the one builder, for the engine's conditions and for the preview of them alike."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from casework.core.assignment import STATUS
from casework.core.calendar import is_open
from casework.core.definition import Json
from casework.core.run import Run, current_step
from casework.core.step import Step
from casework.core.syntax import NAMES

BESIDE: Final = ("member", "chat", "workflow")
"""Names whose values are no part of a run: whoever loads the run loads them with it, as far as expressions use them."""

AGE_UNSET: Final = -1
"""An age that nobody told: conditions compare numbers, and a null would make each of them an error."""


class _Seen(msgspec.Struct, frozen=True):
    """What the values of names are taken from."""

    run: Run
    output: Json
    now: datetime
    beside: Mapping[str, Any]
    step: Step | None


def build_context(
    run: Run,
    *,
    output: Json,
    now: datetime,
    beside: Mapping[str, Any],
    step: Step | None = None,
    names: Collection[str] = NAMES,
) -> dict[str, Any]:
    """The value of every one of `names`, by default of every name that an expression may use.

    output: of the step that just ended; for a preview, what is saved on the current one. step: the one that just ended,
    by default the current one. beside: the maps of BESIDE, as far as they are loaded; an absent one is an empty map, so
    that `has()` says no instead of failing. `now` is an instant, everything else is JSON.
    """
    seen = _Seen(run, output, now, beside, step or current_step(run))
    return {name: _VALUES[name](seen) for name in names}


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


def _error(seen: _Seen) -> Json:
    step = seen.step
    return None if step is None else step.caught if step.error is None else step.error


_VALUES: Final[dict[str, Callable[[_Seen], Any]]] = {
    "input": lambda seen: seen.run.input,
    "output": lambda seen: seen.output,
    "tasks": lambda seen: tasks_map(seen.run),
    "member": lambda seen: seen.beside.get("member") or {},
    "chat": lambda seen: seen.beside.get("chat") or {},
    "run": lambda seen: run_map(seen.run),
    "assignment": lambda seen: run_map(seen.run),
    "task": lambda seen: {} if seen.step is None else task_map(seen.run, seen.step),
    "workflow": lambda seen: seen.beside.get("workflow") or {},
    "now": lambda seen: seen.now,
    "is_business_hours": lambda seen: is_open(seen.run.calendar, seen.now),
    "error": _error,
    "item": lambda seen: None if seen.step is None else seen.step.item,
    "index": lambda seen: None if seen.step is None else seen.step.item_index,
}
"""How each of NAMES gets its value: only those that an expression uses are worked out, for each decision anew."""


def _text(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
