"""Timers: looks at steps when their instant has come, by the database's clock."""

import asyncio
from typing import Final

import structlog

from casework.core.actor import SYSTEM
from casework.core.command import Look
from casework.core.errors import CaseworkError
from casework.engine.order import Order
from casework.engine.periodic import Periodic
from casework.engine.service import Engine
from casework.store import workers
from casework.store.database import Database

WAIT_MAX_SECONDS: Final = 1.0
"""Between two looks at the clock: a timer that another process sets meanwhile is late by this at most."""

WAIT_SECONDS: Final = 0.02
"""The shortest wait: what came due and was refused would be found again at once."""

log = structlog.get_logger(__name__)


class Timers:
    """Submits what has come due to the engine. Any number of processes may: whoever comes second changes nothing."""

    def __init__(self, database: Database, engine: Engine) -> None:
        self._database = database
        self._engine = engine
        self._looks = Periodic("timers", self.look, every_seconds=WAIT_MAX_SECONDS)

    async def start(self) -> None:
        """Begin to look."""
        await self._looks.start()

    async def stop(self) -> None:
        """Finish the look under way, then end."""
        await self._looks.stop()

    async def look(self) -> float:
        """Look once; the seconds after which to look again."""
        async with self._database.read() as connection:
            due = await workers.due(connection)
            next_seconds = await workers.seconds_to_next(connection)
        orders = [
            Order(workspace_id=at.workspace_id, run_id=at.run_id, command=Look(step=at.step), actor=SYSTEM)
            for at in due
        ]
        results = await asyncio.gather(*(self._engine.submit(order) for order in orders), return_exceptions=True)
        for result in results:
            if isinstance(result, CaseworkError):  # the run ended, or somebody else moved it
                log.debug("timers.refused", error=result.message)
            elif isinstance(result, BaseException):
                raise result
        return WAIT_MAX_SECONDS if next_seconds is None else min(WAIT_MAX_SECONDS, max(WAIT_SECONDS, next_seconds))
