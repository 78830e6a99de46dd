"""What follows when nobody does a step in time: people are reminded, it becomes others', the run goes on without it."""

from casework.core.definition import Overdue
from casework.core.draft import Draft
from casework.core.routing import skip
from casework.core.step import HELD, READY, Step

PRIORITY_MAX = 100


def look_at_person(draft: Draft, step: Step) -> None:
    """Do what has come due on a person's step: take it from who did nothing, remind, and what `on_overdue` says."""
    if step.requeue_at is not None and step.requeue_at <= draft.now:
        step = _requeue(draft, step)
    if any(at <= draft.now for at in step.reminders):
        step = draft.change(step, reminders=tuple(at for at in step.reminders if at > draft.now))
        _remind(draft, step)
    if step.due_at is not None and step.due_at <= draft.now and not step.is_overdue:
        step = draft.change(step, is_overdue=True)
        draft.record("step.overdue", step, due_at=_text(step))
        if step.ask is not None:
            skip(draft, step, "overdue")  # who asked is told that nobody answered
        elif not step.is_left:  # what a select left behind is nobody's business until somebody comes back to it
            _escalate(draft, step, draft.version.task(step.task).on_overdue)


def _requeue(draft: Draft, step: Step) -> Step:
    """Nobody has the step any more; who had it is not given it again, but may take it."""
    lapsed = tuple(sorted({*step.lapsed_ids, *([] if step.account_id is None else [step.account_id])}))
    changed = draft.close_period(step, state=READY, account_id=None, member_id=None, requeue_at=None, lapsed_ids=lapsed)
    draft.record("step.requeued", changed, account_id=step.account_id)
    return changed


def _remind(draft: Draft, step: Step) -> None:
    whom = {"roles": list(step.actor_roles)} if step.account_id is None else {"account_id": step.account_id}
    draft.record("step.reminded", step, due_at=_text(step), **whom)


def _escalate(draft: Draft, step: Step, rule: Overdue) -> None:
    if rule.remind:
        _remind(draft, step)
    facts: dict[str, object] = {}
    if rule.raise_priority:
        facts["priority"] = min(PRIORITY_MAX, step.priority + rule.raise_priority)
        step = draft.change(step, priority=facts["priority"])
    if rule.reassign_to_roles:
        facts["roles"] = list(rule.reassign_to_roles)
        if step.state in HELD:
            facts["from"] = step.account_id
            step = draft.close_period(step, state=READY, account_id=None, member_id=None)
        step = draft.change(step, actor_roles=rule.reassign_to_roles)
    if facts:
        draft.record("step.escalated", step, **facts)
    if rule.then is not None:
        skip(draft, step, "overdue", to=rule.then)


def _text(step: Step) -> str | None:
    return None if step.due_at is None else step.due_at.isoformat()
