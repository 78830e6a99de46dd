"""Sessions: cookies and bearer tokens, kept as hashes."""

from datetime import datetime
from typing import Literal

import msgspec

from casework.store.database import Connection


class NewSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session to be opened, of an account or of a key."""

    token_hash: bytes
    kind: Literal["cookie", "bearer"]
    expires_at: datetime
    account_id: int | None = None
    key_id: int | None = None


async def insert(connection: Connection, new: NewSession, *, at: datetime) -> None:
    """Open a session."""
    await connection.execute(
        """
        insert into sessions (token_hash, kind, account_id, key_id, created_at, seen_at, expires_at)
        values ($1, $2, $3, $4, $5, $5, $6)
        """,
        new.token_hash,
        new.kind,
        new.account_id,
        new.key_id,
        at,
        new.expires_at,
    )


async def revoke(connection: Connection, token_hash: bytes, *, at: datetime) -> None:
    """End the session of that token at once; nothing where there is none that lasts."""
    await connection.execute(
        "update sessions set revoked_at = $2 where token_hash = $1 and revoked_at is null", token_hash, at
    )


async def revoke_all(connection: Connection, account_id: int, *, at: datetime) -> int:
    """End every session of an account at once; gives how many there were."""
    status: str = await connection.execute(
        "update sessions set revoked_at = $2 where account_id = $1 and revoked_at is null and expires_at > $2",
        account_id,
        at,
    )
    return int(status.rpartition(" ")[2])


async def forget_ended(connection: Connection, before: datetime, *, limit: int = 10_000) -> int:
    """Forget sessions that expired before then, at most `limit` at a time; gives how many."""
    status: str = await connection.execute(
        "delete from sessions where id in (select id from sessions where expires_at < $1 order by expires_at limit $2)",
        before,
        limit,
    )
    return int(status.rpartition(" ")[2])
