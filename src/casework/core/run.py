"""A run: one case going through one version of a workflow."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.calendar import DEFAULT, Calendar
from casework.core.definition import Json
from casework.core.step import AT_WORK, Step
from casework.core.taint import Taint
from casework.core.version import Version

PENDING: Final = "pending"
RUNNING: Final = "running"
PAUSED: Final = "paused"
RESUMED: Final = "resumed"
COMPLETED: Final = "completed"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"

OPEN: Final = frozenset({PENDING, RUNNING, PAUSED, RESUMED})
TERMINAL: Final = frozenset({COMPLETED, FAILED, CANCELLED})


class Undo(msgspec.Struct, frozen=True, kw_only=True):
    """A step that completed, and is to be undone should the run fail or be cancelled; output is what it gave."""

    step: int
    task: str
    output: Json


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ends once everything is undone."""

    state: str
    error: Json = None
    reason: str | None = None


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run as `decide` sees it: a value.

    steps: every live step, and of each task the last visit and the last completed one (with its children where it
    fanned out), in order of number.
    number: of its version. steps_count: numbers given to steps so far. selected: number of the step that somebody chose
    as current. revision: raised by one with each accepted command.
    parent_run_id, parent_step: the step of another run that this one was made for.
    undo: what is to be undone, in order of completion. ending: set while it is being undone.
    retry_from: where a retry begins: the numbers of the step that failed the run and of those cancelled with it.
    taints: what its data bring along. started_by: the accounts that started it, what it retries, or the run above it.
    context: what conditions may see beside the run itself (`member`, `chat`, `workflow`, ...), as far as the version's
    expressions name it. calendar: the workspace's, as far as the version needs it.
    """

    id: int
    uuid: UUID
    version: Version
    state: str
    revision: int
    created_at: datetime
    updated_at: datetime
    number: int = 1
    steps: tuple[Step, ...] = ()
    steps_count: int = 0
    selected: int | None = None
    title: str = ""
    priority: int = 50
    member_id: int | None = None
    due_at: datetime | None = None
    input: Json = msgspec.field(default_factory=dict)
    output: Json = None
    error: Json = None
    indicators: Json = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    cancel_reason: str | None = None
    working_ms: int = 0
    machine_ms: int = 0
    parent_run_id: int | None = None
    parent_step: int | None = None
    undo: tuple[Undo, ...] = ()
    ending: Ending | None = None
    retry_from: tuple[int, ...] = ()
    taints: tuple[Taint, ...] = ()
    started_by: tuple[int, ...] = ()
    context: Mapping[str, Any] = msgspec.field(default_factory=dict)
    calendar: Calendar = DEFAULT

    @property
    def is_open(self) -> bool:
        """Whether the run has not ended."""
        return self.state in OPEN

    def step(self, number: int) -> Step:
        """The step of that number; KeyError where it is not loaded."""
        for step in self.steps:
            if step.number == number:
                return step
        raise KeyError(number)

    def live(self) -> tuple[Step, ...]:
        """The steps that have not ended, in order of number."""
        return tuple(step for step in self.steps if step.is_live)


def open_state(run: Run) -> str:
    """The state of a run that has not ended, from its steps (CONTRACT section 0, Run states).

    pending until a step starts; then running while one is at work (resumed if the run was paused before), else paused.
    """
    if run.started_at is None:
        return PENDING
    if not any(step.state in AT_WORK for step in run.steps):
        return PAUSED
    return RESUMED if run.state in (PAUSED, RESUMED) else RUNNING


def current_step(run: Run) -> Step | None:
    """The step that the run shows as current (SEMANTICS, Current task).

    The selected one while it is live, else the first live one in topological order, then by visit and index.
    """
    if not run.is_open:
        return None
    live = [step for step in run.steps if step.is_live]
    if not live:
        return None
    for step in live:
        if step.number == run.selected:
            return step
    position = run.version.graph.position
    return min(live, key=lambda step: (step.is_left, position[step.task], step.visit, _index(step), step.number))


def _index(step: Step) -> int:
    return -1 if step.item_index is None else step.item_index
