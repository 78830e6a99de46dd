"""What people change of a run itself: its title, priority, due date and owner, and the data of where it stands."""

from typing import Any

import msgspec

from casework.core import people
from casework.core.command import Update
from casework.core.draft import Draft
from casework.core.errors import Conflict, Invalid, Problem
from casework.core.run import current_step


def update(draft: Draft, command: Update) -> None:
    """Set what the command names; data is kept on the activity that the run stands on."""
    fields: dict[str, Any] = {}
    for name in ("title", "priority", "due_at", "member_id"):
        value = getattr(command, name)
        if value is not msgspec.UNSET and value != getattr(draft.run, name):
            fields[name] = value
    if fields:
        draft.change_run(**fields)
        draft.record("run.updated", fields=sorted(fields))
    if "priority" in fields:
        for step in draft.live():
            if draft.version.task(step.task).priority is None:
                draft.change(step, priority=fields["priority"])
    if command.data is not msgspec.UNSET:
        _save_on_current(draft, command.data)


def _save_on_current(draft: Draft, data: dict[str, Any]) -> None:
    step = current_step(draft.settled())
    if step is None or step.kind != "human":
        message = "There is no activity to save data on."
        raise Conflict(message) if step is None else Invalid(message, (Problem(path="/data", message=message),))
    people.keep(draft, step, data)
