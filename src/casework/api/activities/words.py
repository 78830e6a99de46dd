"""The words of this surface for the states of steps and runs (CONTRACT, Run states and Step states)."""

import re
from collections.abc import Mapping
from typing import Final

from casework.core import run, step
from casework.core.moves import refusal

ACTIVITY: Final[Mapping[str, str]] = {
    step.READY: "pending",
    step.QUEUED: "pending",
    step.WAITING: "pending",
    step.ASSIGNED: "assigned",
    step.IN_PROGRESS: "in-progress",
    step.PAUSED: "paused",
    step.COMPLETED: "completed",
    step.FAILED: "errored",
    step.CANCELLED: "canceled",
    step.SKIPPED: "skipped",
}

ACTIVITY_STATES: Final[Mapping[str, tuple[str, ...]]] = {
    word: (state,) for state, word in ACTIVITY.items() if state not in (step.QUEUED, step.WAITING)
}
"""The state that a status is kept under; lists keep everything that waits for its turn under `ready`."""

WORK_UNIT: Final[Mapping[str, str]] = {
    run.PENDING: "draft",
    run.RUNNING: "in-progress",
    run.PAUSED: "in-progress",
    run.RESUMED: "in-progress",
    run.COMPLETED: "complete",
    run.FAILED: "errored",
    run.CANCELLED: "canceled",
}

WORK_UNIT_STATES: Final[Mapping[str, tuple[str, ...]]] = {
    word: tuple(state for state, other in WORK_UNIT.items() if other == word) for word in WORK_UNIT.values()
}


def node_status(state: str | None, kind: str) -> str:
    """The status of a node of a work unit, by its last visit; what is not reached, or parked at a join, is pending."""
    if state is None or state == step.PARKED:
        return "pending"
    if state == step.QUEUED and kind != "human":
        return "in-progress"  # a worker has it
    return ACTIVITY[state]


_TELLS_STATE: Final = re.compile(r"(?<=that is )(" + "|".join(state.replace("_", " ") for state in ACTIVITY) + ")")


def retold(message: str) -> str:
    """A refusal with the status of the activity as this surface calls it."""
    return _TELLS_STATE.sub(lambda found: ACTIVITY[found[0].replace(" ", "_")], message)


def why_refused(message: str, state: str, action: str) -> str:
    """Why an action was refused, by the state of the activity where that is the reason."""
    return retold(refusal(state, action) or message)
