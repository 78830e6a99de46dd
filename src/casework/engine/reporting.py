"""What an attempt is given, and what a worker reports of it, by what came of it."""

from typing import Any, Final

import msgspec

from casework import entropy
from casework.core.command import Report, ReportFailure, StepCommand, Suspend
from casework.core.definition import Json
from casework.core.kinds.agent_tools import names_for_approval
from casework.core.run_context import build_context
from casework.core.work import Done, Failed, Hands, Result, Suspended, Work
from casework.engine.order import Outcome
from casework.store.workers import Attempt

OUTPUT_MAX: Final = 4 * 1024 * 1024
"""Bytes of an output, as JSON: it is kept with the step, and whoever opens the run loads it."""


def work_of(at: Attempt, begun: Outcome, memory: Json) -> Work:
    """What the attempt is to do; memory: what an attempt before it left."""
    run = begun.run
    step = run.step(at.step)
    task = run.version.task(step.task)
    names = names_for_approval(task.settings)
    return Work(
        workspace_id=at.workspace_id,
        workflow_id=begun.workflow_id,
        run_id=run.id,
        run_uuid=run.uuid,
        step=step.number,
        step_uuid=step.uuid,
        task=task,
        attempt=step.attempt,
        data=step.data,
        memory=memory,
        seconds=task.timeout,
        chat_id=begun.chat_id,
        member_id=run.member_id,
        budget=run.version.definition.budget,
        taints=run.taints,
        started_by=run.started_by,
        context=build_context(run, output=None, now=run.updated_at, beside=run.context, step=step, names=names),
    )


def report_of(at: Attempt, result: Result, hands: Hands | None) -> StepCommand:
    """The command that reports the result; `hands` go on with what follows."""
    match result:
        case Done(output=output, calls=calls):
            worker, kinds = (None, frozenset[str]()) if hands is None else (hands.worker, hands.kinds)
            return Report(step=at.step, attempt=at.attempt, output=output, calls=calls, worker=worker, kinds=kinds)
        case Suspended(asks=asks, memory=memory, calls=calls):
            return Suspend(step=at.step, attempt=at.attempt, asks=asks, memory=memory, calls=calls)
    return ReportFailure(
        step=at.step,
        attempt=at.attempt,
        code=result.code,
        message=result.message.replace("\x00", "\ufffd"),  # PostgreSQL cannot keep it
        is_final=result.is_final,
        retry_after=result.retry_after,
        seed=entropy.new_fraction(),
        output=result.output,
        calls=result.calls,
    )


def bounded(result: Result) -> Result:
    """The result, or the failure that it is where its output is too large to be kept."""
    if not isinstance(result, Done) or (size := _size(result.output)) <= OUTPUT_MAX:
        return result
    message = f"The output has {size:,} bytes as JSON; at most {OUTPUT_MAX:,} are kept."
    return Failed(code="too_large", message=message, is_final=True, calls=result.calls)


def _size(output: Any) -> int:
    """Bytes of an output as JSON; 0 of what is none, which is refused where it is written."""
    try:
        return len(msgspec.json.encode(output))
    except (TypeError, ValueError, RecursionError):
        return 0
