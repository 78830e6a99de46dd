"""Workspaces, and which of them are whose."""

from datetime import datetime
from uuid import UUID

import msgspec

from casework.store.database import Connection


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace."""

    id: int
    uuid: UUID
    name: str
    created_at: datetime


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace as one of its members sees it."""

    id: int
    uuid: UUID
    name: str
    member_id: int
    role: str


async def insert(connection: Connection, uuid: UUID, name: str, *, at: datetime) -> Workspace:
    """Make a workspace, still without roles and members."""
    row = await connection.fetchrow(
        "insert into workspaces (uuid, name, created_at) values ($1, $2, $3) returning id, uuid, name, created_at",
        uuid,
        name,
        at,
    )
    return Workspace(**dict(row))


async def lock(connection: Connection, workspace_id: int) -> None:
    """Let changes of the workspace's members, roles and keys happen one after the other until the transaction ends."""
    await connection.execute("select from workspaces where id = $1 for no key update", workspace_id)


async def page_of_account(
    connection: Connection, account_id: int, *, limit: int, offset: int
) -> tuple[list[Membership], int]:
    """The workspaces that the account is a member of, oldest membership first, and how many there are."""
    rows = await connection.fetch(
        """
        select w.id, w.uuid, w.name, m.id as member_id, r.name as role
        from members m
        join workspaces w on w.id = m.workspace_id
        join roles r on r.workspace_id = m.workspace_id and r.id = m.role_id
        where m.account_id = $1 and m.removed_at is null
        order by m.id limit $2 offset $3
        """,
        account_id,
        limit,
        offset,
    )
    total: int = await connection.fetchval(
        "select count(*) from members where account_id = $1 and removed_at is null", account_id
    )
    return [Membership(**dict(row)) for row in rows], total
