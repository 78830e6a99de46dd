"""API keys: their public parts, their limits, and the hashes of their secrets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.permission import Grant
from casework.store.database import Connection


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was not revoked.

    scopes: what it gives at most; where it was not limited, what its member's role gives. member_id: None for a key
    that acts as the workspace.
    """

    id: int
    uuid: UUID
    name: str
    prefix: str
    member_id: int | None
    member_name: str | None
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key to be made. scopes: None for all of its member's, whatever they will be."""

    uuid: UUID
    name: str
    prefix: str
    secret_hash: bytes
    member_id: int | None
    scopes: Sequence[str] | None
    created_by: int | None
    expires_at: datetime | None


_SELECT: Final = """
select k.id, k.uuid, k.name, k.prefix, k.member_id, m.name as member_name, coalesce(k.scopes, r.scopes, '{}') as scopes,
       k.created_at, k.expires_at, k.used_at
from api_keys k
left join members m on m.workspace_id = k.workspace_id and m.id = k.member_id
left join roles r on r.workspace_id = m.workspace_id and r.id = m.role_id
where k.workspace_id = $1 and k.revoked_at is null
"""

_PAGE: Final = f"{_SELECT} and ($2::bigint is null or k.member_id = $2) order by k.id desc limit $3 offset $4"

_FIND: Final = f"{_SELECT} and k.id = $2"

_FIND_BY_UUID: Final = f"{_SELECT} and k.uuid = $2"

_COUNT: Final = """
select count(*) from api_keys
where workspace_id = $1 and revoked_at is null and ($2::bigint is null or member_id = $2)
"""

_INSERT: Final = """
insert into api_keys
    (workspace_id, uuid, name, prefix, secret_hash, member_id, scopes, created_by, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
returning id
"""


async def page(
    connection: Connection, grant: Grant, *, member_id: int | None, limit: int, offset: int
) -> tuple[list[Key], int]:
    """A page of the workspace's keys, or of one member's, newest first, and how many there are."""
    rows = await connection.fetch(_PAGE, grant.workspace_id, member_id, limit, offset)
    total: int = await connection.fetchval(_COUNT, grant.workspace_id, member_id)
    return [_key(row) for row in rows], total


async def find(connection: Connection, grant: Grant, key_id: int) -> Key | None:
    """The key with that id, unless it was revoked."""
    row = await connection.fetchrow(_FIND, grant.workspace_id, key_id)
    return None if row is None else _key(row)


async def find_by_uuid(connection: Connection, grant: Grant, uuid: UUID) -> Key | None:
    """The key with that uuid, unless it was revoked."""
    row = await connection.fetchrow(_FIND_BY_UUID, grant.workspace_id, uuid)
    return None if row is None else _key(row)


async def insert(connection: Connection, workspace_id: int, new: NewKey, *, at: datetime) -> int:
    """Make a key; gives its id."""
    key_id: int = await connection.fetchval(
        _INSERT,
        workspace_id,
        new.uuid,
        new.name,
        new.prefix,
        new.secret_hash,
        new.member_id,
        None if new.scopes is None else list(new.scopes),
        new.created_by,
        at,
        new.expires_at,
    )
    return key_id


async def revoke(connection: Connection, grant: Grant, key_id: int, *, at: datetime) -> None:
    """End a key at once, and with it every token that was given for it."""
    await connection.execute(
        "update api_keys set revoked_at = $3 where workspace_id = $1 and id = $2 and revoked_at is null",
        grant.workspace_id,
        key_id,
        at,
    )


def _key(row: Any) -> Key:
    return Key(**{**dict(row), "scopes": tuple(row["scopes"])})
