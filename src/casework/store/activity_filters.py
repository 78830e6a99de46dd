"""What activities can be filtered and sorted by: a column's name, and the expression that a query uses for it."""

from collections.abc import Iterable, Mapping
from typing import Final

from casework.core.selection import Condition
from casework.core.step import ASSIGNED, IN_PROGRESS, PAUSED, READY
from casework.store.selection import Column

STATUS: Final = "(case s.state when 'queued' then 'ready' when 'waiting' then 'ready' else s.state end)"
"""The state with everything that waits for its turn counted as ready; as the indexes on `steps` spell it."""

_SINCE: Final = "greatest(0, floor(extract(epoch from {end} - {start}) * 1000))::bigint"

WORKING_MS: Final = "(s.working_ms + case when s.open_since is null then 0 else {} end)".format(
    _SINCE.format(end="{now}", start="s.open_since")
)
LIVE_MS: Final = "(case when s.started_at is null then 0 else {} end)".format(
    _SINCE.format(end="coalesce(s.ended_at, {now})", start="s.started_at")
)
PIPELINE_MS: Final = "({})".format(_SINCE.format(end="coalesce(s.ended_at, {now})", start="s.created_at"))
"""The clocks of core/clocks.py at the instant of the query."""

COLUMNS: Final[Mapping[str, Column]] = {
    "id": Column(expression="s.id", type="bigint"),
    "uuid": Column(expression="s.uuid", type="uuid"),
    "account_id": Column(expression="s.account_id", type="bigint", is_nullable=True),
    "name": Column(expression="s.name", type="text"),
    "status": Column(expression=STATUS, type="text"),
    "started_at": Column(expression="s.started_at", type="timestamptz", is_nullable=True),
    "ended_at": Column(expression="s.ended_at", type="timestamptz", is_nullable=True),
    "try_resolve_at": Column(expression="s.try_resolve_at", type="timestamptz", is_nullable=True),
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

_LIVE: Final = frozenset({READY, ASSIGNED, IN_PROGRESS, PAUSED})


def implied(conditions: Iterable[Condition]) -> list[str]:
    """What follows from the conditions and is worth saying: the indexes on live steps ask for it in so many words."""
    asks_live = any(
        condition.column == "status" and condition.values and _LIVE.issuperset(condition.values)
        for condition in conditions
    )
    return ["s.ended_at is null"] if asks_live else []
