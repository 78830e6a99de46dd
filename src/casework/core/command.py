"""What may be asked of a run. Each is decided by `decide`, alone or beside others in one commit."""

from datetime import datetime

import msgspec

from casework.core.actor import Assignee
from casework.core.definition import Json


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Something asked of a run."""


class Start(Command, frozen=True, kw_only=True):
    """Begin: one step for each start task, or for `task` alone."""

    task: str | None = None


class StepCommand(Command, frozen=True, kw_only=True):
    """Something asked of one step, by its number in the run."""

    step: int


class Assign(StepCommand, frozen=True, kw_only=True):
    """Give a step that nobody is on to a person, who may start at once."""

    assignee: Assignee
    start_working: bool = False


class Reassign(StepCommand, frozen=True, kw_only=True):
    """Take a step from its person and give it to another."""

    assignee: Assignee


class Unassign(StepCommand, frozen=True, kw_only=True):
    """Take a step from its person."""


class Process(StepCommand, frozen=True, kw_only=True):
    """Start or resume work; only its assignee may."""


class Pause(StepCommand, frozen=True, kw_only=True):
    """Stop working for now."""


class Save(StepCommand, frozen=True, kw_only=True):
    """Keep data without completing: merged over what was saved."""

    data: dict[str, Json]


class Complete(StepCommand, frozen=True, kw_only=True):
    """Finish: the data, merged over what was saved, is the output; the run moves on."""

    data: dict[str, Json]


class Fail(StepCommand, frozen=True, kw_only=True):
    """Report that the step cannot be done."""

    comment: str = ""


class CancelStep(StepCommand, frozen=True, kw_only=True):
    """Take the step out of the run; a run left with nothing else is cancelled."""


class CancelRun(Command, frozen=True, kw_only=True):
    """End the run without a result."""

    reason: str | None = None


class Select(Command, frozen=True, kw_only=True):
    """Make a task the current one."""

    task: str


class Update(Command, frozen=True, kw_only=True):
    """Change what is said of the run; UNSET leaves a field as it is. `data` is saved on the current step."""

    title: str | msgspec.UnsetType = msgspec.UNSET
    priority: int | msgspec.UnsetType = msgspec.UNSET
    due_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    member_id: int | msgspec.UnsetType = msgspec.UNSET
    data: dict[str, Json] | msgspec.UnsetType = msgspec.UNSET
