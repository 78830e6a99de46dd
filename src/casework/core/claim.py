"""A claim: an Idempotency-Key as it is kept."""

import msgspec


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A promise that a change asked for twice happens once (CONTRACT section 6).

    scope: sha256 of who asks, the method and path, and their key. request_hash: sha256 of the request. It is recorded
    in the transaction of the change, with a reference from which the answer can be made again.
    """

    scope: bytes
    request_hash: bytes


class AlreadyClaimed(Exception):
    """The change was asked for before with the same key; nothing was done now."""
