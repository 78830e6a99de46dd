"""What may be asked of a run. Each is decided by `decide`, alone or beside others in one commit."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from casework.core.actor import Assignee
from casework.core.definition import Json
from casework.core.run import Run
from casework.core.taint import Taint
from casework.core.version import Version
from casework.core.work import Ask, Call


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Something asked of a run."""


class Start(Command, frozen=True, kw_only=True):
    """Begin: one step for each start task, or for `task` alone."""

    task: str | None = None


class Retry(Command, frozen=True, kw_only=True):
    """Begin as the run that failed, at the steps that it failed with; what was done before them is kept."""

    failed: Run


class StepCommand(Command, frozen=True, kw_only=True):
    """Something asked of one step, by its number in the run."""

    step: int


class Assign(StepCommand, frozen=True, kw_only=True):
    """Give a step that nobody is on to a person, who may start at once.

    is_bounded: refused where the person has as many as it may. distribute: how the engine chose the person, who must be
    available; None where people did.
    """

    assignee: Assignee
    start_working: bool = False
    is_bounded: bool = False
    distribute: str | None = None


class Reassign(StepCommand, frozen=True, kw_only=True):
    """Take a step from its person and give it to another. is_bounded: as of Assign."""

    assignee: Assignee
    is_bounded: bool = False


class Unassign(StepCommand, frozen=True, kw_only=True):
    """Take a step from its person."""


class Process(StepCommand, frozen=True, kw_only=True):
    """Start or resume work; only its assignee may."""


class Pause(StepCommand, frozen=True, kw_only=True):
    """Stop working for now."""


class Save(StepCommand, frozen=True, kw_only=True):
    """Keep data without completing: merged over what was saved. by_model: no person, but a model elsewhere says it."""

    data: dict[str, Json]
    by_model: bool = False


class Complete(StepCommand, frozen=True, kw_only=True):
    """Finish: the data, merged over what was saved, is the output; the run moves on. by_model: as of Save.

    taker: who takes the step first, where nobody is on it; None where somebody must be. No capacity bounds it:
    they have it for no time.
    """

    data: dict[str, Json]
    by_model: bool = False
    taker: Assignee | None = None


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


class Move(Command, frozen=True, kw_only=True):
    """Go on by another version of the workflow, in a migration of many runs. number: the version's."""

    version: Version
    number: int
    migration: int


class Migrate(Move, frozen=True, kw_only=True):
    """Each open step goes on at the task of its key there, or at the one that `tasks` names for it."""

    tasks: dict[str, str] = {}


class Restore(Move, frozen=True, kw_only=True):
    """Be as before that migration, of which `kept` tells (`core.migration.kept`); nothing may have happened since."""

    kept: Json


# What workers ask, of steps that they perform (SEMANTICS, Attempts)


class Claim(StepCommand, frozen=True, kw_only=True):
    """A worker begins attempt number `attempt`, which a job told it of."""

    attempt: int
    worker: UUID


class AttemptCommand(StepCommand, frozen=True, kw_only=True):
    """Something that only the newest attempt may say. calls: what models were asked meanwhile."""

    attempt: int
    calls: tuple[Call, ...] = ()


class Progress(AttemptCommand, frozen=True, kw_only=True):
    """How far it is; `memory`, where given, is what the next attempt will be told."""

    detail: dict[str, Json] = {}
    memory: Json | msgspec.UnsetType = msgspec.UNSET


class Report(AttemptCommand, frozen=True, kw_only=True):
    """The attempt's output. worker: goes on at once with a step of these kinds that follows, if any."""

    output: Json
    worker: UUID | None = None
    kinds: frozenset[str] = frozenset()


class ReportFailure(AttemptCommand, frozen=True, kw_only=True):
    """The attempt failed.

    is_final: another one would fail as well. retry_after: seconds to wait at least. seed: from 0 to 1, spreads the
    waiting. output: the last answer, where that is what did not fit.
    """

    code: str
    message: str
    is_final: bool = False
    retry_after: float = 0
    seed: float = 1
    output: Json = None


class Suspend(AttemptCommand, frozen=True, kw_only=True):
    """The step waits for people's answers; with all of them the next attempt begins, and is told `memory`."""

    asks: tuple[Ask, ...]
    memory: Json = None


class Lose(StepCommand, frozen=True, kw_only=True):
    """The worker of that attempt is gone: the step is anybody's again, and this does not count against `retry`."""

    attempt: int


class Recall(StepCommand, frozen=True, kw_only=True):
    """The call to a worker was lost: call again. Does nothing where the step is not queued, or waits for an instant."""


class Look(StepCommand, frozen=True, kw_only=True):
    """The instant has come at which the step is to be looked at (`try_resolve_at`)."""


class Take(StepCommand, frozen=True, kw_only=True):
    """An event that the step waits for has come; signal is its id."""

    signal: int
    name: str
    correlation: str
    payload: Json


class ChildCommand(StepCommand, frozen=True, kw_only=True):
    """News of the run that was to be made for the step; child is that run's UUID."""

    child: UUID


class ChildMade(ChildCommand, frozen=True, kw_only=True):
    """It was made."""

    run_id: int


class ChildRefused(ChildCommand, frozen=True, kw_only=True):
    """It cannot be made."""

    message: str


class ChildEnded(ChildCommand, frozen=True, kw_only=True):
    """It ended: completed with an output, failed with an error, or cancelled for a reason. taints: of its data."""

    run_id: int
    state: str
    output: Json = None
    error: Json = None
    reason: str | None = None
    taints: tuple[Taint, ...] = ()


class ResolveIncident(StepCommand, frozen=True, kw_only=True):
    """End an incident: try again, go on with an output, go on without one, or let the run fail."""

    how: Literal["retry", "output", "skip", "fail"]
    output: Json = None
