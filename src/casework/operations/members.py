"""Members: added, changed and removed by who may, and never so that nobody manages the workspace."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import UNSET

from casework.core.claim import Claim
from casework.core.errors import Conflict, Invalid, NotFound, PreconditionFailed, Problem
from casework.core.permission import MANAGER, USER, Grant
from casework.entropy import new_uuid
from casework.operations import once
from casework.operations.leaving import give_back
from casework.operations.passwords import hash_password
from casework.operations.people import MemberWish, NewMember, given, refuse_large
from casework.operations.rights import refuse_beyond
from casework.operations.services import Services
from casework.store import accounts, audit, members, roles, workspaces
from casework.store.accounts import NewAccount
from casework.store.database import Connection
from casework.store.members import Member, Profile
from casework.store.roles import Role

__all__ = ["PASSWORDS_MAX", "Member", "add", "add_all", "change", "page", "read", "read_all", "remove"]

PASSWORDS_MAX: Final = 50
"""Passwords set in one import: each takes a twentieth of a second of a processor."""


async def page(services: Services, grant: Grant, *, limit: int, offset: int) -> tuple[list[Member], int]:
    """A page of the workspace's members, and how many there are."""
    async with services.database.read() as connection:
        return await members.page(connection, grant, limit=limit, offset=offset)


async def read(services: Services, grant: Grant, member_id: int) -> Member:
    """A member: oneself, or with members:read anybody.

    Raises:
        Denied, NotFound: in this order, so that ids tell nothing to who may not read.

    """
    grant.require_own_or(member_id, "members:read")
    async with services.database.read() as connection:
        return await _found(connection, grant, member_id)


async def read_all(services: Services, grant: Grant, member_ids: Sequence[int]) -> list[Member]:
    """Those members that are still there, in the order of their ids."""
    async with services.database.read() as connection:
        return await members.find_all(connection, grant, member_ids)


async def add(services: Services, grant: Grant, new: NewMember, claim: Claim | None) -> int:
    """Make somebody a member, with an account where the e-mail has none; gives the member's id, the claim's reference.

    Raises:
        Conflict: it is a member, or the externalId is another's.

    """
    refuse_large(new)
    now = services.clock.now()
    people = await _as_accounts([new], now)
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        made = await _insert(connection, grant, [new], people, now)
        if not made:
            raise Conflict("There is a member with this e-mail.")
        await once.finish(connection, claim, made[0])
    return made[0]


async def add_all(services: Services, grant: Grant, new: Sequence[NewMember], claim: Claim | None) -> list[int]:
    """Make those who are no members yet members, all or none; gives the ids of these, the claim's reference."""
    _refuse_twice(new)
    for index, one in enumerate(new):
        refuse_large(one, f"/members/{index}")
    now = services.clock.now()
    people = await _as_accounts(new, now)
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        made = await _insert(connection, grant, new, people, now)
        await once.finish(connection, claim, made)
    return made


async def change(
    services: Services,
    grant: Grant,
    member_id: int,
    wish: MemberWish,
    *,
    expected_revision: int | None = None,
    claim: Claim | None = None,
) -> int:
    """Change a member; gives its id.

    Raises:
        Conflict: nobody would be Manager any more, or the externalId is another's.
        Denied: it would give, or take, what the caller does not hold.

    """
    refuse_large(wish)
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await workspaces.lock(connection, grant.workspace_id)
        member = await _found(connection, grant, member_id)
        _refuse_other(member, expected_revision)
        role = await _role_of(connection, grant, wish, member)
        profile = _changed(member, wish, role)
        await members.update(connection, grant, member_id, profile, at=now)
        facts = {"member_id": member_id, "fields": sorted(given(wish)), "role": role.name if role else member.role}
        await audit.record(connection, grant.workspace_id, grant.actor(), "member.changed", [facts], now)
        await once.finish(connection, claim, member_id)
    services.engine.stirred.set()  # it may have become free for what waits
    return member_id


async def remove(services: Services, grant: Grant, member_id: int, *, expected_revision: int | None = None) -> None:
    """Take a member's rights in the workspace away at once, with its keys; what it had waits for somebody again.

    What it saved stays. An activity that ends or is handed over at the same instant is left as it is.

    Raises:
        Conflict: it is the last Manager.
        Denied: it holds what the caller does not.
        PreconditionFailed: it has another revision than is expected.

    """
    now = services.clock.now()
    async with services.database.write() as connection:
        await workspaces.lock(connection, grant.workspace_id)
        member = await _found(connection, grant, member_id)
        _refuse_other(member, expected_revision)
        refuse_beyond(grant, member.role_scopes)
        await _refuse_last_manager(connection, grant, member)
        user = (await roles.find_named(connection, grant.workspace_id, [USER]))[USER.lower()]
        await members.remove(connection, grant, member_id, role_id=user.id, at=now)
        facts = {"member_id": member_id, "account_id": member.account_id}
        await audit.record(connection, grant.workspace_id, grant.actor(), "member.removed", [facts], now)
    await give_back(services, grant, member.account_id)


