"""Roles: made, changed and deleted by who holds what they hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from casework.core.claim import Claim
from casework.core.errors import Conflict, NotFound, PreconditionFailed
from casework.core.permission import Grant
from casework.operations import once
from casework.operations.rights import refuse_beyond, refuse_unknown
from casework.operations.services import Services
from casework.store import audit, roles, workspaces
from casework.store.database import Connection
from casework.store.roles import Role

__all__ = ["Role", "RoleWish", "change", "create", "delete", "page", "read"]

_ABSENT: Final = "There is no such role here."


class RoleWish(msgspec.Struct, frozen=True, kw_only=True):
    """What a role is to be; None leaves it as it is."""

    name: str | None = None
    scopes: Sequence[str] | None = None


async def page(services: Services, grant: Grant, *, limit: int, offset: int) -> tuple[list[Role], int]:
    """A page of the workspace's roles, and how many there are."""
    async with services.database.read() as connection:
        return await roles.page(connection, grant, limit=limit, offset=offset)


async def read(services: Services, grant: Grant, role_id: int) -> Role:
    """The role with that id."""
    async with services.database.read() as connection:
        return await _found(connection, grant, role_id)


async def create(services: Services, grant: Grant, name: str, scopes: Sequence[str], claim: Claim | None) -> int:
    """Make a role of scopes that the caller holds; gives its id, which is the claim's reference."""
    refuse_unknown(scopes)
    refuse_beyond(grant, scopes)
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        role = await roles.insert(connection, grant.workspace_id, name, _each_once(scopes), at=now)
        await _note(connection, grant, "role.created", role, now)
        await once.finish(connection, claim, role.id)
    return role.id


async def change(
    services: Services,
    grant: Grant,
    role_id: int,
    wish: RoleWish,
    *,
    expected_revision: int | None = None,
    claim: Claim | None = None,
) -> int:
    """Change a role; whoever has it has its new scopes at once. Gives its id.

    Raises:
        Conflict: it is builtin, or the name is another role's.
        Denied: it has, or would have, scopes that the caller lacks.

    """
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await workspaces.lock(connection, grant.workspace_id)
        role = await _found(connection, grant, role_id)
        _refuse_other(role, expected_revision)
        if role.is_builtin:
            raise Conflict(f"The role {role.name} is part of every workspace and stays as it is.")
        scopes = role.scopes if wish.scopes is None else wish.scopes
        refuse_unknown(scopes)
        refuse_beyond(grant, (*scopes, *role.scopes))
        changed = await roles.update(connection, grant, role_id, name=wish.name or role.name, scopes=_each_once(scopes))
        await _note(connection, grant, "role.changed", changed or role, now)
        await once.finish(connection, claim, role_id)
    return role_id


async def delete(services: Services, grant: Grant, role_id: int, *, expected_revision: int | None = None) -> None:
    """Delete a role that nobody has.

    Raises:
        Conflict: it is builtin, or somebody has it.
        PreconditionFailed: it has another revision than is expected.

    """
    now = services.clock.now()
    async with services.database.write() as connection:
        await workspaces.lock(connection, grant.workspace_id)
        role = await _found(connection, grant, role_id)
        _refuse_other(role, expected_revision)
        if role.is_builtin:
            raise Conflict(f"The role {role.name} is part of every workspace and cannot be deleted.")
        refuse_beyond(grant, role.scopes)
        if count := await roles.members_count(connection, grant, role_id):
            raise Conflict(f"The role {role.name} is in use by {count} of the members.")
        await roles.delete(connection, grant, role_id)
        await _note(connection, grant, "role.deleted", role, now)


async def _found(connection: Connection, grant: Grant, role_id: int) -> Role:
    role = await roles.find(connection, grant, role_id)
    if role is None:
        raise NotFound(_ABSENT)
    return role


def _refuse_other(role: Role, expected_revision: int | None) -> None:
    if expected_revision not in (None, role.revision):
        raise PreconditionFailed("The role changed since you read it.")


async def _note(connection: Connection, grant: Grant, type_: str, role: Role, now: datetime) -> None:
    facts = {"role_id": role.id, "name": role.name, "scopes": list(role.scopes)}
    await audit.record(connection, grant.workspace_id, grant.actor(), type_, [facts], now)


def _each_once(scopes: Sequence[str]) -> list[str]:
    return sorted(set(scopes))
