"""Signing in: a password or a key becomes a session, which is one random token kept as its hash."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Literal

import msgspec
import structlog

from casework.core.actor import Actor
from casework.core.errors import Denied, LimitExceeded, Unauthenticated
from casework.core.permission import Principal
from casework.entropy import new_secret
from casework.operations.identity import identify
from casework.operations.passwords import is_right
from casework.operations.services import Services
from casework.store import accounts, attempts, audit, sessions, workspaces
from casework.store.accounts import Account
from casework.store.database import Connection
from casework.store.identity import hash_of
from casework.store.sessions import NewSession

BEARER_LASTS: Final = timedelta(hours=1)

FAILURES_MAX: Final = 10
FAILURES_WITHIN: Final = timedelta(minutes=10)
"""So many wrong passwords for an account from one address, then a pause; from elsewhere its owner may still sign in."""

log = structlog.get_logger(__name__)


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A session that was opened; its token is shown here and never again."""

    token: str
    expires_at: datetime


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's wish to sign in, and the address that it comes from."""

    email: str
    password: str
    address: str


async def check_password(services: Services, attempt: Attempt) -> Account:
    """The account that the e-mail and the password prove.

    Text and time are the same whether the account is unknown, disabled or has another password.

    Raises:
        Unauthenticated: they prove none.
        LimitExceeded: too many wrong passwords came for this account from this address.

    """
    now = services.clock.now()
    subject = sha256(f"{attempt.email.lower()}\0{attempt.address}".encode()).digest()
    async with services.database.write() as connection:
        since = now - FAILURES_WITHIN
        oldest = await attempts.record(connection, subject, at=now, since=since, limit=FAILURES_MAX)
    if oldest is not None:
        wait = max(1, int((oldest - since).total_seconds()) + 1)
        raise LimitExceeded("Too many wrong passwords; wait before you try again.", retry_after=wait)
    async with services.database.read() as connection:
        account = await accounts.find_by_email(connection, attempt.email)
    is_known = await is_right(attempt.password, account.password_hash if account else None)
    if account is None or not is_known or account.disabled_at is not None:
        log.info("sign_in.refused", address=attempt.address)
        raise Unauthenticated("The e-mail or the password is wrong.")
    async with services.database.write() as connection:
        await attempts.forget(connection, subject)
    return account


async def open_session(
    services: Services, account: Account, kind: Literal["cookie", "bearer"], *, instead_of: str | None = None
) -> Session:
    """Open a session of an account; that of the token `instead_of` ends, so that none outlives a change of person."""
    now = services.clock.now()
    lasts = timedelta(days=services.settings.session_days) if kind == "cookie" else BEARER_LASTS
    session = Session(token=new_secret(), expires_at=now + lasts)
    async with services.database.write() as connection:
        if instead_of is not None:
            await sessions.revoke(connection, hash_of(instead_of), at=now)
        new = NewSession(
            token_hash=hash_of(session.token), kind=kind, account_id=account.id, expires_at=session.expires_at
        )
        await sessions.insert(connection, new, at=now)
        await _record(connection, account, "account.signed_in", {"kind": kind}, now)
    return session


async def open_key_session(services: Services, key: str) -> tuple[Session, Principal]:
    """Open a bearer's session that acts exactly as the key does, and ends with it.

    Raises:
        Unauthenticated: there is no such key (any more).

    """
    principal = await identify(services, token=key, via="bearer")
    if principal.key_id is None:
        raise Unauthenticated("This is not an API key.")
    now = services.clock.now()
    session = Session(token=new_secret(), expires_at=now + BEARER_LASTS)
    async with services.database.write() as connection:
        new = NewSession(
            token_hash=hash_of(session.token), kind="bearer", key_id=principal.key_id, expires_at=session.expires_at
        )
        await sessions.insert(connection, new, at=now)
    return session, principal


async def sign_out(services: Services, token: str) -> None:
    """End the session of a token; nothing where there is none that lasts."""
    async with services.database.write() as connection:
        await sessions.revoke(connection, hash_of(token), at=services.clock.now())


async def sign_out_everywhere(services: Services, principal: Principal) -> int:
    """End every session of the caller's account, this one too, on whatever device it is; gives how many there were.

    Its keys stay, and what was opened with one.

    Raises:
        Denied: the caller is a key.

    """
    if principal.key_id is not None or principal.account_id is None:
        raise Denied("Sessions are ended by people who are signed in.")
    now = services.clock.now()
    async with services.database.write() as connection:
        account = await accounts.find(connection, principal.account_id)
        if account is None:
            raise Unauthenticated("There is no such account any more.")
        ended = await sessions.revoke_all(connection, account.id, at=now)
        await _record(connection, account, "account.signed_out_everywhere", {"sessions": ended}, now)
    return ended


async def _record(
    connection: Connection, account: Account, type_: str, facts: dict[str, str | int], now: datetime
) -> None:
    found, _ = await workspaces.page_of_account(connection, account.id, limit=1, offset=0)
    for own in found:
        actor = Actor(kind="member", id=own.member_id, name=account.name, account_id=account.id)
        await audit.record(connection, own.id, actor, type_, [facts], now)
