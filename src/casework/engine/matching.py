"""Events and the steps that wait for them: whichever is committed last looks for the other, so that none is missed."""

from datetime import datetime
from typing import Final

from casework.core.actor import SYSTEM
from casework.core.command import Take
from casework.core.errors import Conflict, NotFound
from casework.engine.order import Order
from casework.engine.service import Engine
from casework.store import signals
from casework.store.database import Database

PAIRS_MAX: Final = 1_000
"""Pairs that one call brings together: what comes later has its own."""


async def match(database: Database, engine: Engine, workspace_id: int, awaits: str, now: datetime) -> None:
    """Give events that are awaited so to the steps that wait, each to the first in order of creation.

    Whoever else does the same at that moment is refused by the engine, which marks the event in the commit of the move.
    """
    for _ in range(PAIRS_MAX):
        async with database.read() as connection:
            pair = await signals.first_pair(connection, workspace_id, awaits, now)
        if pair is None:
            return
        command = Take(
            step=pair.step, signal=pair.signal, name=pair.name, correlation=pair.correlation, payload=pair.payload
        )
        try:
            await engine.submit(Order(workspace_id=workspace_id, run_id=pair.run_id, command=command, actor=SYSTEM))
        except (Conflict, NotFound):  # the one or the other is gone: look again
            continue
