"""Accounts: signing up."""

from casework.core.errors import Denied
from casework.entropy import new_uuid
from casework.operations.passwords import hash_password
from casework.operations.services import Services
from casework.store import accounts
from casework.store.accounts import Account, NewAccount

__all__ = ["Account", "sign_up"]


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
