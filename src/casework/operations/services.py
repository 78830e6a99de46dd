"""What every operation works with: made once a process, by wiring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from casework.clock import Clock
    from casework.egress.caller import Caller
    from casework.engine.live import Hub
    from casework.engine.service import Engine
    from casework.keyring import Keyring
    from casework.settings import Settings
    from casework.store.database import Database


class Services(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a running process. keyring: None where it was given no key to keep secrets with."""

    database: Database
    engine: Engine
    clock: Clock
    settings: Settings
    keyring: Keyring | None
    caller: Caller
    live: Hub
