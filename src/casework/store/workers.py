"""Workers and their leases: who performs steps now, whose steps have to be taken over, which steps have come due.

All instants are the database's own, so that machines whose clocks differ agree.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from casework.core.definition import Json
from casework.store.database import Connection


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt at a step."""

    workspace_id: int
    run_id: int
    step: int
    attempt: int


DUE_MAX: Final = 500
"""Steps that are looked at in one go: what one commit carries out twice over."""


async def register(
    connection: Connection, worker: UUID, name: str, kinds: Sequence[str], concurrency: int, lease_seconds: float
) -> None:
    """Enter a worker, whose lease begins."""
    await connection.execute(
        """
        insert into workers (uuid, name, kinds, concurrency, started_at, lease_until)
        values ($1, $2, $3, $4, clock_timestamp(), clock_timestamp() + make_interval(secs => $5))
        """,
        worker,
        name,
        list(kinds),
        concurrency,
        lease_seconds,
    )


async def renew(connection: Connection, worker: UUID, lease_seconds: float) -> bool:
    """Renew a worker's lease; False where it was lost: others may have taken its steps."""
    renewed = await connection.fetchval(
        """
        update workers set lease_until = clock_timestamp() + make_interval(secs => $2)
        where uuid = $1 and lease_until > clock_timestamp() returning true
        """,
        worker,
        lease_seconds,
    )
    return renewed is True


async def leave(connection: Connection, worker: UUID) -> None:
    """Take a worker off the list."""
    await connection.execute("delete from workers where uuid = $1", worker)


class Living(msgspec.Struct, frozen=True, kw_only=True):
    """A worker whose lease lasts. running: steps that it performs now, of `concurrency` at most."""

    uuid: UUID
    name: str
    kinds: list[str]
    concurrency: int
    running: int
    started_at: datetime


async def living(connection: Connection) -> list[Living]:
    """The workers whose lease lasts, the oldest first."""
    rows = await connection.fetch(
        """
        select uuid, name, kinds, concurrency, started_at,
               (select count(*) from steps s where s.worker = w.uuid) as running
        from workers w where lease_until > clock_timestamp() order by started_at, uuid
        """
    )
    return [Living(**row) for row in rows]


async def held(connection: Connection, worker: UUID) -> frozenset[Attempt]:
    """What a worker performs, as it is committed now."""
    rows = await connection.fetch(
        "select workspace_id, run_id, number as step, attempt from steps where worker = $1", worker
    )
    return frozenset(Attempt(**row) for row in rows)


async def abandoned(connection: Connection) -> list[Attempt]:
    """Attempts whose worker's lease is over, or who is not on the list any more; at most DUE_MAX."""
    rows = await connection.fetch(
        """
        select s.workspace_id, s.run_id, s.number as step, s.attempt
        from steps s left join workers w on w.uuid = s.worker
        where s.worker is not null and (w.uuid is null or w.lease_until <= clock_timestamp())
        order by s.id limit $1
        """,
        DUE_MAX,
    )
    return [Attempt(**row) for row in rows]


async def forget(connection: Connection, lease_seconds: float) -> None:
    """Take workers off the list whose lease has been over for ten times as long as it lasts, and who hold nothing."""
    await connection.execute(
        """
        delete from workers w where lease_until < clock_timestamp() - make_interval(secs => $1)
          and not exists (select from steps s where s.worker = w.uuid)
        """,
        10 * lease_seconds,
    )


async def due(connection: Connection) -> list[Attempt]:
    """Live steps whose instant has come, the longest due first; at most DUE_MAX."""
    rows = await connection.fetch(
        """
        select workspace_id, run_id, number as step, attempt from steps
        where try_resolve_at is not null and ended_at is null and try_resolve_at <= clock_timestamp()
        order by try_resolve_at limit $1
        """,
        DUE_MAX,
    )
    return [Attempt(**row) for row in rows]


async def seconds_to_next(connection: Connection) -> float | None:
    """Seconds until a step comes due; None where none will."""
    seconds = await connection.fetchval(
        """
        select extract(epoch from min(try_resolve_at) - clock_timestamp())::float8 from steps
        where try_resolve_at is not null and ended_at is null
        """
    )
    return None if seconds is None else max(0.0, seconds)


async def memory(connection: Connection, attempt: Attempt) -> Json:
    """What an earlier attempt at the step left for this one; None where none did."""
    return await connection.fetchval(
        "select memory from step_memories where workspace_id = $1 and run_id = $2 and step_number = $3",
        attempt.workspace_id,
        attempt.run_id,
        attempt.step,
    )
