"""Workspaces: made with their roles and their first Manager."""

from datetime import datetime
from typing import Final

import msgspec

from casework.core.actor import Actor
from casework.core.errors import Denied, Unauthenticated
from casework.core.permission import CATEGORIES, MANAGER, USER, Principal
from casework.entropy import new_uuid
from casework.operations import key_secrets
from casework.operations.passwords import hash_password, is_right
from casework.operations.services import Services
from casework.store import accounts, audit, keys, members, roles, workspaces
from casework.store.accounts import Account, NewAccount
from casework.store.database import Connection
from casework.store.members import Profile
from casework.store.workspaces import Membership, Workspace

__all__ = ["MANAGER_SCOPES", "Initialised", "Membership", "Workspace", "create_workspace", "initialise", "page"]

MANAGER_SCOPES: Final = tuple(f"{category}:admin" for category in CATEGORIES)


class Initialised(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace with its first Manager and a key to work with. The key is shown here and never again."""

    workspace: Workspace
    account: Account
    member_id: int
    api_key: str


async def create_workspace(services: Services, name: str, owner: Principal) -> Membership:
    """Make a workspace whose first Manager is that account.

    Raises:
        Denied: the caller is a key, or workspaces are not made by everybody here.

    """
    if owner.key_id is not None or services.settings.sign_up == "closed":
        raise Denied("Workspaces are made by people who are signed in, where strangers may sign up.")
    now = services.clock.now()
    async with services.database.write() as connection:
        account = None if owner.account_id is None else await accounts.find(connection, owner.account_id)
        if account is None:
            raise Unauthenticated("A workspace is made by a person.")
        workspace, member_id = await _make(connection, name, account, now)
    return Membership(id=workspace.id, uuid=workspace.uuid, name=name, member_id=member_id, role=MANAGER)


async def page(services: Services, account_id: int, *, limit: int, offset: int) -> tuple[list[Membership], int]:
    """The workspaces that an account is a member of, and how many."""
    async with services.database.read() as connection:
        return await workspaces.page_of_account(connection, account_id, limit=limit, offset=offset)


async def initialise(services: Services, *, email: str, password: str, name: str, workspace_name: str) -> Initialised:
    """Make an account, a workspace and a key for it; of what is there already, only the key is made anew.

    Raises:
        Unauthenticated: there is an account with this e-mail, and this is not its password.

    """
    now = services.clock.now()
    password_hash = await hash_password(password)
    async with services.database.write() as connection:
        await accounts.insert_missing(
            connection, [NewAccount(uuid=new_uuid(now), email=email, name=name, password_hash=password_hash)], at=now
        )
        account = await accounts.find_by_email(connection, email)
        if account is None or not await is_right(password, account.password_hash):
            raise Unauthenticated("There is an account with this e-mail, and this is not its password.")
        workspace, member_id = await _own_or_new(connection, workspace_name, account, now)
        secret = key_secrets.new_key(member_id, "casework init", at=now, created_by=member_id)
        key_id = await keys.insert(connection, workspace.id, secret.key, at=now)
        facts = {"key_id": key_id, "name": secret.key.name, "prefix": secret.key.prefix, "member_id": member_id}
        await audit.record(connection, workspace.id, _actor(account, member_id), "key.created", [facts], now)
    return Initialised(workspace=workspace, account=account, member_id=member_id, api_key=secret.text)


async def _own_or_new(connection: Connection, name: str, account: Account, now: datetime) -> tuple[Workspace, int]:
    found, _ = await workspaces.page_of_account(connection, account.id, limit=1, offset=0)
    if not found:
        return await _make(connection, name, account, now)
    first = found[0]
    return Workspace(id=first.id, uuid=first.uuid, name=first.name, created_at=now), first.member_id


async def _make(connection: Connection, name: str, account: Account, now: datetime) -> tuple[Workspace, int]:
    workspace = await workspaces.insert(connection, new_uuid(now), name, at=now)
    manager = await roles.insert_builtin(connection, workspace.id, MANAGER, MANAGER_SCOPES, at=now)
    await roles.insert_builtin(connection, workspace.id, USER, (), at=now)
    profile = Profile(role_id=manager.id, name=account.name)
    (member_id,) = await members.insert(connection, workspace.id, [(account.id, profile)], at=now)
    await accounts.set_last_workspace(connection, [account.id], workspace.id)
    await audit.record(connection, workspace.id, _actor(account, member_id), "workspace.created", [{"name": name}], now)
    return workspace, member_id


def _actor(account: Account, member_id: int) -> Actor:
    return Actor(kind="member", id=member_id, name=account.name, account_id=account.id, member_id=member_id)
