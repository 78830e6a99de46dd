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

RUN_EVENTS: Final[dict[str, tuple[str, Status]]] = {
    "run.started": ("run_started", "pending"),
    "run.completed": ("run_completed", "completed"),
    "run.failed": ("run_failed", "failed"),
    "run.cancelled": ("run_failed", "cancelled"),  # the surface has no other word for an end without a result
}
"""How each fact about a run is told, and the run's status from then on; the others are not told here."""

STEP_OTHERWISE: Final[tuple[str, Status | None]] = ("step_progress", None)
"""How a fact is told that leaves the step's status as it was, or that this surface has no word for."""

STEP_EVENTS: Final[dict[str, tuple[str, Status | None]]] = {
    "step.created": ("step_progress", "pending"),
    "step.parked": ("step_progress", "pending"),
    "step.assigned": ("step_progress", "pending"),
    "step.unassigned": ("step_progress", "pending"),
    "step.started": ("step_started", "running"),
    "step.resumed": ("step_progress", "running"),
    "step.paused": ("step_progress", "running"),
    "step.progressed": ("step_progress", "running"),
    "step.asked": ("step_progress", "running"),
    "step.answered": ("step_progress", "running"),
    "step.retried": ("step_progress", "pending"),
    "step.lost": ("step_progress", "pending"),
    "step.completed": ("step_completed", "completed"),
    "step.failed": ("step_failed", "failed"),
    "step.cancelled": ("step_progress", "cancelled"),
    "step.skipped": ("step_progress", "cancelled"),
    "step.absorbed": ("step_progress", "cancelled"),
}
"""How each fact about a step is told, and the step's status from then on."""
