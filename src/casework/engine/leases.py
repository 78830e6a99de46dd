"""Leases: a worker says that it lives; whose lease is over is taken to be dead, and its steps are given to others."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final
from uuid import UUID

from casework.core.actor import SYSTEM
from casework.core.command import Lose, Recall
from casework.core.errors import CaseworkError
from casework.engine.order import Order
from casework.engine.periodic import Periodic
from casework.engine.service import Engine
from casework.store import queue, workers
from casework.store.database import Database
from casework.store.workers import Attempt

RENEWALS: Final = 3
"""Times a lease is renewed while it lasts: two may be lost without harm."""


class Lease:
    """A worker's lease. At each renewal it is asked what it is `holding`.

    Then it is told, as `renewed`, what that was and what the database says that it holds.
    """

    def __init__(
        self,
        database: Database,
        worker: UUID,
        *,
        seconds: float,
        holding: Callable[[], frozenset[Attempt]],
        renewed: Callable[[frozenset[Attempt], frozenset[Attempt]], Awaitable[None]],
    ) -> None:
        self._database = database
        self._worker = worker
        self._seconds = seconds
        self._holding = holding
        self._renewed = renewed
        self._entry: tuple[str, Sequence[str], int] = ("", (), 1)
        self._renewal = Periodic("lease", self._renew, every_seconds=seconds / RENEWALS)

    async def enter(self, name: str, kinds: Sequence[str], concurrency: int) -> None:
        """Begin the lease."""
        self._entry = (name, kinds, concurrency)
        await self._register()
        await self._renewal.start()

    async def leave(self) -> None:
        """End it."""
        await self._renewal.stop()
        async with self._database.write() as connection:
            await workers.leave(connection, self._worker)

    async def _register(self) -> None:
        async with self._database.write() as connection:
            await workers.register(connection, self._worker, *self._entry, self._seconds)

    async def _renew(self) -> None:
        before = self._holding()  # what begins meanwhile cannot have been lost yet
        async with self._database.write() as connection:
            renewed = await workers.renew(connection, self._worker, self._seconds)
            if not renewed:  # what it held may be another's by now; `held` says
                await workers.leave(connection, self._worker)
                await workers.register(connection, self._worker, *self._entry, self._seconds)
            held = await workers.held(connection, self._worker)
        await self._renewed(before, held)


def recalling(database: Database, engine: Engine, *, lease_seconds: float) -> Periodic:
    """Calls workers again to queued steps whose call was lost, again and again."""
    return Periodic("recalling", partial(_recall, database, engine), every_seconds=lease_seconds)


async def _recall(database: Database, engine: Engine) -> None:
    async with database.read() as connection:
        found = await queue.uncalled(connection)
    await _submit(
        engine,
        [
            Order(workspace_id=workspace_id, run_id=run_id, command=Recall(step=step), actor=SYSTEM)
            for workspace_id, run_id, step in found
        ],
    )


def takeover(database: Database, engine: Engine, *, lease_seconds: float) -> Periodic:
    """Gives the steps of workers that are gone to others, again and again."""
    return Periodic(
        "takeover", partial(_take_over, database, engine, lease_seconds), every_seconds=lease_seconds / RENEWALS
    )


async def _take_over(database: Database, engine: Engine, lease_seconds: float) -> None:
    async with database.write() as connection:
        found = await workers.abandoned(connection)
        await workers.forget(connection, lease_seconds)
    orders = [
        Order(
            workspace_id=at.workspace_id,
            run_id=at.run_id,
            command=Lose(step=at.step, attempt=at.attempt),
            actor=SYSTEM,
        )
        for at in found
    ]
    await _submit(engine, orders)


async def _submit(engine: Engine, orders: Sequence[Order]) -> None:
    """Give orders that somebody else may have made needless."""
    results = await asyncio.gather(*(engine.submit(order) for order in orders), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, CaseworkError):
            raise result
