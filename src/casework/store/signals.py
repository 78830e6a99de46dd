"""Events from outside, kept until a wait takes them or their time is over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from casework.core.definition import Json
from casework.store.database import Connection
from casework.store.writes import Write, columns


class NewSignal(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it was sent."""

    workspace_id: int
    name: str
    correlation: str
    payload: Json
    sent_at: datetime
    expires_at: datetime


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """An event, and the step that is to take it."""

    signal: int
    name: str
    correlation: str
    payload: Json
    run_id: int
    step: int


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """The event of that id was taken by that step."""

    signal: int
    run_id: int
    step: int


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an event: the run that took it, None while none has."""

    id: int
    awaits: str
    run_id: int | None


async def insert(connection: Connection, new: NewSignal) -> int:
    """Keep an event; its id."""
    signal: int = await connection.fetchval(
        """
        insert into signals (workspace_id, name, correlation, payload, sent_at, expires_at)
        values ($1, $2, $3, $4, $5, $6) returning id
        """,
        *msgspec.structs.astuple(new),
    )
    return signal


async def fate(connection: Connection, workspace_id: int, signal: int) -> Fate | None:
    """What became of the workspace's event of that id; None where there is none any more."""
    row = await connection.fetchrow(
        "select id, awaits, run_id from signals where workspace_id = $1 and id = $2", workspace_id, signal
    )
    return None if row is None else Fate(**row)


async def first_pair(connection: Connection, workspace_id: int, awaits: str, now: datetime) -> Pair | None:
    """The oldest free event that is awaited so, with the step that has waited for it longest; None without both."""
    row = await connection.fetchrow(
        """
        select s.id as signal, s.name, s.correlation, s.payload, w.run_id, w.number as step
        from (select * from signals where workspace_id = $1 and awaits = $2 and taken_at is null and expires_at > $3
              order by id limit 1) s
        cross join (select run_id, number from steps
                    where workspace_id = $1 and awaits = $2 and state = 'waiting' and incident is null
                    order by id limit 1) w
        """,
        workspace_id,
        awaits,
        now,
    )
    return None if row is None else Pair(**row)


async def lock(connection: Connection, signals: Sequence[int], now: datetime) -> set[int]:
    """Lock the events of these ids until the transaction ends; those that are free."""
    rows = await connection.fetch(
        """
        select id from signals where id = any($1::bigint[]) and taken_at is null and expires_at > $2
        order by id for no key update
        """,
        sorted(signals),
        now,
    )
    return {row["id"] for row in rows}


_TAKE: Final = """
update signals old set taken_at = $4, run_id = new.run_id, step_number = new.step
from unnest($1::bigint[], $2::bigint[], $3::integer[]) as new (id, run_id, step) where old.id = new.id
"""


def takings(taken: Sequence[Taken], at: datetime) -> list[Write]:
    """Which steps took which events."""
    return [Write(_TAKE, (*columns([msgspec.structs.astuple(one) for one in taken]), at))] if taken else []


async def forget_expired(connection: Connection, now: datetime, *, limit: int) -> int:
    """Forget events whose time is over, taken or not, at most `limit`; how many."""
    done: Any = await connection.execute(
        "delete from signals where id in (select id from signals where expires_at <= $1 order by expires_at limit $2)",
        now,
        limit,
    )
    return int(done.rpartition(" ")[2])
