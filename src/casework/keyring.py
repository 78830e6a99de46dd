"""What seals secrets: a data key for each workspace, wrapped by a key of the server's that the database never sees.

A value is sealed by AES-256-GCM with its workspace's data key, bound to where it stands: moved to another workspace or
another name, it does not open. The data key is wrapped with the first key of the keyring, and opens with any of them,
so that a server's key is changed without sealing the values anew.
"""

import os
from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.entropy import new_bytes

KEY_BYTES: Final = 32
"""AES-256."""

FILE_NAME: Final = "secret.key"
"""The file that holds the server's key where none was given, in the data directory."""

_NONCE_BYTES: Final = 12
_FORM: Final = b"\x01"
"""The first byte of whatever is sealed: another one would be another way of sealing."""


class Sealed(Exception):
    """What was to be opened does not open: another key, another place, or changed bytes."""


class WrappedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A data key as the database keeps it. key_id: which of the server's keys wrapped it."""

    key_id: str
    wrapped: bytes


class DataKey:
    """Seals and opens the values of one workspace."""

    def __init__(self, key: bytes, workspace_id: int) -> None:
        self._key = key
        self._workspace_id = workspace_id

    def seal(self, plain: str, *place: str | int) -> bytes:
        """The text, sealed for that place alone."""
        return _seal(self._key, plain.encode(), (self._workspace_id, *place))

    def open(self, sealed: bytes, *place: str | int) -> str:
        """The text that was sealed for that place; Sealed where it was not."""
        return _open(self._key, sealed, (self._workspace_id, *place)).decode()


class Keyring:
    """The server's keys: the first wraps, every one of them unwraps."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {_id_of(key): key for key in keys}
        self.first_id = _id_of(keys[0])

    @classmethod
    def parse(cls, text: str) -> Self:
        """The keyring that a setting or a file describes: keys in base64, apart by commas, spaces or lines.

        Raises:
            ValueError: it describes none; the message says what a key looks like, and nothing of what came.

        """
        keys = [_parsed(word) for word in text.replace(",", " ").split()]
        if not keys:
            raise ValueError("there is no key in it")
        return cls(keys)

    def new_data_key(self, workspace_id: int) -> WrappedKey:
        """A new data key for a workspace."""
        return self._wrap(new_bytes(KEY_BYTES), workspace_id)

    def unwrap(self, kept: WrappedKey, workspace_id: int) -> DataKey:
        """The data key of a workspace.

        Raises:
            Sealed: none of these keys wrapped it, or it is another workspace's.

        """
        return DataKey(self._unwrapped(kept, workspace_id), workspace_id)

    def rewrap(self, kept: WrappedKey, workspace_id: int) -> WrappedKey:
        """The same data key, wrapped with the first key; Sealed as `unwrap`."""
        return self._wrap(self._unwrapped(kept, workspace_id), workspace_id)

    def _wrap(self, key: bytes, workspace_id: int) -> WrappedKey:
        sealed = _seal(self._keys[self.first_id], key, ("data key", workspace_id))
        return WrappedKey(key_id=self.first_id, wrapped=sealed)

    def _unwrapped(self, kept: WrappedKey, workspace_id: int) -> bytes:
        key = self._keys.get(kept.key_id)
        if key is None:
            raise Sealed("the key that wrapped it is not on the keyring")
        return _open(key, kept.wrapped, ("data key", workspace_id))


def new_key_text() -> str:
    """A new key as it is written in a setting or a file."""
    return urlsafe_b64encode(new_bytes(KEY_BYTES)).decode("ascii")


def file_in(directory: Path) -> Path:
    """The file that holds the key of a data directory."""
    return directory.expanduser().resolve() / FILE_NAME


def keep(path: Path) -> None:
    """Make a file with a new key where it is missing, for its owner alone to read.

    Of several processes that make it at the same moment one wins, and all use its key.
    """
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{FILE_NAME}.{os.getpid()}.{new_bytes(4).hex()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(f"{new_key_text()}\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _parsed(word: str) -> bytes:
    try:
        key = b64decode(word.replace("-", "+").replace("_", "/"), validate=True)
    except (Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key is {KEY_BYTES} bytes in base64, as `casework secrets key` prints one")
    return key


def _id_of(key: bytes) -> str:
    """A name for a key that says nothing of it."""
    return sha256(b"casework key id" + key).hexdigest()[:16]


def _seal(key: bytes, plain: bytes, place: tuple[str | int, ...]) -> bytes:
    nonce = new_bytes(_NONCE_BYTES)
    return _FORM + nonce + AESGCM(key).encrypt(nonce, plain, _bound(place))


def _open(key: bytes, sealed: bytes, place: tuple[str | int, ...]) -> bytes:
    start = len(_FORM) + _NONCE_BYTES
    try:
        return AESGCM(key).decrypt(sealed[len(_FORM) : start], sealed[start:], _bound(place))
    except (InvalidTag, ValueError):
        raise Sealed("it was sealed with another key, or for another place") from None


def _bound(place: tuple[str | int, ...]) -> bytes:
    """The place as associated data: JSON, so that no two places read the same."""
    return b64encode(_FORM) + msgspec.json.encode(place)
