"""A visit of a task: the step that is made when a run reaches it."""

from collections.abc import Collection
from typing import Any

from msgspec.structs import replace

from casework.core.definition import HUMAN, STARTER, Task
from casework.core.draft import Draft
from casework.core.due import due_fields
from casework.core.ids import step_uuid
from casework.core.step import COMPLETED, PARKED, QUEUED, READY, Step


def shell(draft: Draft, task: Task, sources: tuple[Step, ...], absorbed_by: tuple[str, ...]) -> Step:
    """A visit that is not begun: the next number, the next visit."""
    return _numbered(
        draft,
        task,
        visit=next_visit(draft, task.key),
        sources=tuple(source.number for source in sources),
        absorbed_by=absorbed_by,
    )


def shell_beneath(draft: Draft, parent: Step) -> Step:
    """A step that is not begun, beneath another one and of its visit."""
    task = draft.version.task(parent.task)
    return _numbered(draft, task, visit=parent.visit, absorbed_by=parent.absorbed_by, parent=parent.number)


def next_visit(draft: Draft, key: str) -> int:
    """What a visit of the task would count, from 1."""
    last = draft.last_visit(key)
    return 1 if last is None else last.visit + 1


def identity(draft: Draft) -> dict[str, Any]:
    """What a new step is known by: the next number, and an id."""
    number = draft.run.steps_count + 1
    return {"number": number, "uuid": step_uuid(draft.run.uuid, number, draft.now)}


def make(draft: Draft, task: Task, bare: Step) -> Step:
    """Begin a visit: a person's step waits for somebody to take it, an automatic one for its turn."""
    if task.kind == HUMAN and draft.version.people(task.key) == (None, None):
        return _created(draft, replace(bare, **_waiting_for_people(draft, task)))
    step = _created(draft, replace(bare, state=QUEUED, priority=draft.run.priority))
    draft.pending.append(step.number)
    return step


def ready(draft: Draft, step: Step) -> Step:
    """A person's step that had to be evaluated first waits for somebody to take it, from now: its time runs."""
    fields = _waiting_for_people(draft, draft.version.task(step.task))
    return draft.change(step, **fields | {"deny_ids": tuple(sorted({*step.deny_ids, *fields["deny_ids"]}))})


def _waiting_for_people(draft: Draft, task: Task) -> dict[str, Any]:
    return {
        "state": READY,
        "actor_roles": task.roles,
        "deny_ids": excluded(draft, task.exclude),
        "priority": draft.run.priority if task.priority is None else task.priority,
        "distribute": None if task.distribute == "pull" else task.distribute,
        **due_fields(draft, task),
    }


def _created(draft: Draft, bare: Step) -> Step:
    step = draft.add(replace(bare, created_at=draft.now))
    draft.record("step.created", step, task=step.task, visit=step.visit)
    return step


def _numbered(draft: Draft, task: Task, **fields: object) -> Step:
    bare = Step(**identity(draft), task=task.key, kind=task.kind, visit=1, state=PARKED, created_at=draft.now)
    return replace(bare, **fields)


def excluded(draft: Draft, names: Collection[str]) -> tuple[int, ...]:
    """Accounts that completed the last visit of the tasks of `exclude`, or started the run (STARTER): four eyes."""
    found = {
        step.account_id
        for step in draft.steps
        if step.task in names
        and step.state == COMPLETED
        and (step.is_output or (step.parent is not None and step.is_last))
    }
    found.update(draft.run.started_by if STARTER in names else ())
    return tuple(sorted(account_id for account_id in found if account_id is not None))
