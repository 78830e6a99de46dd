"""Incidents: a step that failed for good waits for somebody to decide (SEMANTICS, Failure rule)."""

from casework.core.definition import Json
from casework.core.draft import Draft
from casework.core.step import WAITING, Step


def park_incident(draft: Draft, step: Step, error: Json, output: Json) -> None:
    """The step waits with the error, and with the output that did not fit where there is one."""
    incident = error if output is None else {**error, "output": output}
    parked = draft.close_period(
        draft.reopened(step),
        state=WAITING,
        incident=incident,
        account_id=None,
        member_id=None,
        try_resolve_at=None,
    )
    draft.record("incident.opened", parked, error=error)
