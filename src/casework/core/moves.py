"""The state machine of a person's step, as a table (CONTRACT section 0).

A pair that is not in MOVES is refused. The state that a move leads to is its value; KEEP leaves it as it is.
"""

from typing import Final

from casework.core.step import (
    ASSIGNED,
    CANCELLED,
    COMPLETED,
    ENDED,
    FAILED,
    IN_PROGRESS,
    PAUSED,
    READY,
)

KEEP: Final = ""

MOVES: Final[dict[tuple[str, str], str]] = {
    (READY, "assign"): ASSIGNED,  # in_progress with start_working
    (ASSIGNED, "assign"): KEEP,  # the same person again; anybody else is refused
    (ASSIGNED, "reassign"): ASSIGNED,
    (IN_PROGRESS, "reassign"): ASSIGNED,
    (PAUSED, "reassign"): ASSIGNED,
    (ASSIGNED, "unassign"): READY,
    (IN_PROGRESS, "unassign"): READY,
    (PAUSED, "unassign"): READY,
    (ASSIGNED, "process"): IN_PROGRESS,
    (PAUSED, "process"): IN_PROGRESS,
    (IN_PROGRESS, "pause"): PAUSED,
    (READY, "save"): KEEP,  # by a supervisor only
    (ASSIGNED, "save"): KEEP,
    (IN_PROGRESS, "save"): KEEP,
    (PAUSED, "save"): KEEP,
    (ASSIGNED, "complete"): COMPLETED,
    (IN_PROGRESS, "complete"): COMPLETED,
    (PAUSED, "complete"): COMPLETED,
    (READY, "error"): FAILED,  # by a supervisor only
    (ASSIGNED, "error"): FAILED,
    (IN_PROGRESS, "error"): FAILED,
    (PAUSED, "error"): FAILED,
    (READY, "cancel"): CANCELLED,
    (ASSIGNED, "cancel"): CANCELLED,
    (IN_PROGRESS, "cancel"): CANCELLED,
    (PAUSED, "cancel"): CANCELLED,
}

_WHY: Final = {
    (READY, "reassign"): "nobody is on it to take it from; use assign",
    (READY, "unassign"): "nobody is on it",
    (READY, "process"): "nobody is on it; assign it first",
    (READY, "pause"): "nobody is working on it",
    (READY, "complete"): "nobody did it; assign it first",
    (ASSIGNED, "pause"): "nobody is working on it",
    (IN_PROGRESS, "assign"): "somebody is on it; use reassign",
    (PAUSED, "assign"): "somebody is on it; use reassign",
    (IN_PROGRESS, "process"): "it is already being worked on",
    (PAUSED, "pause"): "it is already paused",
}


def refusal(state: str, action: str) -> str | None:
    """Why that action is refused in that state; None where the table has the pair."""
    if (state, action) in MOVES:
        return None
    otherwise = "it has ended" if state in ENDED else "it waits for something else than a person"
    why = _WHY.get((state, action), otherwise)
    return f"Cannot {action} an activity that is {state.replace('_', ' ')}: {why}."
