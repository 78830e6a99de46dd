"""An assignment: a run seen from its member, in the words that such a reader uses (CONTRACT section 0)."""

from typing import Final, Literal

from casework.core import run, step

Status = Literal["pending", "active", "completed", "failed", "cancelled"]
TaskStatus = Literal["pending", "current", "completed", "failed", "cancelled", "skipped"]
Outcome = Literal["completed", "failed", "cancelled"]

UNREACHED: Final[TaskStatus] = "pending"
"""The status of an assignment's task that has no visit."""

STATUS: Final[dict[str, Status]] = {
    run.PENDING: "pending",
    run.RUNNING: "active",
    run.PAUSED: "active",
    run.RESUMED: "active",
    run.COMPLETED: "completed",
    run.FAILED: "failed",
    run.CANCELLED: "cancelled",
}
"""The status of an assignment, by the state of its run."""

STATES: Final[dict[Status, tuple[str, ...]]] = {
    status: tuple(state for state, word in STATUS.items() if word == status) for status in STATUS.values()
}
"""The states of a run that one status stands for."""

STATUS_RANK: Final[dict[Status, int]] = {status: rank for rank, status in enumerate(sorted(STATES), 1)}
"""The place of each status in a list sorted by it: by the alphabet, so that a client can tell. The index runs_status
has the same numbers."""

TASK_STATUS: Final[dict[str, TaskStatus]] = {
    step.READY: "current",
    step.ASSIGNED: "current",
    step.IN_PROGRESS: "current",
    step.PAUSED: "current",
    step.QUEUED: "current",
    step.WAITING: "current",
    step.PARKED: "pending",  # it waits for its turn
    step.COMPLETED: "completed",
    step.FAILED: "failed",
    step.CANCELLED: "cancelled",
    step.SKIPPED: "skipped",
}
"""The status of an assignment's task, by the state of its last visit."""

OUTCOME: Final[dict[str, Outcome]] = {
    run.COMPLETED: "completed",
    run.FAILED: "failed",
    run.CANCELLED: "cancelled",
}
"""How an assignment ended, by the state of its run; one that is open has no outcome."""
