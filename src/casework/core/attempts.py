"""What workers do with steps: attempts, their reports, and what follows when one fails or is lost.

Only the newest attempt may speak; whatever an older one says is refused (SEMANTICS, Attempts).
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import replace

from casework.core.admission import admit
from casework.core.command import (
    AttemptCommand,
    Claim,
    Look,
    Lose,
    Progress,
    Recall,
    Report,
    ReportFailure,
    Suspend,
)
from casework.core.condition import EvaluationError
from casework.core.definition import AT_ONCE, BY_WORKERS, FUNCTION, HUMAN, SUBWORKFLOW, WAIT, Json
from casework.core.draft import Draft
from casework.core.errors import Conflict, NotFound
from casework.core.escalation import look_at_person
from casework.core.finish import finish, misfit_of
from casework.core.routing import advance, fail
from casework.core.step import COMPLETED, IN_PROGRESS, QUEUED, READY, WAITING, Step
from casework.core.taint import of_call, of_task
from casework.core.visit import excluded, shell_beneath
from casework.core.waiting import call_workflow, come, wait

STEPS_AT_ONCE_MAX: Final = 1_000
"""Automatic steps that one decision begins: a commit stays short; the rest follows in the next one."""


def begin_pending(draft: Draft) -> None:
    """Begin the automatic steps that were reached: those done at once are done, workers are called to the others."""
    begun = 0
    while draft.pending and draft.run.is_open:
        step = draft.step(draft.pending.popleft())
        if step.state != QUEUED:
            continue
        begun += 1
        if begun > STEPS_AT_ONCE_MAX:
            draft.change(step, try_resolve_at=draft.now)
        else:
            _begin(draft, step)


def claim(draft: Draft, command: Claim) -> None:
    """A worker begins an attempt."""
    step = _find(draft, command.step)
    if step.state != QUEUED or step.attempt + 1 != command.attempt:
        message = f"Attempt {command.attempt} is not to be begun: the step is {step.state} at attempt {step.attempt}."
        raise Conflict(message)
    take(draft, step, command.worker)


def take(draft: Draft, step: Step, worker: UUID) -> Step:
    """Give a queued step to a worker."""
    timeout = draft.version.task(step.task).timeout
    until = None if timeout is None else draft.now + timedelta(seconds=timeout)
    return draft.change(draft.open_attempt(step, worker), try_resolve_at=until)


def progress(draft: Draft, command: Progress) -> None:
    """Keep how far an attempt is."""
    step = _heard(draft, command)
    if command.memory is not UNSET:
        draft.memories[step.number] = command.memory
    if "tool" in command.detail:  # what it gave is in the memory that is committed with this
        draft.taint(of_call(draft.version.task(step.task).settings, command.detail["tool"]))
    draft.record("step.progressed", draft.change(step), **command.detail)


def report(draft: Draft, command: Report) -> None:
    """An attempt's output: checked against the task's schema, then the run moves on."""
    step, output = _heard(draft, command), command.output
    misfit = misfit_of(draft, step, output)
    if misfit is None:
        advance(draft, draft.end(step, COMPLETED, output=output))
        return
    failure = ReportFailure(step=step.number, attempt=step.attempt, code="output", message=misfit, output=output)
    fail_attempt(draft, step, failure)


def report_failure(draft: Draft, command: ReportFailure) -> None:
    """An attempt failed: the next one follows, or the failure rule."""
    fail_attempt(draft, _heard(draft, command), command)


def suspend(draft: Draft, command: Suspend) -> None:
    """An attempt asks people: an activity for each question, and the step waits."""
    step = _heard(draft, command)
    draft.memories[step.number] = command.memory
    answered = draft.step(step.number).data.get("answers", {})
    step = draft.close_attempt(step, state=WAITING, try_resolve_at=None)
    asked = []
    for ask in command.asks:
        if ask.key in answered:
            continue
        child = draft.add(
            replace(
                shell_beneath(draft, step),
                kind=HUMAN,
                state=READY,
                actor_roles=ask.roles,
                deny_ids=excluded(draft, ask.exclude),
                due_at=ask.until,
                priority=draft.run.priority,
                data=ask.data,
                ask={"key": ask.key, "name": ask.name, "prompt": ask.prompt, "form": ask.form, "detail": ask.detail},
            )
        )
        draft.record("step.created", child, task=child.task, visit=child.visit)
        asked.append(child.number)
    if not asked:
        message = "An attempt that waits must ask something that was not answered."
        raise Conflict(message)
    draft.record("step.asked", step, steps=asked)


def lose(draft: Draft, command: Lose) -> None:
    """The worker of an attempt is gone; somebody else takes over."""
    step = _find(draft, command.step)
    if step.state != IN_PROGRESS or step.attempt != command.attempt or step.worker is None:
        return
    step = draft.close_attempt(step, state=QUEUED, try_resolve_at=None)
    draft.record("step.lost", step, attempt=command.attempt)
    draft.enqueue(step)


def recall(draft: Draft, command: Recall) -> None:
    """Call a worker again to a queued step; one call too many does no harm: the attempt is claimed once."""
    step = _find(draft, command.step)
    if step.state == QUEUED and step.kind in BY_WORKERS and step.try_resolve_at is None:
        step = draft.change(step)
        draft.record("step.recalled", step)
        draft.enqueue(step)


def look(draft: Draft, command: Look) -> None:
    """What has come due on a step; nothing where the instant has not come, or somebody was quicker."""
    try:
        step = draft.step(command.step)
    except KeyError:
        return
    if not step.is_live or step.try_resolve_at is None or step.try_resolve_at > draft.now:
        return
    if step.state == QUEUED:
        step = draft.change(step, try_resolve_at=None)
        draft.record("step.due", step)
        draft.pending.append(step.number)
    elif step.kind == HUMAN:
        look_at_person(draft, step)
    elif step.state == WAITING:
        come(draft, step)
    else:  # a worker's, under way
        seconds = draft.version.task(step.task).timeout
        fail_attempt(
            draft,
            step,
            ReportFailure(
                step=step.number,
                attempt=step.attempt,
                code="timeout",
                message=f"It took longer than {seconds} seconds.",
            ),
        )


def fail_attempt(draft: Draft, step: Step, failure: ReportFailure) -> None:
    """Try again after a while, exponentially longer and spread by the seed; for good once `retry` is used up."""
    retry = draft.version.task(step.task).retry
    failures = step.failures + 1
    error = {"code": failure.code, "message": failure.message, "task": step.task, "attempt": step.attempt}
    if failure.is_final or failures >= retry.attempts:
        step = draft.close_attempt(step, failures=failures, try_resolve_at=None)
        fail(draft, step, failure.code, failure.message, output=failure.output)
        return
    longest = min(float(retry.max), retry.backoff * 2.0 ** (failures - 1))
    at = draft.now + timedelta(seconds=max(longest * failure.seed, failure.retry_after))
    step = draft.close_attempt(step, state=QUEUED, failures=failures, try_resolve_at=at)
    draft.record("step.retried", step, error=error, at=at.isoformat())


def _find(draft: Draft, number: int) -> Step:
    try:
        return draft.step(number)
    except KeyError:
        message = "There is no such step."
        raise NotFound(message) from None


def _heard(draft: Draft, command: AttemptCommand) -> Step:
    """The step, if the command comes from its newest attempt; what models were asked counts in any case."""
    step = _find(draft, command.step)
    if step.state != IN_PROGRESS or step.attempt != command.attempt or step.worker is None:
        message = f"Attempt {command.attempt} is over: the step is {step.state} at attempt {step.attempt}."
        raise Conflict(message)
    draft.calls += [(step.number, call) for call in command.calls]
    return step


def _begin(draft: Draft, step: Step) -> None:
    """Begin an automatic step: one that is done at once is done, others are given what the definition says."""
    if step.kind == HUMAN:
        admit(draft, step)
        return
    try:
        given = draft.given(step)
    except EvaluationError as error:
        fail(draft, step, "expression", f"What the task {step.task} is given could not be evaluated: {error}")
        return
    if step.kind in AT_ONCE:
        finish(draft, step, given)
        return
    if step.kind == WAIT:
        wait(draft, step, given)
        return
    if step.kind == SUBWORKFLOW:
        call_workflow(draft, step, given)
        return
    if step.kind == FUNCTION and _is_calculated(draft, step, given):
        return
    # Given once: every attempt is told the same, and what it does outside bears the same key.
    if not step.data:
        step = draft.change(step, data=given)
    draft.enqueue(step)


def _is_calculated(draft: Draft, step: Step, given: Json) -> bool:
    """Complete a step whose function is pure; whatever stands in the way of that is a worker's affair.

    So is a step that a worker had before: what came of it is told beside the attempts that there were.
    """
    if draft.calculator is None or step.attempt:
        return False
    output = draft.calculator(given)
    if output is UNSET or misfit_of(draft, step, output) is not None:
        return False
    draft.taint(of_task(draft.version.task(step.task)))  # said of the task: it is no attempt that brings it
    advance(draft, draft.end(step, COMPLETED, data=given, output=output))
    return True
