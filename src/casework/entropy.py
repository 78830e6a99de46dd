"""The one home of randomness: identifiers and secrets."""

import secrets
from datetime import datetime
from uuid import UUID

from casework.core.ids import ordered_uuid


def new_uuid(at: datetime) -> UUID:
    """A new identifier that sorts by its instant."""
    return ordered_uuid(at, secrets.token_bytes(10))


def new_bytes(number: int) -> bytes:
    """That many random bytes."""
    return secrets.token_bytes(number)


def new_fraction() -> float:
    """A number from 0 up to 1, which is never given."""
    return secrets.randbelow(2**53) / 2**53


def new_secret() -> str:
    """256 random bits as text that is safe in a header, a cookie and a URL."""
    return secrets.token_urlsafe(32)
