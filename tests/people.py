"""Workspaces with people in them, made without passwords, so that a test pays for what it tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from uuid import UUID

from casework.core.permission import Principal
from casework.entropy import new_secret, new_uuid
from casework.operations import workspaces
from casework.operations.services import Services
from casework.store import accounts, members, roles, sessions
from casework.store.accounts import NewAccount
from casework.store.identity import hash_of
from casework.store.members import Profile
from casework.store.sessions import NewSession

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody with a token. `member_id` is 0 outside a workspace."""

    email: str
    account_id: int
    account_uuid: UUID
    token: str
    member_id: int = 0

    @property
    def headers(self) -> dict[str, str]:
        """What they send with every request."""
        return {"authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A workspace; its Manager is there from the beginning."""

    services: Services
    id: int
    uuid: UUID
    manager: Caller

    @property
    def path(self) -> str:
        """Where the workspace surface has it."""
        return f"/api/v2/w/{self.uuid}"

    async def member(
        self,
        *,
        role: str = "User",
        scopes: Sequence[str] | None = None,
        actor_roles: Sequence[str] = (),
        is_supervisor: bool = False,
        who: Caller | None = None,
    ) -> Caller:
        """Somebody new in the workspace, or `who`; with `scopes`, in a role of its own that has them."""
        who = who or await person(self.services)
        now = self.services.clock.now()
        async with self.services.database.write() as connection:
            if scopes is None:
                found = (await roles.find_named(connection, self.id, [role]))[role.lower()]
            else:
                found = await roles.insert(connection, self.id, f"role {next(_numbers)}", scopes, at=now)
            profile = Profile(
                role_id=found.id,
                name=who.email.partition("@")[0],
                actor_roles=actor_roles,
                is_supervisor=is_supervisor,
            )
            (member_id,) = await members.insert(connection, self.id, [(who.account_id, profile)], at=now)
            await accounts.set_last_workspace(connection, [who.account_id], self.id)
        return Caller(
            email=who.email,
            account_id=who.account_id,
            account_uuid=who.account_uuid,
            token=who.token,
            member_id=member_id,
        )


async def person(services: Services) -> Caller:
    """Somebody with an account, in no workspace yet."""
    now = services.clock.now()
    email = f"person{next(_numbers)}@example.com"
    token = new_secret()
    async with services.database.write() as connection:
        new = NewAccount(uuid=new_uuid(now), email=email, name=email.partition("@")[0])
        account = await accounts.insert(connection, new, at=now)
        session = NewSession(
            token_hash=hash_of(token),
            kind="bearer",
            account_id=account.id,
            expires_at=now + timedelta(days=365),
        )
        await sessions.insert(connection, session, at=now)
    return Caller(email=email, account_id=account.id, account_uuid=account.uuid, token=token)


async def place(services: Services, name: str = "Support") -> Place:
    """A workspace with a Manager."""
    owner = await person(services)
    principal = Principal(kind="bearer", account_id=owner.account_id)
    made = await workspaces.create_workspace(services, name, principal)
    manager = Caller(
        email=owner.email,
        account_id=owner.account_id,
        account_uuid=owner.account_uuid,
        token=owner.token,
        member_id=made.member_id,
    )
    return Place(services=services, id=made.id, uuid=made.uuid, manager=manager)
