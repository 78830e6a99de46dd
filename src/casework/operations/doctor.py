"""The examination of a whole database, of one instant, without changing anything in it."""

from collections.abc import AsyncGenerator
from typing import Any, Final

import msgspec

from casework.core.errors import Conflict
from casework.keyring import DataKey, Keyring, Sealed
from casework.operations import vault
from casework.store import doctor, schema, secrets
from casework.store.database import Connection, Database

BREACHES_MAX: Final = 20
"""Rows told of one rule: enough to see what they have in common."""

SCHEMA: Final = "schema"
SECRETS: Final = "secrets"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, and the first of what breaks it: nothing, where it is kept. is_cut: there is more."""

    check: str
    promise: str
    breaches: list[dict[str, Any]]
    is_cut: bool = False

    @property
    def is_clean(self) -> bool:
        """Whether the rule is kept."""
        return not self.breaches


async def examine(url: str, *, keyring: Keyring | None = None) -> AsyncGenerator[Finding, None]:
    """Every rule in turn. Where the schema is not the newest that is the only one: the others are written for it.

    keyring: the keys that secrets are kept with, as the server has them.
    """
    is_current = await schema.is_current(url)
    breaches = [] if is_current else [{"schema": "not the newest; run casework migrate"}]
    yield Finding(check=SCHEMA, promise="The database has the newest schema.", breaches=breaches)
    if not is_current:
        return
    database = await Database.open(url, size=1)
    try:
        async with database.snapshot() as connection:
            for check in doctor.CHECKS:
                found = await doctor.breaches(connection, check, limit=BREACHES_MAX + 1)
                yield Finding(
                    check=check.name,
                    promise=check.promise,
                    breaches=found[:BREACHES_MAX],
                    is_cut=len(found) > BREACHES_MAX,
                )
            found = await _closed_secrets(connection, keyring)
            yield Finding(
                check=SECRETS,
                promise="Every secret, and what webhooks sign with, opens with the keys that are given.",
                breaches=found[:BREACHES_MAX],
                is_cut=len(found) > BREACHES_MAX,
            )
    finally:
        await database.close()


async def _closed_secrets(connection: Connection, keyring: Keyring | None) -> list[dict[str, Any]]:
    """The first secrets that do not open, and why; what they hold is not kept."""
    closed: list[dict[str, Any]] = []
    keys: dict[int, DataKey | str] = {}
    async for secret in secrets.every_sealed(connection):
        if secret.workspace_id not in keys:
            keys[secret.workspace_id] = await _key_of(connection, keyring, secret.workspace_id)
        why = _reason(keys[secret.workspace_id], secret)
        if why is not None:
            closed.append({"workspace_id": secret.workspace_id, f"{secret.kind}_id": secret.id, "why": why})
        if len(closed) > BREACHES_MAX:
            break
    return closed


async def _key_of(connection: Connection, keyring: Keyring | None, workspace_id: int) -> DataKey | str:
    try:
        return await vault.opening_key(connection, keyring, workspace_id)
    except Conflict as error:
        return error.message


def _reason(key: DataKey | str, secret: secrets.SealedValue) -> str | None:
    if isinstance(key, str):
        return key
    try:
        key.open(secret.sealed, secret.kind, secret.name)
    except Sealed as error:
        return str(error)
    return None
