"""How facts become messages: read in the order of their transactions, none passed over, none told twice.

A fact's id is given before its transaction commits, so one with a lower id may become visible later. What is read is
therefore bounded by transactions: all that are older than the oldest one that still runs have ended, and what they
recorded is visible for good.
"""

from datetime import datetime
from typing import Final

import msgspec

from casework.store.database import Connection


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """What was done: facts that were read, deliveries that were made of them."""

    events: int
    deliveries: int


_NOTHING: Final = Spread(events=0, deliveries=0)

_SINCE: Final = """
select after_xact::text from webhooks where disabled_at is null and removed_at is null order by after_xact limit 1
"""

_LOCK: Final = """
select greatest(xact_id, $1::text::xid8)::text as xact_id,
       case when xact_id >= $1::text::xid8 then event_id else 0 end as event_id,
       pg_snapshot_xmin(pg_current_snapshot())::text as seen, moved_at,
       cluster = (select system_identifier from pg_control_system()) as is_here
from webhook_cursor for update skip locked
"""

# The payload is made here, once, so that every attempt sends the same: ids and states, nothing that people wrote.
#
# A fact whose transaction ran for a day before it committed is not told. Statements are cut off after seconds; the
# bound keeps the search to the newest partitions, and what was told before a dump was restored from being told again.
_SPREAD: Final = """
with batch as materialized (
    select id, workspace_id, type, run_id, step_number, revision, actor_kind, actor_id, at, xact_id from events
    where {bounds} and recorded_at >= $1::timestamptz - interval '1 day'
    order by xact_id, id limit $2
), made as (
    insert into webhook_deliveries (workspace_id, webhook_id, event_id, type, payload, next_at, created_at)
    select b.workspace_id, w.id, b.id, b.type, jsonb_build_object(
            'type', b.type,
            'timestamp', to_char(b.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
            'data', jsonb_build_object(
                'eventId', b.id,
                'workspaceId', p.uuid,
                'assignmentId', b.run_id,
                'runId', r.uuid,
                'status', case when r.state in ('running', 'paused', 'resumed') then 'active' else r.state end,
                'workflowId', r.workflow_id,
                'workflowKey', f.key,
                'step', b.step_number,
                'taskKey', s.task_key,
                'revision', b.revision,
                'actor', jsonb_build_object('kind', b.actor_kind, 'id', b.actor_id))),
        $3::timestamptz, $3
    from batch b
    join webhooks w on w.workspace_id = b.workspace_id and w.disabled_at is null and w.removed_at is null
        and b.id > w.after_event and w.events && array['*', b.type]
    join workspaces p on p.id = b.workspace_id
    left join runs r on r.workspace_id = b.workspace_id and r.id = b.run_id
    left join workflows f on f.workspace_id = r.workspace_id and f.id = r.workflow_id
    left join steps s on s.workspace_id = b.workspace_id and s.run_id = b.run_id and s.number = b.step_number
    where w.workflow_id is null or w.workflow_id = r.workflow_id
    order by b.xact_id, b.id, w.id
    on conflict (webhook_id, event_id) do nothing
    returning 1
)
select (select count(*) from batch) as events, (select count(*) from made) as deliveries,
       (select xact_id::text from batch order by xact_id desc, id desc limit 1) as last_xact,
       (select id from batch order by xact_id desc, id desc limit 1) as last_id
"""

_IN_ORDER: Final = _SPREAD.format(
    bounds="(xact_id, id) > ($4::text::xid8, $5::bigint) and xact_id < $6::text::xid8",
)

_EVERY: Final = _SPREAD.format(bounds="true")

_MOVE: Final = """
update webhook_cursor set xact_id = $1::text::xid8, event_id = $2, moved_at = clock_timestamp(),
    cluster = (select system_identifier from pg_control_system())
"""


async def spread(connection: Connection, *, limit: int, at: datetime) -> Spread:
    """Make deliveries of the next facts, in a transaction; at most `limit` facts are read.

    Of several processes one does it at a time, and the others are told of nothing. Where no webhook is active nothing
    is read or written.
    """
    since = await connection.fetchval(_SINCE)
    if since is None:
        return _NOTHING
    place = await connection.fetchrow(_LOCK, since)
    if place is None:
        return _NOTHING
    if not place["is_here"]:
        return await _begin_anew(connection, place["seen"], place["moved_at"], at=at)
    bounds = (place["xact_id"], place["event_id"], place["seen"])
    row = await connection.fetchrow(_IN_ORDER, place["moved_at"], limit, at, *bounds)
    if row["events"] == limit:
        await connection.execute(_MOVE, row["last_xact"], row["last_id"])
    elif row["events"]:
        await connection.execute(_MOVE, place["seen"], 0)
    return Spread(events=row["events"], deliveries=row["deliveries"])


async def _begin_anew(connection: Connection, seen: str, moved_at: datetime, *, at: datetime) -> Spread:
    """After a dump was restored elsewhere: transactions there are counted from another beginning.

    What was recorded since is read whole, whatever transaction it bears; what has a delivery gets no second one.
    """
    row = await connection.fetchrow(_EVERY, moved_at, None, at)
    await connection.execute("update webhooks set after_xact = '0'")
    await connection.execute(_MOVE, seen, 0)
    return Spread(events=row["events"], deliveries=row["deliveries"])
