"""Deliveries of webhooks: messages that wait, went out or could not, and each attempt at them."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.permission import Grant
from casework.store.database import Connection


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A message to a webhook. status, error: of the last attempt. next_at: of the next, while it waits for one."""

    id: int
    webhook_id: int
    webhook_uuid: UUID
    event_id: int | None
    type: str
    payload: dict[str, Any]
    state: str
    attempts: int
    next_at: datetime
    status: int | None
    error: str | None
    created_at: datetime
    ended_at: datetime | None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """A time that a message was sent. error: a code of the egress client, where no answer came."""

    number: int
    status: int | None
    error: str | None
    duration_ms: int
    at: datetime


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that somebody has in hand, with all that it takes to send it."""

    id: int
    workspace_id: int
    webhook_id: int
    webhook_uuid: UUID
    url: str
    sealed: bytes
    sealed_before: bytes | None
    before_ends_at: datetime | None
    payload: dict[str, Any]
    attempts: int
    tries: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How an attempt ended, and what becomes of its delivery. next_at: of another attempt, where it stays pending."""

    state: str
    attempt: Attempt
    next_at: datetime


_SELECT: Final = """
select d.id, d.webhook_id, w.uuid as webhook_uuid, d.event_id, d.type, d.payload, d.state, d.attempts, d.next_at,
       d.status, d.error, d.created_at, d.ended_at
from webhook_deliveries d
join webhooks w on w.workspace_id = d.workspace_id and w.id = d.webhook_id
where d.workspace_id = $1 and d.webhook_id = $2 and w.removed_at is null
"""

_PAGE: Final = f"""
{_SELECT}
    and ($3::text is null or d.state = $3)
    and ($4::timestamptz is null or (d.created_at, d.id) < ($4, $5::bigint))
order by d.created_at desc, d.id desc limit $6
"""

_ATTEMPTS: Final = """
select number, status, error, duration_ms, at from webhook_attempts
where workspace_id = $1 and delivery_id = $2 order by number desc limit $3
"""

_INSERT_TEST: Final = """
insert into webhook_deliveries (workspace_id, webhook_id, type, payload, next_at, created_at)
values ($1, $2, $3, $4, $5, $5) returning id
"""

_REPLAY: Final = """
update webhook_deliveries set state = 'pending', tries = 0, next_at = $4, ended_at = null
where workspace_id = $1 and webhook_id = $2 and id = $3
"""

# A few of each webhook, so that one that has thousands waiting leaves room for the others; the oldest first.
_CLAIM: Final = """
with due as materialized (
    select d.id from webhooks w
    cross join lateral (
        select id, next_at from webhook_deliveries
        where webhook_id = w.id and state = 'pending' and next_at <= $1
        order by next_at, id limit $2 for update skip locked
    ) d
    where w.disabled_at is null and w.removed_at is null and w.id <> all ($5::bigint[])
    order by d.next_at, d.id limit $3
)
update webhook_deliveries d set attempts = d.attempts + 1, tries = d.tries + 1, next_at = $4
from due, webhooks w
where d.id = due.id and w.workspace_id = d.workspace_id and w.id = d.webhook_id
returning d.id, d.workspace_id, d.webhook_id, w.uuid as webhook_uuid, w.url, w.sealed, w.sealed_before,
          w.before_ends_at, d.payload, d.attempts, d.tries
"""

_NOTE: Final = """
insert into webhook_attempts (workspace_id, delivery_id, number, status, error, duration_ms, at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing
"""

_SETTLE: Final = """
update webhook_deliveries set state = $4, status = $5, error = $6, next_at = $7,
    ended_at = case when $4 = 'pending' then null else $8::timestamptz end
where workspace_id = $1 and id = $2 and attempts = $3 and state = 'pending'
"""

_FORGET: Final = """
delete from webhook_deliveries where id in (
    select id from webhook_deliveries where created_at < $1 order by created_at limit $2 for update skip locked
)
"""


async def page(
    connection: Connection,
    grant: Grant,
    webhook_id: int,
    *,
    state: str | None,
    below: tuple[datetime, int] | None,
    limit: int,
) -> list[Delivery]:
    """A webhook's deliveries, newest first, from below the one of that instant and id."""
    rows = await connection.fetch(_PAGE, grant.workspace_id, webhook_id, state, *(below or (None, None)), limit)
    return [Delivery(**row) for row in rows]


async def find(connection: Connection, grant: Grant, webhook_id: int, delivery_id: int) -> Delivery | None:
    """A delivery of a webhook."""
    row = await connection.fetchrow(f"{_SELECT} and d.id = $3", grant.workspace_id, webhook_id, delivery_id)
    return None if row is None else Delivery(**row)


async def attempts_of(connection: Connection, grant: Grant, delivery_id: int, *, limit: int) -> list[Attempt]:
    """The attempts at a delivery, newest first."""
    return [Attempt(**row) for row in await connection.fetch(_ATTEMPTS, grant.workspace_id, delivery_id, limit)]


async def insert_test(
    connection: Connection, grant: Grant, webhook_id: int, payload: dict[str, Any], *, at: datetime
) -> int:
    """A message that tells of nothing; gives its id."""
    delivery_id: int = await connection.fetchval(
        _INSERT_TEST, grant.workspace_id, webhook_id, payload["type"], payload, at
    )
    return delivery_id


async def replay(connection: Connection, grant: Grant, webhook_id: int, delivery_id: int, *, at: datetime) -> None:
    """Send a delivery again, whatever became of it before, with as many tries as a new one."""
    await connection.execute(_REPLAY, grant.workspace_id, webhook_id, delivery_id, at)


async def claim(
    connection: Connection, *, each: int, limit: int, but: list[int], until: datetime, at: datetime
) -> list[Due]:
    """Take deliveries in hand that are due, at most `each` of a webhook, none of those in `but`.

    until: when somebody else takes them, where nothing was heard of them. Safe in many processes at once.
    """
    if limit < 1:
        return []
    return [Due(**row) for row in await connection.fetch(_CLAIM, at, each, limit, until, but)]


async def settle(connection: Connection, workspace_id: int, delivery_id: int, outcome: Outcome) -> bool:
    """Keep how an attempt ended; False where somebody else has the delivery in hand by now, whose word counts then."""
    attempt = outcome.attempt
    what = (attempt.number, attempt.status, attempt.error)
    await connection.execute(_NOTE, workspace_id, delivery_id, *what, attempt.duration_ms, attempt.at)
    status = await connection.execute(
        _SETTLE,
        workspace_id,
        delivery_id,
        attempt.number,
        outcome.state,
        attempt.status,
        attempt.error,
        outcome.next_at,
        attempt.at,
    )
    return bool(status == "UPDATE 1")


async def forget_before(connection: Connection, at: datetime, *, limit: int) -> None:
    """Forget deliveries that were made before then, with their attempts; at most `limit`, the oldest first."""
    await connection.execute(_FORGET, at, limit)