async def _insert(
    connection: Connection, grant: Grant, new: Sequence[NewMember], people: Sequence[NewAccount], now: datetime
) -> list[int]:
    """Make them members who are not, with accounts where they have none; gives the new members' ids."""
    await workspaces.lock(connection, grant.workspace_id)
    by_name = await _roles_of(connection, grant, new)
    await accounts.insert_missing(connection, people, at=now)
    found = {one.email.lower(): one for one in await accounts.find_all(connection, [one.email for one in new])}
    profiles = [(found[one.email.lower()].id, _profile(one, by_name)) for one in new]
    made = await members.insert(connection, grant.workspace_id, profiles, at=now)
    added = await members.find_all(connection, grant, made)
    await accounts.set_last_workspace(connection, [one.account_id for one in added], grant.workspace_id)
    facts = [{"member_id": one.id, "account_id": one.account_id, "role": one.role} for one in added]
    await audit.record(connection, grant.workspace_id, grant.actor(), "member.added", facts, now)
    return made


async def _as_accounts(new: Sequence[NewMember], now: datetime) -> list[NewAccount]:
    """The people as accounts, for those who have none; hashing is done before the transaction begins."""
    passwords = [one.password for one in new if one.password is not UNSET]
    if len(passwords) > PASSWORDS_MAX:
        raise _wrong("/members", f"not more than {PASSWORDS_MAX} of them may have a password.")
    hashes = iter(await asyncio.gather(*(hash_password(password) for password in passwords)))
    return [
        NewAccount(
            uuid=new_uuid(now),
            email=one.email,
            name=_name(one),
            password_hash=None if one.password is UNSET else next(hashes),
        )
        for one in new
    ]


def _name(new: NewMember) -> str:
    return new.email.partition("@")[0] if new.name is UNSET else new.name


async def _roles_of(connection: Connection, grant: Grant, new: Sequence[NewMember]) -> dict[str, Role]:
    """The roles that the new members are to have, by their names in lower case, all of which the caller may give."""
    names = {USER if one.role is UNSET else one.role for one in new}
    found = await roles.find_named(connection, grant.workspace_id, names)
    for one in new:
        name = USER if one.role is UNSET else one.role
        if name.lower() not in found:
            raise _wrong("/role", f"there is no role {name} here.")
    for role in found.values():
        if role.name != USER:
            grant.require("members:admin")
            refuse_beyond(grant, role.scopes)
    for one in new:
        _refuse_trust(grant, one, None)
    return found


def _profile(new: NewMember, by_name: dict[str, Role]) -> Profile:
    """What is kept of a new member. An account may have come by its name elsewhere, which is not to be told here."""
    role = by_name[(USER if new.role is UNSET else new.role).lower()]
    return Profile(**{**given(new), "name": _name(new), "role_id": role.id})


async def _role_of(connection: Connection, grant: Grant, wish: MemberWish, member: Member) -> Role | None:
    """The role that a member is to have instead of its own, or None; refused where the caller may not."""
    _refuse_trust(grant, wish, member)
    if wish.role is UNSET or wish.role.lower() == member.role.lower():
        return None
    grant.require("members:admin")
    role = (await roles.find_named(connection, grant.workspace_id, [wish.role])).get(wish.role.lower())
    if role is None:
        raise _wrong("/role", f"there is no role {wish.role} here.")
    refuse_beyond(grant, (*role.scopes, *member.role_scopes))
    await _refuse_last_manager(connection, grant, member)
    return role


def _refuse_trust(grant: Grant, wish: MemberWish, member: Member | None) -> None:
    """What opens others' work (supervising, acting in a role) is given by who has it, or with members:admin."""
    who = grant.principal
    had = frozenset(member.actor_roles) if member else frozenset()
    more = frozenset() if wish.actor_roles is UNSET else frozenset(wish.actor_roles) - had
    raised = wish.is_supervisor is True and not (member and member.is_supervisor)
    if not more <= who.actor_roles or (raised and not who.is_supervisor):
        grant.require("members:admin")


def _changed(member: Member, wish: MemberWish, role: Role | None) -> Profile:
    kept = {name: getattr(member, name) for name in Profile.__struct_fields__}
    return Profile(**{**kept, **given(wish), "role_id": role.id if role else member.role_id})


async def _refuse_last_manager(connection: Connection, grant: Grant, member: Member) -> None:
    if member.role == MANAGER and not await members.other_managers_count(connection, grant, member.id):
        raise Conflict("This is the last Manager; make somebody else one first.")


def _refuse_other(member: Member, expected_revision: int | None) -> None:
    if expected_revision not in (None, member.revision):
        raise PreconditionFailed("The member changed since you read it.")


async def _found(connection: Connection, grant: Grant, member_id: int) -> Member:
    member = await members.find(connection, grant, member_id)
    if member is None:
        raise NotFound("There is no such member here.")
    return member


def _refuse_twice(new: Sequence[NewMember]) -> None:
    seen: dict[str, int] = {}
    for index, one in enumerate(new):
        first = seen.setdefault(one.email.lower(), index)
        if first != index:
            raise _wrong(f"/members/{index}/email", f"is the same as that of member {first}.")


def _wrong(path: str, message: str) -> Invalid:
    return Invalid(f"{path[1:]}: {message}", (Problem(path=path, message=message),))
