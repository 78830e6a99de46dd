"""The words of the analytics surface for the states of runs (CONTRACT section 0)."""

from typing import Final, Literal

from casework.core import run

State = Literal["PENDING", "PAUSED", "RESUMED", "COMPLETED", "FAILED", "CANCELLED"]

STATE: Final[dict[str, State]] = {
    run.PENDING: "PENDING",
    run.RUNNING: "PENDING",
    run.PAUSED: "PAUSED",
    run.RESUMED: "RESUMED",
    run.COMPLETED: "COMPLETED",
    run.FAILED: "FAILED",
    run.CANCELLED: "CANCELLED",
}

STATES: Final[tuple[State, ...]] = tuple(dict.fromkeys(STATE.values()))

IS_SUCCESSFUL: Final[dict[str, bool]] = {run.COMPLETED: True, run.FAILED: False, run.CANCELLED: False}
"""What an ended run is; one that has not ended is neither."""


def meant(words: tuple[str, ...]) -> frozenset[str]:
    """The states that those words stand for."""
    return frozenset(state for state, word in STATE.items() if word in words)
