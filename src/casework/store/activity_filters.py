"""What activities can be filtered and sorted by: a column's name, and the expression that a query uses for it."""

from collections.abc import Mapping
from typing import Final

from casework.core.step import ASSIGNED, CANCELLED, COMPLETED, FAILED, IN_PROGRESS, PAUSED, READY, SKIPPED
from casework.store.clocks import live, pipeline, since
from casework.store.selection import Column

STATUS: Final = "(case s.state when 'queued' then 'ready' when 'waiting' then 'ready' else s.state end)"
"""The state with everything that waits for its turn counted as ready; as the indexes on `steps` spell it."""

STATUSES: Final = frozenset({READY, ASSIGNED, IN_PROGRESS, PAUSED, COMPLETED, FAILED, CANCELLED, SKIPPED})

WORKING_MS: Final = f"(s.working_ms + case when s.open_since is null then 0 else {since('s.open_since')} end)"
LIVE_MS: Final = live("s")
PIPELINE_MS: Final = pipeline("s")

COLUMNS: Final[Mapping[str, Column]] = {
    "id": Column(expression="s.id", type="bigint"),
    "uuid": Column(expression="s.uuid", type="uuid"),
    "account_id": Column(expression="s.account_id", type="bigint", is_nullable=True),
    "name": Column(expression="s.name", type="text"),
    "status": Column(expression=STATUS, type="text", words=STATUSES),
    "started_at": Column(expression="s.started_at", type="timestamptz", is_nullable=True),
    "ended_at": Column(expression="s.ended_at", type="timestamptz", is_nullable=True),
    "try_resolve_at": Column(expression="s.try_resolve_at", type="timestamptz", is_nullable=True),
    "due_at": Column(expression="s.due_at", type="timestamptz", is_nullable=True),
    "actor_roles": Column(expression="s.actor_roles", type="text[]"),
    "allow_ids": Column(expression="s.allow_ids", type="bigint[]"),
    "deny_ids": Column(expression="s.deny_ids", type="bigint[]"),
    "working_ms": Column(expression=WORKING_MS, type="numeric"),
    "live_ms": Column(expression=LIVE_MS, type="numeric"),
    "pipeline_ms": Column(expression=PIPELINE_MS, type="numeric"),
    "workflow_id": Column(expression="s.workflow_id", type="bigint"),
    "run_id": Column(expression="s.run_id", type="bigint"),
    "data": Column(expression="s.data", type="jsonb"),
    "output": Column(expression="s.output", type="jsonb", is_nullable=True),
    "indicators": Column(expression="s.indicators", type="jsonb"),
    "created_at": Column(expression="s.created_at", type="timestamptz"),
}
