"""The words of the chat surface for the states of runs and steps (CONTRACT section 0)."""

from typing import Final, Literal

from casework.core import run, step

Status = Literal["pending", "running", "completed", "failed", "cancelled"]

RUN_STATUS: Final[dict[str, Status]] = {
    run.PENDING: "pending",
    run.RUNNING: "running",
    run.PAUSED: "running",
    run.RESUMED: "running",
    run.COMPLETED: "completed",
    run.FAILED: "failed",
    run.CANCELLED: "cancelled",
}

STEP_STATUS: Final[dict[str | None, Status]] = {
    None: "pending",  # not reached
    step.READY: "pending",
    step.ASSIGNED: "pending",
    step.QUEUED: "pending",  # no worker has it yet
    step.PARKED: "pending",  # waits for its turn at a join
    step.IN_PROGRESS: "running",
    step.PAUSED: "running",
    step.WAITING: "running",  # began, and waits for a timer, an event or another run
    step.COMPLETED: "completed",
    step.FAILED: "failed",
    step.CANCELLED: "cancelled",
    step.SKIPPED: "cancelled",
}
