"""Members: accounts in a workspace, each with a role and what the work there needs to know of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from casework.core.errors import Conflict
from casework.core.permission import MANAGER, Grant
from casework.store.database import Connection


class ExternalIdTaken(Conflict):
    """Another member has this externalId."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A member, with its account's e-mail and its role's name and scopes."""

    id: int
    account_id: int
    account_uuid: UUID
    email: str
    name: str
    phone: str | None
    role_id: int
    role: str
    role_scopes: tuple[str, ...]
    actor_roles: tuple[str, ...]
    is_supervisor: bool
    capacity: int | None
    is_available: bool
    labels: tuple[str, ...]
    external_id: str | None
    data: dict[str, Any]
    form_data: dict[str, Any]
    revision: int
    created_at: datetime


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a member beside its account.

    capacity: activities that it may have at once; None is what the workspace says. is_available: to be handed work.
    """

    role_id: int
    name: str
    phone: str | None = None
    actor_roles: Sequence[str] = ()
    is_supervisor: bool = False
    capacity: int | None = None
    is_available: bool = True
    labels: Sequence[str] = ()
    external_id: str | None = None
    data: Mapping[str, Any] = {}
    form_data: Mapping[str, Any] = {}


_SELECT: Final = """
select m.id, m.account_id, a.uuid as account_uuid, a.email, m.name, m.phone,
       m.role_id, r.name as role, r.scopes as role_scopes, m.actor_roles, m.is_supervisor,
       m.capacity, m.is_available, m.labels, m.external_id, m.data, m.form_data, m.revision, m.created_at
from members m
join accounts a on a.id = m.account_id
join roles r on r.workspace_id = m.workspace_id and r.id = m.role_id
where m.workspace_id = $1 and m.removed_at is null
"""

_PAGE: Final = f"{_SELECT} order by m.id limit $2 offset $3"

_FIND_ALL: Final = f"{_SELECT} and m.id = any($2::bigint[]) order by m.id"

# A member that was removed comes back as the same row, with nothing of what it was allowed before.
_INSERT: Final = """
insert into members as m (workspace_id, account_id, role_id, name, phone, actor_roles, is_supervisor, capacity,
                          is_available, labels, external_id, data, form_data, created_at, updated_at)
select $1, account_id, role_id, name, phone, actor_roles, is_supervisor, capacity, is_available, labels, external_id,
       data, form_data, $3, $3
from jsonb_to_recordset($2) as new (account_id bigint, role_id bigint, name text, phone text, actor_roles text[],
                                    is_supervisor boolean, capacity integer, is_available boolean,
                                    labels text[], external_id text, data jsonb, form_data jsonb)
on conflict (workspace_id, account_id) do update
set role_id = excluded.role_id, name = excluded.name, phone = excluded.phone, actor_roles = excluded.actor_roles,
    is_supervisor = excluded.is_supervisor, capacity = excluded.capacity,
    is_available = excluded.is_available, labels = excluded.labels, external_id = excluded.external_id,
    data = excluded.data, form_data = excluded.form_data, updated_at = excluded.updated_at,
    revision = m.revision + 1, removed_at = null
where m.removed_at is not null
returning m.id
"""

_UPDATE: Final = """
update members
set role_id = $3, name = $4, phone = $5, actor_roles = $6, is_supervisor = $7, labels = $8, external_id = $9,
    data = $10, form_data = $11, updated_at = $12, capacity = $13, is_available = $14, revision = revision + 1
where workspace_id = $1 and id = $2 and removed_at is null
"""

_OTHER_MANAGERS: Final = """
select count(*)
from members m
join accounts a on a.id = m.account_id and a.disabled_at is null
join roles r on r.workspace_id = m.workspace_id and r.id = m.role_id and r.is_builtin and r.name = $3
where m.workspace_id = $1 and m.id <> $2 and m.removed_at is null
"""


async def page(connection: Connection, grant: Grant, *, limit: int, offset: int) -> tuple[list[Member], int]:
    """A page of the workspace's members, in the order of their ids, and how many there are."""
    rows = await connection.fetch(_PAGE, grant.workspace_id, limit, offset)
    total: int = await connection.fetchval(
        "select count(*) from members where workspace_id = $1 and removed_at is null", grant.workspace_id
    )
    return [_member(row) for row in rows], total


async def find(connection: Connection, grant: Grant, member_id: int) -> Member | None:
    """The member with that id, unless it was removed."""
    found = await find_all(connection, grant, [member_id])
    return found[0] if found else None


async def find_all(connection: Connection, grant: Grant, member_ids: Collection[int]) -> list[Member]:
    """The members with those ids, in their order."""
    return [_member(row) for row in await connection.fetch(_FIND_ALL, grant.workspace_id, list(member_ids))]


async def insert(
    connection: Connection, workspace_id: int, new: Sequence[tuple[int, Profile]], *, at: datetime
) -> list[int]:
    """Make accounts members, as their profiles say; gives the ids of those who were none.

    Raises:
        ExternalIdTaken: another member has one of the external ids; the transaction cannot go on.

    """
    rows = [{"account_id": account_id, **msgspec.to_builtins(profile)} for account_id, profile in new]
    try:
        made = await connection.fetch(_INSERT, workspace_id, rows, at)
    except asyncpg.UniqueViolationError:
        raise ExternalIdTaken("Another member has this externalId.") from None
    return sorted(row["id"] for row in made)


async def update(connection: Connection, grant: Grant, member_id: int, profile: Profile, *, at: datetime) -> None:
    """Change what is kept of a member.

    Raises:
        ExternalIdTaken: another member has the external id; the transaction cannot go on.

    """
    try:
        await connection.execute(
            _UPDATE,
            grant.workspace_id,
            member_id,
            profile.role_id,
            profile.name,
            profile.phone,
            list(profile.actor_roles),
            profile.is_supervisor,
            list(profile.labels),
            profile.external_id,
            dict(profile.data),
            dict(profile.form_data),
            at,
            profile.capacity,
            profile.is_available,
        )
    except asyncpg.UniqueViolationError:
        raise ExternalIdTaken("Another member has this externalId.") from None


async def remove(connection: Connection, grant: Grant, member_id: int, *, role_id: int, at: datetime) -> None:
    """Take away everything that a member may do; the row stays, because history names it.

    It is left with the role `role_id`, which gives nothing, so that its old role can be deleted.
    """
    where = (grant.workspace_id, member_id)
    await connection.execute(
        """
        update members
        set removed_at = $3, updated_at = $3, role_id = $4, is_supervisor = false, actor_roles = '{}',
            external_id = null, revision = revision + 1
        where workspace_id = $1 and id = $2 and removed_at is null
        """,
        *where,
        at,
        role_id,
    )
    await connection.execute("delete from workflow_grants where workspace_id = $1 and member_id = $2", *where)
    await connection.execute(
        "update api_keys set revoked_at = $3 where workspace_id = $1 and member_id = $2 and revoked_at is null",
        *where,
        at,
    )


async def other_managers_count(connection: Connection, grant: Grant, member_id: int) -> int:
    """How many Managers the workspace has beside that member, not counting disabled accounts."""
    count: int = await connection.fetchval(_OTHER_MANAGERS, grant.workspace_id, member_id, MANAGER)
    return count


def _member(row: Any) -> Member:
    return msgspec.convert(dict(row), Member, strict=False)
