"""Accounts: people, whatever workspaces they are members of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from casework.core.errors import Conflict
from casework.store.database import Connection


class EmailTaken(Conflict):
    """There is an account with this e-mail."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person. Without a password hash it cannot be signed in to with a password."""

    id: int
    uuid: UUID
    email: str
    name: str
    password_hash: str | None
    last_workspace_id: int | None
    created_at: datetime
    disabled_at: datetime | None


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account to be made."""

    uuid: UUID
    email: str
    name: str
    password_hash: str | None = None


_COLUMNS: Final = "id, uuid, email, name, password_hash, last_workspace_id, created_at, disabled_at"

_FIND_BY_EMAIL: Final = f"select {_COLUMNS} from accounts where lower(email) = lower($1)"  # noqa: S608 - a constant

_FIND: Final = f"select {_COLUMNS} from accounts where id = $1"  # noqa: S608 - a constant

_FIND_ALL: Final = f"""
select {_COLUMNS} from accounts where lower(email) in (select lower(e) from unnest($1::text[]) e)
"""  # noqa: S608 - a constant

_INSERT: Final = f"""
insert into accounts (uuid, email, name, password_hash, created_at) values ($1, $2, $3, $4, $5) returning {_COLUMNS}
"""  # noqa: S608 - a constant

_INSERT_MISSING: Final = """
insert into accounts (uuid, email, name, password_hash, created_at)
select uuid, email, name, password_hash, $5
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as new (uuid, email, name, password_hash)
on conflict do nothing
"""


async def find_by_email(connection: Connection, email: str) -> Account | None:
    """The account with that e-mail, however it is capitalized."""
    return _account(await connection.fetchrow(_FIND_BY_EMAIL, email))


async def find(connection: Connection, account_id: int) -> Account | None:
    """The account with that id."""
    return _account(await connection.fetchrow(_FIND, account_id))


async def find_all(connection: Connection, emails: Sequence[str]) -> list[Account]:
    """The accounts with those e-mails."""
    return [Account(**dict(row)) for row in await connection.fetch(_FIND_ALL, list(emails))]


async def insert(connection: Connection, new: NewAccount, *, at: datetime) -> Account:
    """Make an account.

    Raises:
        EmailTaken: there is one with that e-mail; the transaction cannot go on.

    """
    try:
        row = await connection.fetchrow(_INSERT, new.uuid, new.email, new.name, new.password_hash, at)
    except asyncpg.UniqueViolationError:
        raise EmailTaken("There is an account with this e-mail.") from None
    return Account(**dict(row))


async def insert_missing(connection: Connection, new: Sequence[NewAccount], *, at: datetime) -> None:
    """Make those accounts whose e-mails have none yet."""
    await connection.execute(
        _INSERT_MISSING,
        [one.uuid for one in new],
        [one.email for one in new],
        [one.name for one in new],
        [one.password_hash for one in new],
        at,
    )


async def set_last_workspace(connection: Connection, account_ids: Sequence[int], workspace_id: int) -> None:
    """Let accounts that worked nowhere yet begin in that workspace."""
    await connection.execute(
        "update accounts set last_workspace_id = $2 where id = any($1::bigint[]) and last_workspace_id is null",
        list(account_ids),
        workspace_id,
    )


async def set_password(connection: Connection, account_id: int, password_hash: str) -> None:
    """Let another password prove the account from now on."""
    await connection.execute("update accounts set password_hash = $2 where id = $1", account_id, password_hash)


def _account(row: Any) -> Account | None:
    return None if row is None else Account(**dict(row))
