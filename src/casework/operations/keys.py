"""API keys: made by members for themselves, by who may for others and for the workspace."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.claim import Claim
from casework.core.errors import Invalid, NotFound, Problem
from casework.core.permission import Grant, implied
from casework.operations import once
from casework.operations.key_secrets import new_key
from casework.operations.rights import refuse_beyond, refuse_unknown
from casework.operations.services import Services
from casework.store import audit, keys, members, workspaces
from casework.store.database import Connection
from casework.store.keys import Key

__all__ = ["Key", "KeyWish", "create", "page", "read_by_uuid", "revoke"]

_ABSENT: Final = "There is no such key here."


class KeyWish(msgspec.Struct, frozen=True, kw_only=True):
    """The key that somebody wants. member_id: None is the caller's own. scopes: None is all that it can have."""

    name: str
    member_id: int | None = None
    is_workspaces: bool = False
    scopes: Sequence[str] | None = None
    expires_at: datetime | None = None


async def page(services: Services, grant: Grant, *, limit: int, offset: int) -> tuple[list[Key], int]:
    """A page of the caller's keys, or with keys:read of everybody's, and how many there are."""
    if not grant.holds("keys:read") and grant.principal.member_id is None:
        return [], 0
    member_id = None if grant.holds("keys:read") else grant.principal.member_id
    async with services.database.read() as connection:
        return await keys.page(connection, grant, member_id=member_id, limit=limit, offset=offset)


async def read_by_uuid(services: Services, grant: Grant, uuid: UUID) -> Key:
    """The key with that uuid."""
    async with services.database.read() as connection:
        return _existing(await keys.find_by_uuid(connection, grant, uuid))


async def create(
    services: Services, grant: Grant, wish: KeyWish, *, claim: Claim | None, seal: Callable[[str], str]
) -> dict[str, Any]:
    """Make a key; gives the claim's reference: its uuid, and its text sealed with `seal`.

    The text must be sealed because the reference is kept, and the text must be kept nowhere that the database shows.

    Raises:
        Denied: it would give more than the caller holds, or is another's and the caller lacks keys:admin.

    """
    now = services.clock.now()
    _refuse_impossible(wish, now)
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await workspaces.lock(connection, grant.workspace_id)
        member_id = _whose(grant, wish)
        secret = new_key(
            member_id,
            wish.name,
            at=now,
            scopes=await _limits(connection, grant, member_id, wish.scopes),
            created_by=grant.principal.member_id,
            expires_at=wish.expires_at,
        )
        key_id = await keys.insert(connection, grant.workspace_id, secret.key, at=now)
        facts = {"key_id": key_id, "name": wish.name, "prefix": secret.key.prefix, "member_id": member_id}
        await audit.record(connection, grant.workspace_id, grant.actor(), "key.created", [facts], now)
        reference = {"uuid": str(secret.key.uuid), "text": seal(secret.text)}
        await once.finish(connection, claim, reference)
    return reference


async def revoke(services: Services, grant: Grant, key_id: int) -> None:
    """End a key at once.

    Raises:
        Denied: it is another's, and the caller lacks keys:admin.

    """
    now = services.clock.now()
    async with services.database.write() as connection:
        await workspaces.lock(connection, grant.workspace_id)
        key = await keys.find(connection, grant, key_id)
        if key is None or not grant.is_own(key.member_id):
            grant.require("keys:admin")
        key = _existing(key)
        await keys.revoke(connection, grant, key_id, at=now)
        facts = {"key_id": key.id, "name": key.name, "prefix": key.prefix, "member_id": key.member_id}
        await audit.record(connection, grant.workspace_id, grant.actor(), "key.revoked", [facts], now)


def _existing(key: Key | None) -> Key:
    if key is None:
        raise NotFound(_ABSENT)
    return key


def _refuse_impossible(wish: KeyWish, now: datetime) -> None:
    if wish.is_workspaces and wish.member_id is not None:
        raise _wrong("memberId", "a key acts as a member or as the workspace, not as both.")
    if wish.expires_at is not None and wish.expires_at <= now:
        raise _wrong("expiresAt", "must be in the future.")
    refuse_unknown(wish.scopes or ())


def _whose(grant: Grant, wish: KeyWish) -> int | None:
    """The member that the key is to act as, None for the workspace; whoever it is not needs keys:admin."""
    if wish.is_workspaces:
        grant.require("keys:admin")
        return None
    own = grant.principal.member_id
    member_id = own if wish.member_id is None else wish.member_id
    if member_id is None:
        raise _wrong("memberId", "is required, because the caller is not a member.")
    grant.require_own_or(member_id, "keys:admin")
    return member_id


async def _limits(
    connection: Connection, grant: Grant, member_id: int | None, asked: Sequence[str] | None
) -> list[str] | None:
    """The scopes to keep with the key: None is all of its member's, and only where the caller could have as much."""
    member = None if member_id is None else await members.find(connection, grant, member_id)
    if member_id is not None and member is None:
        raise _wrong("memberId", "there is no such member here.")
    if asked is not None:
        refuse_beyond(grant, asked)
        return sorted(set(asked))
    held = grant.principal.scopes
    if member is None:
        return sorted(held)
    of_role = implied(frozenset(member.role_scopes))
    # A limited key that makes a key passes on what it has now; nothing it makes follows a role into the future.
    return None if not grant.principal.key_is_limited and of_role <= held else sorted(of_role & held)


def _wrong(name: str, message: str) -> Invalid:
    return Invalid(f"{name}: {message}", (Problem(path=f"/{name}", message=message),))
