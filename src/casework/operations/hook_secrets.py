"""Secrets of hooks: made, kept, and proved by those who call.

Of a bearer secret its hash is enough. A signature can be checked only with the secret itself, which is sealed with the
workspace's data key: the database alone shows nothing of it.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from casework.entropy import new_bytes, new_secret
from casework.operations import vault
from casework.operations.services import Services
from casework.store.database import Connection
from casework.store.hooks import Hook, HookKind
from casework.store.identity import hash_of

TOLERANCE: Final = timedelta(minutes=5)
"""By how much the clocks of two systems may differ, and how long a signed call that was overheard is good for."""

BEARER: Final = "authorization"
SIGNATURES: Final = ("x-signature-256", "x-hub-signature-256")
"""Where a signature of the body stands, as `sha256=` and hexadecimal digits."""

WEBHOOK_ID: Final = "webhook-id"
WEBHOOK_TIMESTAMP: Final = "webhook-timestamp"
WEBHOOK_SIGNATURE: Final = "webhook-signature"

_SIGNATURES_MAX: Final = 10
"""Signatures in one header that are looked at: senders that change their secret send two."""

_NOBODYS: Final = hash_of("nobody's")


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it came: its body, byte for byte, and its headers by their names in lower case."""

    body: bytes
    headers: Mapping[str, str]


def new(kind: HookKind) -> str:
    """A new secret, as the other system is given it."""
    if kind == "standard_webhooks":
        return f"whsec_{b64encode(new_bytes(32)).decode('ascii')}"
    return f"cwh_{new_secret()}"


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """The hook that a secret is of: what is sealed for one cannot be opened for another."""

    workspace_id: int
    uuid: UUID
    kind: HookKind


async def kept(services: Services, connection: Connection, owner: Owner, secret: str, *, at: datetime) -> bytes:
    """What is kept of a secret.

    Raises:
        Conflict: it is to be sealed, and the server has no key to do so.

    """
    if owner.kind == "bearer":
        return hash_of(secret)
    key = await vault.sealing_key(connection, services.keyring, owner.workspace_id, at=at)
    return key.seal(secret, "hook", str(owner.uuid))


async def opened(services: Services, connection: Connection, hook: Hook) -> bytes:
    """What calls of a hook are checked with: the hash of its secret, or the secret.

    Raises:
        Conflict: the server has not the key that it was sealed with.

    """
    if hook.kind == "bearer":
        return hook.secret
    key = await vault.opening_key(connection, services.keyring, hook.workspace_id)
    return key.open(hook.secret, "hook", str(hook.uuid)).encode()


def proves(hook: Hook | None, held: bytes, call: Signed, now: datetime) -> bool:
    """Whether the call comes from somebody who knows the hook's secret; never where there is no hook.

    held: what `opened` gave for it.
    The time that it takes does not tell how much of a secret was right.
    """
    if hook is None:
        _is_bearer(_NOBODYS, call)
        return False
    if hook.kind == "bearer":
        return _is_bearer(held, call)
    if hook.kind == "hmac_sha256":
        return _is_signed(held, call)
    return _is_standard(held.decode(), call, now)


def _is_bearer(kept_hash: bytes, call: Signed) -> bool:
    scheme, _, secret = call.headers.get(BEARER, "").partition(" ")
    is_same = hmac.compare_digest(hash_of(secret), kept_hash)
    return scheme.lower() == "bearer" and is_same


def _is_signed(secret: bytes, call: Signed) -> bool:
    right = f"sha256={hmac.new(secret, call.body, sha256).hexdigest()}".encode()
    given = [call.headers[name].encode() for name in SIGNATURES if name in call.headers]
    return sum(hmac.compare_digest(one, right) for one in given) > 0


def _is_standard(secret: str, call: Signed, now: datetime) -> bool:
    """As Standard Webhooks has it: of the id, the time and the body, one signature of several."""
    identifier = call.headers.get(WEBHOOK_ID, "")
    at = call.headers.get(WEBHOOK_TIMESTAMP, "")
    if not identifier or not _is_recent(at, now):
        return False
    key = b64decode(secret.removeprefix("whsec_"))
    content = b".".join((identifier.encode(), at.encode(), call.body))
    right = b"v1," + b64encode(hmac.new(key, content, sha256).digest())
    given = call.headers.get(WEBHOOK_SIGNATURE, "").split(" ")[:_SIGNATURES_MAX]
    return sum(hmac.compare_digest(one.encode(), right) for one in given) > 0


def _is_recent(at: str, now: datetime) -> bool:
    if not (at.isascii() and at.isdecimal() and len(at) <= len("9999999999")):
        return False
    return abs(now.timestamp() - int(at)) <= TOLERANCE.total_seconds()
