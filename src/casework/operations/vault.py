"""The data key of a workspace: made when it first seals something, opened with the server's keys."""

from datetime import datetime
from typing import Final

from casework.core.errors import Conflict
from casework.keyring import DataKey, Keyring, Sealed
from casework.store import data_keys
from casework.store.database import Connection

_NO_KEYS: Final = (
    "This server keeps no secrets: it has no key to seal them with. Set CASEWORK_SECRET_KEY (`casework secrets key` "
    "makes one), or CASEWORK_SECRET_KEY_FILE."
)

_OTHER_KEYS: Final = (
    "This workspace's secrets were sealed with a key that this server does not have: add it to CASEWORK_SECRET_KEY."
)


async def sealing_key(connection: Connection, keyring: Keyring | None, workspace_id: int, *, at: datetime) -> DataKey:
    """The data key of a workspace, made where it has none yet.

    Raises:
        Conflict: the server has no key, or not the one that it takes.

    """
    held = require(keyring)
    if await data_keys.find(connection, workspace_id) is None:
        await data_keys.insert(connection, workspace_id, held.new_data_key(workspace_id), at=at)
    return await opening_key(connection, held, workspace_id)


async def opening_key(connection: Connection, keyring: Keyring | None, workspace_id: int) -> DataKey:
    """The data key of a workspace that sealed something.

    Raises:
        Conflict: the server has no key, or not the one that it takes.

    """
    held = require(keyring)
    kept = await data_keys.find(connection, workspace_id)
    try:
        if kept is not None:
            return held.unwrap(kept, workspace_id)
    except Sealed:
        pass
    raise Conflict(_OTHER_KEYS)


def require(keyring: Keyring | None) -> Keyring:
    """The server's keys; Conflict, with what to set, where it has none."""
    if keyring is None:
        raise Conflict(_NO_KEYS)
    return keyring
