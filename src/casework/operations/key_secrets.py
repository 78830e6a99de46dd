"""What an API key looks like: `cw_`, its public part, and 256 random bits."""

from base64 import b32encode
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from casework.entropy import new_bytes, new_secret, new_uuid
from casework.store.identity import hash_of
from casework.store.keys import NewKey

PREFIX: Final = "cw_"

_PUBLIC_BYTES: Final = 10


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """A key's text, which its owner alone keeps, and what is kept of it."""

    text: str
    key: NewKey


def new_key(
    member_id: int | None,
    name: str,
    *,
    at: datetime,
    scopes: Sequence[str] | None = None,
    created_by: int | None = None,
    expires_at: datetime | None = None,
) -> Secret:
    """A new key of that member, or of the workspace."""
    prefix = PREFIX + b32encode(new_bytes(_PUBLIC_BYTES)).decode("ascii").lower()
    text = f"{prefix}_{new_secret()}"
    return Secret(
        text=text,
        key=NewKey(
            uuid=new_uuid(at),
            name=name,
            prefix=prefix,
            secret_hash=hash_of(text),
            member_id=member_id,
            scopes=scopes,
            created_by=created_by,
            expires_at=expires_at,
        ),
    )
