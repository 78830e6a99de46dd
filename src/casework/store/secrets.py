"""Secrets of workspaces: their names for whoever may see these, their sealed values for the server alone."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final

import msgspec

from casework.core.permission import Grant
from casework.store.database import Connection


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret without its value."""

    id: int
    name: str
    created_at: datetime
    updated_at: datetime
    used_at: datetime | None


class SealedSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret's value as the database keeps it."""

    id: int
    sealed: bytes
    used_at: datetime | None


class SealedValue(msgspec.Struct, frozen=True, kw_only=True):
    """Anything that is sealed: a secret's value, or what a webhook's messages are signed with."""

    kind: str
    id: int
    workspace_id: int
    name: str
    sealed: bytes


_SELECT: Final = "select id, name, created_at, updated_at, used_at from secrets where workspace_id = $1"

_INSERT: Final = """
insert into secrets (workspace_id, name, sealed, created_at, updated_at) values ($1, $2, $3, $4, $4)
on conflict (workspace_id, name) do nothing
returning id
"""

_SEALED: Final = "select id, sealed, used_at from secrets where workspace_id = $1 and name = $2"

_EVERYTHING_SEALED: Final = """
select 'secret' as kind, id, workspace_id, name, sealed from secrets
union all
select 'webhook', id, workspace_id, uuid::text, sealed from webhooks where removed_at is null
order by workspace_id, kind, id
"""


async def page(connection: Connection, grant: Grant, *, limit: int, offset: int) -> tuple[list[Secret], int]:
    """A page of the workspace's secrets by name, and how many there are."""
    rows = await connection.fetch(f"{_SELECT} order by name limit $2 offset $3", grant.workspace_id, limit, offset)
    total: int = await connection.fetchval("select count(*) from secrets where workspace_id = $1", grant.workspace_id)
    return [Secret(**row) for row in rows], total


async def find(connection: Connection, grant: Grant, secret_id: int) -> Secret | None:
    """The secret with that id."""
    row = await connection.fetchrow(f"{_SELECT} and id = $2", grant.workspace_id, secret_id)
    return None if row is None else Secret(**row)


async def lock(connection: Connection, grant: Grant, secret_id: int) -> Secret | None:
    """The secret with that id, which nobody else changes until the transaction ends."""
    row = await connection.fetchrow(f"{_SELECT} and id = $2 for update", grant.workspace_id, secret_id)
    return None if row is None else Secret(**row)


async def count(connection: Connection, grant: Grant) -> int:
    """How many secrets the workspace has."""
    number: int = await connection.fetchval("select count(*) from secrets where workspace_id = $1", grant.workspace_id)
    return number


async def insert(connection: Connection, grant: Grant, name: str, sealed: bytes, *, at: datetime) -> int | None:
    """Make a secret; gives its id, None where the name is taken."""
    secret_id: int | None = await connection.fetchval(_INSERT, grant.workspace_id, name, sealed, at)
    return secret_id


async def change(connection: Connection, grant: Grant, secret_id: int, sealed: bytes, *, at: datetime) -> None:
    """Give a secret another value."""
    await connection.execute(
        "update secrets set sealed = $3, updated_at = $4 where workspace_id = $1 and id = $2",
        grant.workspace_id,
        secret_id,
        sealed,
        at,
    )


async def delete(connection: Connection, grant: Grant, secret_id: int) -> None:
    """Forget a secret."""
    await connection.execute("delete from secrets where workspace_id = $1 and id = $2", grant.workspace_id, secret_id)


async def find_sealed(connection: Connection, workspace_id: int, name: str) -> SealedSecret | None:
    """The sealed value of that name in a workspace."""
    row = await connection.fetchrow(_SEALED, workspace_id, name)
    return None if row is None else SealedSecret(**row)


async def note_use(connection: Connection, workspace_id: int, secret_id: int, *, at: datetime) -> None:
    """Remember when a secret was last opened."""
    await connection.execute(
        "update secrets set used_at = $3 where workspace_id = $1 and id = $2", workspace_id, secret_id, at
    )


async def every_sealed(connection: Connection) -> AsyncIterator[SealedValue]:
    """Every sealed value of the database, a few at a time, in a transaction; for whoever examines it whole."""
    row: Any
    async for row in connection.cursor(_EVERYTHING_SEALED):
        yield SealedValue(**row)
