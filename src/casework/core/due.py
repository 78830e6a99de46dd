"""When a person's step has to be looked at: reminders, when it is due, and when its assignee did nothing for too long.

A step's `try_resolve_at` is the first of these instants; `watch` keeps it so after every command.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from casework.core.calendar import after, before
from casework.core.definition import HUMAN, Task
from casework.core.draft import Draft
from casework.core.step import ASSIGNED, HELD, IN_PROGRESS, QUEUED, READY, Step

_WITH_PEOPLE: Final = HELD | {READY}
_ACTIVE: Final = frozenset({ASSIGNED, IN_PROGRESS})
"""States in which a sign of the assignee is expected; who paused has put the step aside knowingly."""


def due_fields(draft: Draft, task: Task, since: datetime | None = None) -> dict[str, Any]:
    """When a step of the task that became ready then, or now, is due, and when people are to be reminded of it."""
    if task.due is None:
        return {}
    due_at = _later(draft, task, since or draft.now, task.due)
    reminders = sorted({_later(draft, task, due_at, seconds) for seconds in task.reminders})
    return {"due_at": due_at, "reminders": tuple(at for at in reminders if at > draft.now)}


def touch(draft: Draft, step: Step) -> Step:
    """The step's assignee gave a sign: the time without one begins anew."""
    task = draft.version.task(step.task)
    at = lapse_at(draft, task)
    return step if at is None else draft.change(step, requeue_at=at)


def lapse_at(draft: Draft, task: Task) -> datetime | None:
    """When a step of the task becomes anybody's again, unless its assignee gives another sign than the one now."""
    return None if task.requeue_after is None else _later(draft, task, draft.now, task.requeue_after)


def watch(draft: Draft) -> None:
    """Have every person's step that this decision changed looked at when the next instant of it comes."""
    for step in draft.live():
        if step.kind != HUMAN or step.revision != draft.revision or step.state == QUEUED:
            continue
        requeue_at = step.requeue_at if step.state in _ACTIVE else None
        at = _next(step, requeue_at) if step.state in _WITH_PEOPLE else None
        if (at, requeue_at) != (step.try_resolve_at, step.requeue_at):
            draft.change(step, try_resolve_at=at, requeue_at=requeue_at)


def _next(step: Step, requeue_at: datetime | None) -> datetime | None:
    instants = [*step.reminders[:1], requeue_at, None if step.is_overdue else step.due_at]
    return min((at for at in instants if at is not None), default=None)


def _later(draft: Draft, task: Task, at: datetime, seconds: int) -> datetime:
    """So much later, or earlier where it is negative, by the clock that the task goes by."""
    if (task.calendar or draft.version.definition.calendar) is None:
        return at + timedelta(seconds=seconds)
    calendar = draft.run.calendar
    return before(calendar, at, -seconds) if seconds < 0 else after(calendar, at, seconds)
