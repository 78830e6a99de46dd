"""The facts that a commit writes beside its runs and steps: work periods, events, what models were asked, counts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from casework.store.work_rows import insertion
from casework.store.writes import Write, columns


class PeriodRow(msgspec.Struct, frozen=True, kw_only=True):
    """A work period that opened, and perhaps closed, in this commit."""

    workspace_id: int
    run_id: int
    step_number: int
    account_id: int
    started_at: datetime
    ended_at: datetime | None = None


_CLOSE_PERIODS: Final = """
update work_periods old set ended_at = new.ended_at
from unnest($1::bigint[], $2::integer[], $3::timestamptz[]) as new (run_id, step_number, ended_at)
cross join lateral (
    -- one by one: a plan made while hardly any is open would go through all of them for each
    select id from work_periods p
    where p.run_id = new.run_id and p.step_number = new.step_number and p.ended_at is null limit 1
) open
where old.id = open.id
"""

_INSERT_PERIODS: Final = """
insert into work_periods (workspace_id, run_id, step_number, account_id, started_at, ended_at)
select * from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::bigint[], $5::timestamptz[], $6::timestamptz[])
"""


def closed_periods(closed: Sequence[tuple[int, int, datetime]]) -> list[Write]:
    """The open work periods of these (run id, step number) end at these instants."""
    return [Write(_CLOSE_PERIODS, columns(closed))] if closed else []


def new_periods(rows: Sequence[PeriodRow]) -> list[Write]:
    """Work periods; those that closed in this commit come first, so that one open period a person holds."""
    ordered = sorted(rows, key=lambda row: row.ended_at is None)
    return [Write(_INSERT_PERIODS, columns([msgspec.structs.astuple(row) for row in ordered]))] if rows else []


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as it is kept."""

    workspace_id: int
    type: str
    run_id: int
    step_number: int | None
    revision: int
    actor_kind: str
    actor_id: int | None
    actor_name: str | None
    data: dict[str, Any]
    at: datetime


_INSERT_EVENTS: Final = insertion(
    "events",
    {
        "workspace_id": "bigint",
        "type": "text",
        "run_id": "bigint",
        "step_number": "integer",
        "revision": "integer",
        "actor_kind": "text",
        "actor_id": "bigint",
        "actor_name": "text",
        "data": "jsonb",
        "at": "timestamptz",
    },
)


def new_events(rows: Sequence[EventRow]) -> list[Write]:
    """Facts, in their order."""
    return [Write(_INSERT_EVENTS, (rows,))] if rows else []


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """A request to a model as it is kept. account_id: of whoever started the run; None where nobody did."""

    workspace_id: int
    workflow_id: int
    run_id: int
    step_number: int
    provider: str
    model_id: str
    input_tokens: int
    output_tokens: int
    cost: Decimal
    latency_ms: int
    created_at: datetime
    account_id: int | None


_INSERT_CALLS: Final = insertion(
    "model_calls",
    {
        "workspace_id": "bigint",
        "workflow_id": "bigint",
        "run_id": "bigint",
        "step_number": "integer",
        "provider": "text",
        "model_id": "text",
        "input_tokens": "bigint",
        "output_tokens": "bigint",
        "cost": "numeric",
        "latency_ms": "bigint",
        "created_at": "timestamptz",
        "account_id": "bigint",
    },
)


def new_calls(rows: Sequence[CallRow]) -> list[Write]:
    """What models were asked."""
    return [Write(_INSERT_CALLS, (rows,))] if rows else []


_KEEP_MEMORIES: Final = """
insert into step_memories (workspace_id, run_id, step_number, memory)
select * from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::jsonb[])
on conflict (workspace_id, run_id, step_number) do update set memory = excluded.memory
"""


def memories(kept: Mapping[tuple[int, int, int], Any]) -> list[Write]:
    """What the next attempt at each (workspace id, run id, step number) will be told."""
    return [Write(_KEEP_MEMORIES, (*columns(list(kept)), list(kept.values())))] if kept else []


_COUNT: Final = """
insert into task_counts as old (workspace_id, workflow_id, task_id, day, slot, count)
select new.workspace_id, new.workflow_id, new.task_id, new.day, counting_slot(), new.count
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::date[], $5::bigint[])
    as new (workspace_id, workflow_id, task_id, day, count)
on conflict (workspace_id, workflow_id, task_id, day, slot) do update set count = old.count + excluded.count
"""


def counts(deltas: Mapping[tuple[int, int, int, date], int]) -> list[Write]:
    """By how much the counts of open runs by (workspace, workflow, task, day of creation) change."""
    changed = sorted((*key, delta) for key, delta in deltas.items() if delta)
    return [Write(_COUNT, columns(changed))] if changed else []
