"""A step: one visit of a task in a run, whoever does it."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from casework.core.definition import Json
from casework.core.ids import child_uuid

READY: Final = "ready"
ASSIGNED: Final = "assigned"
IN_PROGRESS: Final = "in_progress"
PAUSED: Final = "paused"
QUEUED: Final = "queued"
WAITING: Final = "waiting"
PARKED: Final = "parked"
COMPLETED: Final = "completed"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
SKIPPED: Final = "skipped"

FOR_EACH: Final = "for_each"
"""The kind of a step that fans out: nobody's activity, it waits for its children."""

LIVE: Final = frozenset({READY, ASSIGNED, IN_PROGRESS, PAUSED, QUEUED, WAITING, PARKED})
"""States in which a step keeps its run open (SEMANTICS, Live)."""

ENDED: Final = frozenset({COMPLETED, FAILED, CANCELLED, SKIPPED})
"""States that never change again."""

HELD: Final = frozenset({ASSIGNED, IN_PROGRESS, PAUSED})
"""States in which a person has the step."""

AT_WORK: Final = frozenset({IN_PROGRESS, QUEUED})
"""States in which a step is being worked on; every other live state waits."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One visit of a task in a run.

    is_last: of its task's visits, what the surfaces show. is_output: of its task's completed visits, what
    `tasks.<key>.output` means. caught: the error that led here by an `on_error` route.
    number: 1.. within its run, in order of creation.
    visit: 1.. within its task; the children of a `for_each` share their parent's.
    account_id: the assignee. member_id: the same person's membership.
    allow_ids, deny_ids: account ids; the deny list wins.
    working_ms: closed work periods; open_since: the start of the one that is open.
    is_kept: was done in the run that this one retries; its times are of the retry.
    sources: steps whose ends led here. absorbed_by: tasks with `join: any` that take in what this branch sends there.
    is_left: left behind by a select; it does not hold the run open.
    distribute: how the engine chooses who gets it; None leaves it to people. lapsed_ids: accounts it was taken from
    because they did nothing. requeue_at: when it will be, unless they do something. reminders: instants at which people
    are still to be reminded. is_overdue: was not done when it was due, and what follows has been done.
    attempt: number of the newest attempt; failures: attempts that count against `retry`. worker: who performs it, since
    attempt_at. incident: why it waits for somebody to decide. ask: what a worker asks a person, and the form of the
    answer; the step that asks is its parent. awaits: the event that a wait is for: its name, a space, its correlation.
    """

    number: int
    uuid: UUID
    task: str
    kind: str
    visit: int
    state: str
    created_at: datetime
    is_last: bool = True
    is_output: bool = False
    revision: int = 0
    account_id: int | None = None
    member_id: int | None = None
    actor_roles: tuple[str, ...] = ()
    allow_ids: tuple[int, ...] = ()
    deny_ids: tuple[int, ...] = ()
    priority: int = 50
    data: Json = msgspec.field(default_factory=dict)
    output: Json = None
    error: Json = None
    caught: Json = None
    indicators: Json = msgspec.field(default_factory=dict)
    is_kept: bool = False
    parent: int | None = None
    item_index: int | None = None
    item: Json = None
    sources: tuple[int, ...] = ()
    absorbed_by: tuple[str, ...] = ()
    is_left: bool = False
    attempt: int = 0
    failures: int = 0
    worker: UUID | None = None
    attempt_at: datetime | None = None
    incident: Json = None
    ask: Json = None
    working_ms: int = 0
    machine_ms: int = 0
    open_since: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    due_at: datetime | None = None
    is_overdue: bool = False
    reminders: tuple[datetime, ...] = ()
    requeue_at: datetime | None = None
    distribute: str | None = None
    lapsed_ids: tuple[int, ...] = ()
    try_resolve_at: datetime | None = None
    awaits: str | None = None

    @property
    def child_uuid(self) -> UUID:
        """The UUID of the run that this attempt at a sub-workflow makes."""
        return child_uuid(self.uuid, self.attempt, self.created_at)

    @property
    def is_live(self) -> bool:
        """Whether the step has not ended."""
        return self.state in LIVE

    @property
    def holds_run_open(self) -> bool:
        """Whether the run has to wait for this step: it is live and was not left behind."""
        return self.state in LIVE and not self.is_left
