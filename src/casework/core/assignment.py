"""An assignment: a run seen from its member, in the words that such a reader uses (CONTRACT section 0)."""

from typing import Final

from casework.core import run, step

PENDING: Final = "pending"
CURRENT: Final = "current"

STATUS: Final[dict[str, str]] = {
    run.PENDING: "pending",
    run.RUNNING: "active",
    run.PAUSED: "active",
    run.RESUMED: "active",
    run.COMPLETED: "completed",
    run.FAILED: "failed",
    run.CANCELLED: "cancelled",
}
"""The status of an assignment, by the state of its run."""

STATES: Final[dict[str, tuple[str, ...]]] = {
    status: tuple(state for state, word in STATUS.items() if word == status) for status in STATUS.values()
}
"""The states of a run that one status stands for."""

STATUS_RANK: Final[dict[str, int]] = {status: rank for rank, status in enumerate(STATES)}
"""The order in which a list sorted by status shows them: as work goes on."""

TASK_STATUS: Final[dict[str, str]] = {
    step.READY: CURRENT,
    step.ASSIGNED: CURRENT,
    step.IN_PROGRESS: CURRENT,
    step.PAUSED: CURRENT,
    step.QUEUED: CURRENT,
    step.WAITING: CURRENT,
    step.PARKED: PENDING,  # it waits for its turn
    step.COMPLETED: "completed",
    step.FAILED: "failed",
    step.CANCELLED: "cancelled",
    step.SKIPPED: "skipped",
}
"""The status of an assignment's task, by the state of its last visit; one without a visit is PENDING."""


def outcome(state: str) -> str | None:
    """How an assignment ended: completed, failed or cancelled; None while it is open."""
    return STATUS[state] if state in run.TERMINAL else None
