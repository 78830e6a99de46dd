"""Hands out the steps that their tasks distribute. The steps are the truth: where one dies, another finds them."""

import asyncio
from typing import Final

import structlog

from casework.core.actor import SYSTEM, Assignee
from casework.core.command import Assign
from casework.core.distribution import Free, Waiting, hand_out
from casework.core.errors import CaseworkError, Unavailable
from casework.engine.order import Order
from casework.engine.service import Engine
from casework.store import distribution
from casework.store.database import Database

WAIT_MAX_SECONDS: Final = 1.0
"""Between two rounds: what another process made ready, or whom it made free, waits for this at most."""

GATHER_SECONDS: Final = 0.02
"""Between a commit and the round that it gives cause for: the commits of a burst share one."""

log = structlog.get_logger(__name__)


class Distributor:
    """Any number of processes may: the engine refuses whoever comes second, and whatever is beyond a capacity."""

    def __init__(self, database: Database, engine: Engine) -> None:
        self._database = database
        self._engine = engine
        self._stopping = False
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._stopping = False
        self._running = asyncio.create_task(self._run(), name="distributor")

    async def stop(self) -> None:
        """Finish the round under way, then end."""
        self._stopping = True
        self._engine.stirred.set()
        if self._running is not None:
            await self._running
            self._running = None

    async def _run(self) -> None:
        while not self._stopping:
            self._engine.stirred.clear()
            try:
                while await self.round() and not self._stopping:
                    pass
            except Unavailable as error:
                log.warning("distributor.not_handed_out", error=str(error))
            except Exception:  # whatever it was, the next round is not to be lost for it
                log.exception("distributor.failed")
            try:
                await asyncio.wait_for(self._engine.stirred.wait(), WAIT_MAX_SECONDS)
                await asyncio.sleep(GATHER_SECONDS)
            except TimeoutError:
                continue

    async def round(self) -> int:
        """Hand out once; how many steps found somebody."""
        async with self._database.snapshot() as connection:
            people = await distribution.people(connection)
            waiting = await distribution.waiting(connection, people) if people else []
        orders = [_order(step, who) for step, who in hand_out(waiting, people)]
        results = await asyncio.gather(*(self._engine.submit(order) for order in orders), return_exceptions=True)
        handed = 0
        for result in results:
            if isinstance(result, Unavailable):
                raise result
            if isinstance(result, CaseworkError):  # somebody took the step, or the person has no room any more
                log.debug("distributor.refused", error=result.message)
            elif isinstance(result, BaseException):
                raise result
            else:
                handed += 1
        return handed


def _order(step: Waiting, who: Free) -> Order:
    return Order(
        workspace_id=step.workspace_id,
        run_id=step.run_id,
        command=Assign(
            step=step.number,
            assignee=Assignee(
                account_id=who.account_id,
                member_id=who.member_id,
                name=who.name,
                actor_roles=who.actor_roles,
                in_project=True,
            ),
            is_bounded=True,
            distribute=step.distribute,
        ),
        actor=SYSTEM,
        expected_revision=step.revision,
    )
