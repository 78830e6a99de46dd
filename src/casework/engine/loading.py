"""Runs as values to decide over: of the rows that are stored, or of an order that makes one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from casework.core.run import PENDING, Run
from casework.core.step import Step
from casework.engine.catalog import Edition
from casework.engine.held import Held
from casework.engine.order import NewRun
from casework.store.runs import RunRow

PRIORITY_DEFAULT: Final = 50
"""Of a run whose maker says nothing else: the middle."""


def as_run(row: RunRow, edition: Edition, steps: Sequence[Step]) -> Run:
    """A stored run as a value to decide over."""
    return Run(
        id=row.id,
        uuid=row.uuid,
        version=edition.version,
        number=edition.number,
        state=row.state,
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
        steps=tuple(steps),
        steps_count=row.steps_count,
        selected=row.selected_step,
        title=row.title,
        priority=row.priority,
        member_id=row.member_id,
        due_at=row.due_at,
        input=row.input,
        output=row.output,
        error=row.error,
        indicators=row.indicators,
        started_at=row.started_at,
        ended_at=row.ended_at,
        cancel_reason=row.cancel_reason,
        parent_run_id=row.parent_run_id,
        parent_step=row.parent_step,
        undo=row.undo,
        ending=row.ending,
        retry_from=row.retry_from,
        taints=row.taints,
        started_by=row.started_by,
        working_ms=row.working_ms,
        machine_ms=row.machine_ms,
    )


def new_run(run_id: int, order: NewRun, edition: Edition, now: datetime) -> Held:
    """The run that the order makes, before it is started."""
    run = Run(
        id=run_id,
        uuid=order.uuid,
        version=edition.version,
        number=edition.number,
        state=PENDING,
        revision=0,
        created_at=now,
        updated_at=now,
        title=order.title or edition.version.definition.name,
        priority=PRIORITY_DEFAULT if order.priority is None else order.priority,
        member_id=order.member_id,
        due_at=order.due_at,
        input=order.input,
        parent_run_id=order.parent_run_id,
        parent_step=order.parent_step,
        taints=order.taints,
        started_by=order.started_by,
    )
    fixed: dict[str, Any] = {
        "uuid": order.uuid,
        "workflow_id": edition.workflow_id,
        "version_number": edition.number,
        "chat_id": order.chat_id,
        "input": order.input,
        "run_type": order.run_type,
        "ran_by_type": order.ran_by_type,
        "ran_by_id": order.ran_by_id,
        "ran_by_name": order.ran_by_name,
        "end_user": order.end_user,
        "external_id": order.external_id,
        "parent_run_id": order.parent_run_id,
        "parent_step": order.parent_step,
        "retry_of": order.retry_of,
        "created_at": now,
    }
    return Held(run=run, edition=edition, fixed=fixed)
