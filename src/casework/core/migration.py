"""Runs that go on by another version of their workflow, and back (SEMANTICS, Versions).

What was done stays as it was done. An open step becomes one of the task of its key in the other version, or of the one
that the map names; what the edit changed of that task is read anew (`core.rereading`), all else stays as it is.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from casework.core.command import Migrate, Move, Restore
from casework.core.definition import BY_WORKERS, Json
from casework.core.draft import Draft
from casework.core.errors import Conflict
from casework.core.obstacles import (
    Immovable,
    Obstacle,
    at,
    obstacles_of_join,
    obstacles_of_run,
    obstacles_of_step,
)
from casework.core.rereading import reread
from casework.core.run import Run, Undo
from casework.core.step import PARKED, QUEUED, Step

_NOT_KEPT: Final = frozenset({"revision"})
"""What never goes back: it counts."""


def migrate(draft: Draft, command: Migrate) -> None:
    """Go on by another version.

    Raises:
        Conflict: the run goes by that version already.
        Immovable: with every reason that keeps it where it is.

    """
    _refuse_same(draft, command)
    version, tasks = command.version, command.tasks
    found = list(obstacles_of_run(draft, version, tasks))
    is_known = True
    for step in draft.live():
        there = version.find(tasks.get(step.task, step.task))
        if there is None:
            is_known = False
            found += [] if step.parent is not None else [_without_task(step, command)]
        else:
            found += obstacles_of_step(draft, step, version, there)
    if is_known:
        for step in draft.live():
            found += obstacles_of_join(draft, step, version, tasks) if step.state == PARKED else ()
    if found:
        raise Immovable(tuple(found))
    _go(draft, command)


def restore(draft: Draft, command: Restore) -> None:
    """Be as before the migration that `command.kept` tells of; the caller sees to it that nothing happened since.

    Raises:
        Conflict: the run goes by that version already.

    """
    _refuse_same(draft, command)
    before = draft.run.number
    draft.move_to(command.version, command.number)
    for number, fields in command.kept["steps"].items():
        step = draft.step(int(number))
        whole = msgspec.convert({**msgspec.to_builtins(step), **fields}, Step)
        _call_again(draft, draft.change(step, **{name: getattr(whole, name) for name in fields}))
    draft.change_run(undo=msgspec.convert(command.kept["undo"], tuple[Undo, ...]))
    draft.record("run.migrated", **_facts(command, before), undone=True)


def kept(before: Run, after: Run) -> Json:
    """What takes to undo a migration: of each step that it changed, the fields as they were; as JSON."""
    was = {step.number: step for step in before.steps}
    steps: dict[str, dict[str, Any]] = {}
    for step in after.steps:
        old = was[step.number]
        names = [name for name in Step.__struct_fields__ if getattr(old, name) != getattr(step, name)]
        if step is not old:
            whole = msgspec.to_builtins(old)
            steps[str(step.number)] = {name: whole[name] for name in names if name not in _NOT_KEPT}
    return {"steps": steps, "undo": msgspec.to_builtins(before.undo)}


def _refuse_same(draft: Draft, command: Move) -> None:
    if command.number == draft.run.number:
        message = f"The run goes by version {command.number} already."
        raise Conflict(message)


def _facts(command: Move, before: int) -> dict[str, Any]:
    return {"from": before, "to": command.number, "migration": command.migration}


def _without_task(step: Step, command: Migrate) -> Obstacle:
    named = command.tasks.get(step.task)
    if named is None:
        return at(step, "task", f"Version {command.number} has no task {step.task}; the map may name another for it.")
    return at(step, "task", f"Version {command.number} has no task {named}, which {step.task} is mapped to.")


def _go(draft: Draft, command: Migrate) -> None:
    """The run moves, unless what is read anew does not fit."""
    old, before = draft.version, draft.run.number
    live = draft.live()
    draft.move_to(command.version, command.number)
    leaving = [step for step in live if command.tasks.get(step.task, step.task) != step.task]
    moved = [{"step": step.number, "from": step.task, "to": command.tasks[step.task]} for step in leaving]
    _to_tasks(draft, leaving, command.tasks)
    draft.change_run(undo=tuple(replace(done, task=command.tasks.get(done.task, done.task)) for done in draft.run.undo))
    found: list[Obstacle] = []
    for step in live:
        found += reread(draft, draft.step(step.number), old.task(step.task))
        _call_again(draft, draft.step(step.number))
    if found:
        raise Immovable(tuple(found))
    draft.record("run.migrated", **_facts(command, before), steps=moved)


def _to_tasks(draft: Draft, leaving: list[Step], tasks: Mapping[str, str]) -> None:
    """The steps are the next visits of their new tasks; of those that stay, each task's last one is its last again."""
    numbers = {step.number for step in leaving}
    stay = [one for one in draft.steps if one.parent is None and one.number not in numbers]
    for key in {step.task for step in leaving}:
        before = [one for one in stay if one.task == key]
        if before and not any(one.is_last for one in before):
            draft.change(max(before, key=lambda one: one.visit), is_last=True)
    visits = {task: max((one.visit for one in stay if one.task == task), default=0) for task in tasks.values()}
    for step in sorted(leaving, key=lambda one: one.visit):
        key = tasks[step.task]
        visits[key] += 1
        draft.change(step, task=key, visit=visits[key], is_last=step.state != PARKED)
        if step.state != PARKED:
            draft.supersede(key, step.number)


def _call_again(draft: Draft, step: Step) -> None:
    """A call to a worker names the step as it was; one that was changed is called for anew."""
    is_called = step.kind in BY_WORKERS and step.state == QUEUED and step.try_resolve_at is None
    if is_called and step.revision == draft.revision:
        draft.enqueue(step)
