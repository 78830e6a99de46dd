"""Facts: past tense, closed in number, never edited. Each says what happened in a run, or to a workspace."""

from typing import Any, Final

import msgspec

RUN_EVENTS: Final = {
    "run.started": "A run was made, with its first steps; data.retry_of is the id of the failed run that it retries.",
    "run.completed": "Nothing was live any more; the run has its output.",
    "run.failed": "A step failed without an error route; data.error says why.",
    "run.ending": "The run failed or was cancelled (data.state); it ends when what was done is undone.",
    "run.cancelled": "Somebody ended the run; data.reason is theirs.",
    "run.updated": "Title, priority, due date, member or saved data were changed; data.fields names them.",
    "run.selected": "Somebody made another task the current one.",
    "run.judged": "Somebody said what they think of it; data.run_id is the run's. Not a change of the run itself.",
    "run.migrated": "It goes on by another version (data.from, data.to), in the migration of that id; data.steps: "
    "open steps that are at another task now; data.undone: it went back.",
    "run.imported": "A finished run was brought in from a history.",
    "step.created": "A task was reached: a new visit.",
    "step.parked": "An arrival waits at a join for the others.",
    "step.absorbed": "An arrival at a join that had already begun was taken in without effect.",
    "step.assigned": "A person was given the step: data.account_id, from data.from, handed out by data.distribute.",
    "step.unassigned": "Nobody is on the step any more.",
    "step.started": "Work began: a person's work period opened, or a worker's first attempt (data.attempt).",
    "step.resumed": "Work went on: a person's work period opened, or a worker's next attempt (data.attempt).",
    "step.paused": "A work period closed; data.cause says what closed it, where it was not the person.",
    "step.saved": "Data was kept without completing.",
    "step.progressed": "A worker told how far it is; data is its own.",
    "step.asked": "A worker waits for people's answers; data.steps are the steps that ask them.",
    "step.answered": "A person answered; data.key says what.",
    "step.waiting": "The step waits: for an instant, an event, or a run of another workflow.",
    "step.signalled": "The event that the step waited for came; data.name is its name.",
    "step.delegated": "A run of another workflow was made for the step; data.run_id is its id.",
    "step.undoing": "The step undoes an earlier one; data.undoes is that one's number, data.task its task.",
    "step.due": "The instant came at which the step was to be looked at.",
    "step.overdue": "The step was not done when it was due, at data.due_at.",
    "step.reminded": "People are to be reminded of the step, due at data.due_at: data.account_id, or data.roles.",
    "step.escalated": "An overdue step became more urgent (data.priority) or others' (data.roles, data.from).",
    "step.requeued": "Whoever had the step did nothing for too long: it is anybody's again; data.account_id had it.",
    "step.retried": "An attempt failed, and another follows; data.error says why, data.at when it may begin.",
    "step.lost": "The step's worker is gone; another takes over.",
    "step.recalled": "The call to a worker was lost; another was made.",
    "step.completed": "The step is done; its output is kept.",
    "step.failed": "The step cannot be done; data.error says why.",
    "step.cancelled": "The step was taken out of the run.",
    "step.skipped": "The run went on without the step; data.reason says why where somebody decided so.",
    "incident.opened": "A step failed for good and waits for somebody to decide; data.error says why.",
    "incident.resolved": "Somebody decided; data.how is retry, output, skip or fail.",
}
"""Every fact about a run, and what it means."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One fact about a run; `step` is a step's number where it is about one."""

    type: str
    step: int | None = None
    data: dict[str, Any] = msgspec.field(default_factory=dict)
