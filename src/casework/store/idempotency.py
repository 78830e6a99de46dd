"""Idempotency-Keys: what was asked for once, and the answer that it got."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from casework.core.claim import AlreadyClaimed, Claim
from casework.store.database import Connection


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was claimed. The answer is None until it was given once; its body is sealed."""

    request_hash: bytes
    reference: Any
    status: int | None
    headers: dict[str, str] | None
    body: bytes | None
    created_at: datetime


async def find(connection: Connection, scope: bytes) -> Kept | None:
    """What is kept under that key."""
    row = await connection.fetchrow(
        "select request_hash, reference, status, headers, body, created_at from idempotency_keys where scope = $1",
        scope,
    )
    return None if row is None else Kept(**dict(row))


async def claim(connection: Connection, claim: Claim, reference: Any, at: datetime) -> None:
    """Take the key, first thing in the transaction of the change; waits for another transaction that takes it.

    Raises:
        AlreadyClaimed: it is taken; the transaction cannot go on.

    """
    try:
        await connection.execute(
            "insert into idempotency_keys (scope, request_hash, reference, created_at) values ($1, $2, $3, $4)",
            claim.scope,
            claim.request_hash,
            reference,
            at,
        )
    except asyncpg.UniqueViolationError:
        raise AlreadyClaimed from None


async def claim_all(connection: Connection, claims: Sequence[tuple[Claim, Any]], at: datetime) -> set[bytes]:
    """Record claims with their references; the scopes of those that were free. Waits for whoever claims the same."""
    if not claims:
        return set()
    rows = await connection.fetch(
        """
        insert into idempotency_keys (scope, request_hash, reference, created_at)
        select new.scope, new.request_hash, new.reference::jsonb, $4
        from unnest($1::bytea[], $2::bytea[], $3::text[]) as new (scope, request_hash, reference)
        order by new.scope
        on conflict (scope) do nothing returning scope
        """,
        [claim.scope for claim, _ in claims],
        [claim.request_hash for claim, _ in claims],
        [msgspec.json.encode(reference).decode() for _, reference in claims],
        at,
    )
    return {row["scope"] for row in rows}


async def release(connection: Connection, scopes: Sequence[bytes]) -> None:
    """Free claims of changes that were refused."""
    if scopes:
        await connection.execute("delete from idempotency_keys where scope = any($1::bytea[])", list(scopes))


async def refer(connection: Connection, claim: Claim, reference: Any) -> None:
    """Say what a key that this transaction took stands for."""
    await connection.execute("update idempotency_keys set reference = $2 where scope = $1", claim.scope, reference)


async def keep(
    connection: Connection, scope: bytes, *, status: int, headers: Mapping[str, str], body: bytes
) -> Kept | None:
    """Keep the answer where none is kept yet; gives the one that is kept now, None where the key was forgotten."""
    row = await connection.fetchrow(
        """
        update idempotency_keys
        set status = coalesce(status, $2),
            headers = case when status is null then $3 else headers end,
            body = case when status is null then $4 else body end
        where scope = $1
        returning request_hash, reference, status, headers, body, created_at
        """,
        scope,
        status,
        dict(headers),
        body,
    )
    return None if row is None else Kept(**dict(row))


async def forget(connection: Connection, scope: bytes, *, before: datetime) -> None:
    """Forget that key, unless it was claimed anew since `before`."""
    await connection.execute("delete from idempotency_keys where scope = $1 and created_at < $2", scope, before)


async def forget_before(connection: Connection, at: datetime, *, limit: int = 10_000) -> int:
    """Forget keys claimed before `at`, at most `limit` at a time; gives how many."""
    status: str = await connection.execute(
        """
        delete from idempotency_keys
        where scope in (select scope from idempotency_keys where created_at < $1 order by created_at limit $2)
        """,
        at,
        limit,
    )
    return int(status.rpartition(" ")[2])
