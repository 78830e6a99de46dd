"""Roles: names for sets of scopes, of one workspace each."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg
import msgspec

from casework.core.errors import Conflict
from casework.core.permission import Grant
from casework.store.database import Connection


class RoleExists(Conflict):
    """There is a role with this name."""


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """A role; a builtin one stays as it is."""

    id: int
    name: str
    scopes: tuple[str, ...]
    is_builtin: bool
    revision: int


_COLUMNS: Final = "id, name, scopes, is_builtin, revision"

_PAGE: Final = f"""
select {_COLUMNS} from roles where workspace_id = $1 order by is_builtin desc, id limit $2 offset $3
"""  # noqa: S608 - a constant

_FIND: Final = f"select {_COLUMNS} from roles where workspace_id = $1 and id = $2"  # noqa: S608 - a constant

_FIND_NAMED: Final = f"""
select {_COLUMNS} from roles
where workspace_id = $1 and lower(name) in (select lower(n) from unnest($2::text[]) n)
"""  # noqa: S608 - a constant

_INSERT: Final = f"""
insert into roles (workspace_id, name, scopes, is_builtin, created_at) values ($1, $2, $3, $4, $5) returning {_COLUMNS}
"""  # noqa: S608 - a constant

_UPDATE: Final = f"""
update roles set name = $3, scopes = $4, revision = revision + 1
where workspace_id = $1 and id = $2 and not is_builtin returning {_COLUMNS}
"""  # noqa: S608 - a constant


async def page(connection: Connection, grant: Grant, *, limit: int, offset: int) -> tuple[list[Role], int]:
    """A page of the workspace's roles, builtin ones first, and how many there are."""
    rows = await connection.fetch(_PAGE, grant.workspace_id, limit, offset)
    total: int = await connection.fetchval("select count(*) from roles where workspace_id = $1", grant.workspace_id)
    return [_role(row) for row in rows], total


async def find(connection: Connection, grant: Grant, role_id: int) -> Role | None:
    """The role with that id."""
    row = await connection.fetchrow(_FIND, grant.workspace_id, role_id)
    return None if row is None else _role(row)


async def find_named(connection: Connection, workspace_id: int, names: Collection[str]) -> dict[str, Role]:
    """Roles by their names in lower case."""
    rows = await connection.fetch(_FIND_NAMED, workspace_id, list(names))
    return {row["name"].lower(): _role(row) for row in rows}


async def insert(connection: Connection, workspace_id: int, name: str, scopes: Sequence[str], *, at: datetime) -> Role:
    """Make a role.

    Raises:
        RoleExists: there is one of that name; the transaction cannot go on.

    """
    return await _insert(connection, workspace_id, name, scopes, is_builtin=False, at=at)


async def insert_builtin(
    connection: Connection, workspace_id: int, name: str, scopes: Sequence[str], *, at: datetime
) -> Role:
    """Make a role that stays as it is."""
    return await _insert(connection, workspace_id, name, scopes, is_builtin=True, at=at)


async def update(
    connection: Connection, grant: Grant, role_id: int, *, name: str, scopes: Sequence[str]
) -> Role | None:
    """Change a role that is not builtin; its members have its new scopes from their next request on.

    Raises:
        RoleExists: another one has that name; the transaction cannot go on.

    """
    try:
        row = await connection.fetchrow(_UPDATE, grant.workspace_id, role_id, name, list(scopes))
    except asyncpg.UniqueViolationError:
        raise RoleExists("There is a role with this name.") from None
    return None if row is None else _role(row)


async def members_count(connection: Connection, grant: Grant, role_id: int) -> int:
    """How many members have the role, removed ones included: history refers to it."""
    count: int = await connection.fetchval(
        "select count(*) from members where workspace_id = $1 and role_id = $2", grant.workspace_id, role_id
    )
    return count


async def delete(connection: Connection, grant: Grant, role_id: int) -> None:
    """Delete a role that nobody has, with what it may do with workflows."""
    await connection.execute(
        "delete from roles where workspace_id = $1 and id = $2 and not is_builtin", grant.workspace_id, role_id
    )


async def _insert(
    connection: Connection, workspace_id: int, name: str, scopes: Sequence[str], *, is_builtin: bool, at: datetime
) -> Role:
    try:
        row = await connection.fetchrow(_INSERT, workspace_id, name, list(scopes), is_builtin, at)
    except asyncpg.UniqueViolationError:
        raise RoleExists("There is a role with this name.") from None
    return _role(row)


def _role(row: Any) -> Role:
    return Role(**{**dict(row), "scopes": tuple(row["scopes"])})
