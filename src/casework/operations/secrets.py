"""Secrets of a workspace: set and replaced by people, opened for automation alone, and never shown again."""

from datetime import datetime, timedelta
from typing import Final

from casework.core.automation import Automation
from casework.core.claim import Claim
from casework.core.errors import Conflict, LimitExceeded, NotFound
from casework.core.permission import Grant
from casework.keyring import DataKey, Keyring, Sealed
from casework.operations import once, vault
from casework.operations.services import Services
from casework.store import audit, data_keys, secrets, workspaces
from casework.store.database import Connection, Database
from casework.store.secrets import Secret

__all__ = ["Secret", "change", "create", "delete", "open_secret", "page", "place", "read", "rewrap"]

SECRETS_MAX: Final = 500
"""In a workspace: they are written by hand, and each is looked at by people."""

_USE_NOTED_EVERY: Final = timedelta(minutes=1)
"""A secret that every step of a busy workflow opens is not written to each time."""

_REWRAPPED_AT_ONCE: Final = 100
"""Data keys wrapped anew in one transaction: a new workspace waits for it."""

_ABSENT: Final = "There is no such secret here."


async def page(services: Services, grant: Grant, *, limit: int, offset: int) -> tuple[list[Secret], int]:
    """A page of the workspace's secrets by name, without their values, and how many there are."""
    async with services.database.snapshot() as connection:
        return await secrets.page(connection, grant, limit=limit, offset=offset)


async def read(services: Services, grant: Grant, secret_id: int) -> Secret:
    """A secret without its value."""
    async with services.database.read() as connection:
        return _existing(await secrets.find(connection, grant, secret_id))


async def create(services: Services, grant: Grant, name: str, value: str, *, claim: Claim | None) -> int:
    """Keep a value under a name that is new here; gives the secret's id.

    Raises:
        Conflict: the name is taken, or the server has no key to seal it with.
        LimitExceeded: the workspace has as many as it may.

    """
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await workspaces.lock(connection, grant.workspace_id)
        key = await vault.sealing_key(connection, services.keyring, grant.workspace_id, at=now)
        if await secrets.count(connection, grant) >= SECRETS_MAX:
            raise LimitExceeded(f"A workspace keeps at most {SECRETS_MAX} secrets.")
        secret_id = await secrets.insert(connection, grant, name, key.seal(value, *place(name)), at=now)
        if secret_id is None:
            raise Conflict(f"There is a secret called {name} already; replace its value instead.")
        await _record(connection, grant, "secret.created", secret_id, name, now)
        await once.finish(connection, claim, secret_id)
    return secret_id


async def change(services: Services, grant: Grant, secret_id: int, value: str, *, claim: Claim | None) -> int:
    """Give a secret another value; what is opened from then on is the new one. Gives its id.

    Raises:
        Conflict: the server has no key to seal it with.

    """
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        secret = _existing(await secrets.lock(connection, grant, secret_id))
        key = await vault.sealing_key(connection, services.keyring, grant.workspace_id, at=now)
        await secrets.change(connection, grant, secret_id, key.seal(value, *place(secret.name)), at=now)
        await _record(connection, grant, "secret.changed", secret_id, secret.name, now)
        await once.finish(connection, claim, secret_id)
    return secret_id


async def delete(services: Services, grant: Grant, secret_id: int) -> None:
    """Forget a secret for good; whatever names it fails from then on."""
    now = services.clock.now()
    async with services.database.write() as connection:
        secret = _existing(await secrets.lock(connection, grant, secret_id))
        await secrets.delete(connection, grant, secret_id)
        await _record(connection, grant, "secret.removed", secret_id, secret.name, now)


async def open_secret(services: Services, automation: Automation, name: str) -> str:
    """The value of a secret, for work that its workspace set up: it goes into a request, and nowhere else.

    Raises:
        NotFound: the workspace has no secret of that name.
        Conflict: the server lacks the key, or what is kept does not open.

    """
    now, workspace_id = services.clock.now(), automation.workspace_id
    async with services.database.read() as connection:
        kept = await secrets.find_sealed(connection, workspace_id, name)
        if kept is None:
            raise NotFound(f"There is no secret called {name} in this workspace.")
        key = await vault.opening_key(connection, services.keyring, workspace_id)
        value = _opened(key, kept.sealed, name)
        if kept.used_at is None or now - kept.used_at >= _USE_NOTED_EVERY:
            await secrets.note_use(connection, workspace_id, kept.id, at=now)
    return value


async def rewrap(database: Database, keyring: Keyring, *, at: datetime) -> int:
    """Wrap every data key with the first of the server's keys, so that the others can be left out; gives how many.

    Raises:
        Conflict: one was wrapped with a key that is not on the keyring; those before it are done.

    """
    done = 0
    while True:
        async with database.write() as connection:
            found = await data_keys.wrapped_otherwise(connection, keyring.first_id, limit=_REWRAPPED_AT_ONCE)
            for workspace_id in found:
                await _rewrap(connection, keyring, workspace_id, at=at)
        done += len(found)
        if len(found) < _REWRAPPED_AT_ONCE:
            return done


def place(name: str) -> tuple[str, str]:
    """What a secret's value is bound to, beside its workspace."""
    return ("secret", name)


async def _rewrap(connection: Connection, keyring: Keyring, workspace_id: int, *, at: datetime) -> None:
    kept = await data_keys.find(connection, workspace_id)
    if kept is None:  # pragma: no cover - it is locked, and these rows are never deleted
        return
    try:
        anew = keyring.rewrap(kept, workspace_id)
    except Sealed as error:
        raise Conflict(f"The data key of workspace {workspace_id} does not open: {error}.") from error
    await data_keys.replace(connection, workspace_id, anew, at=at)


def _existing(secret: Secret | None) -> Secret:
    if secret is None:
        raise NotFound(_ABSENT)
    return secret


def _opened(key: DataKey, sealed: bytes, name: str) -> str:
    try:
        return key.open(sealed, *place(name))
    except Sealed as error:
        raise Conflict(f"The secret {name} does not open: {error}.") from error


async def _record(connection: Connection, grant: Grant, type_: str, secret_id: int, name: str, at: datetime) -> None:
    facts = {"secret_id": secret_id, "name": name}
    await audit.record(connection, grant.workspace_id, grant.actor(), type_, [facts], at)
