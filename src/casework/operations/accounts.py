"""Accounts: signing up, and a new password for who forgot theirs."""

from datetime import datetime
from typing import Final

from casework.core.actor import SYSTEM
from casework.core.errors import Denied, NotFound
from casework.entropy import new_uuid
from casework.operations.passwords import hash_password
from casework.operations.services import Services
from casework.store import accounts, audit, sessions, workspaces
from casework.store.accounts import Account, NewAccount
from casework.store.database import Database

__all__ = ["Account", "set_password", "sign_up"]


WORKSPACES_MAX: Final = 1_000
"""Workspaces whose history tells of a new password: more than anybody belongs to."""


async def sign_up(services: Services, *, email: str, password: str, name: str) -> Account:
    """Make an account for a stranger.

    Raises:
        Denied: strangers make no accounts here.
        Conflict: there is an account with this e-mail.

    """
    if services.settings.sign_up == "closed":
        raise Denied("Accounts are made by a Manager here.")
    now = services.clock.now()
    # Before the e-mail is looked up, so that the time of the answer does not tell whether it is known.
    password_hash = await hash_password(password)
    async with services.database.write() as connection:
        new = NewAccount(uuid=new_uuid(now), email=email, name=name, password_hash=password_hash)
        return await accounts.insert(connection, new, at=now)


async def set_password(database: Database, *, email: str, password: str, at: datetime) -> int:
    """Give an account another password and end all of its sessions, as whoever keeps the server may; gives how many.

    Its keys stay. Each workspace that it is a member of has it in its history.

    Raises:
        NotFound: there is no account with this e-mail.

    """
    password_hash = await hash_password(password)
    async with database.write() as connection:
        account = await accounts.find_by_email(connection, email)
        if account is None:
            raise NotFound(f"There is no account with the e-mail {email}.")
        await accounts.set_password(connection, account.id, password_hash)
        ended = await sessions.revoke_all(connection, account.id, at=at)
        found, _ = await workspaces.page_of_account(connection, account.id, limit=WORKSPACES_MAX, offset=0)
        for own in found:
            facts = {"member_id": own.member_id, "account_id": account.id}
            await audit.record(connection, own.id, SYSTEM, "account.password_set", [facts], at)
    return ended
