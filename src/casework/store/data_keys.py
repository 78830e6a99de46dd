"""The data keys of workspaces, wrapped: what seals their secrets, and does not open without the server's own key."""

from datetime import datetime
from typing import Final

from casework.keyring import WrappedKey
from casework.store.database import Connection

_INSERT: Final = """
insert into data_keys (workspace_id, key_id, wrapped, created_at, wrapped_at) values ($1, $2, $3, $4, $4)
on conflict (workspace_id) do nothing
"""

_UPDATE: Final = "update data_keys set key_id = $2, wrapped = $3, wrapped_at = $4 where workspace_id = $1"


async def find(connection: Connection, workspace_id: int) -> WrappedKey | None:
    """The data key of a workspace, None where it has none yet."""
    row = await connection.fetchrow("select key_id, wrapped from data_keys where workspace_id = $1", workspace_id)
    return None if row is None else WrappedKey(**row)


async def insert(connection: Connection, workspace_id: int, key: WrappedKey, *, at: datetime) -> None:
    """Keep a workspace's data key; does nothing where somebody was first."""
    await connection.execute(_INSERT, workspace_id, key.key_id, key.wrapped, at)


async def wrapped_otherwise(connection: Connection, key_id: str, *, limit: int) -> list[int]:
    """The workspaces whose data keys another key wrapped, locked until the transaction ends; at most `limit`."""
    rows = await connection.fetch(
        "select workspace_id from data_keys where key_id <> $1 order by workspace_id limit $2 for update", key_id, limit
    )
    return [row["workspace_id"] for row in rows]


async def replace(connection: Connection, workspace_id: int, key: WrappedKey, *, at: datetime) -> None:
    """Keep the same data key, wrapped anew."""
    await connection.execute(_UPDATE, workspace_id, key.key_id, key.wrapped, at)
