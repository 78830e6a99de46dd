"""The engine: hand it an order; the answer comes when it is committed."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from casework.clock import Clock
from casework.core.errors import LimitExceeded, Unavailable
from casework.core.work import Calculator
from casework.engine.batch import Batch
from casework.engine.catalog import Catalog
from casework.engine.handover import AtHand, Handover
from casework.engine.live import Hub
from casework.engine.order import NewRun, Order, Outcome, Pending
from casework.engine.waiting import Waiting
from casework.store import statistics
from casework.store.database import COMMITS_AT_ONCE, Database, LostRace, refusal

BATCH_MAX: Final = 256
"""Orders in one commit: more no longer raise throughput, and hold their runs' locks longer."""

SHARE_MIN: Final = 32
"""Orders that are not divided among loops: two small commits cost more than one."""

RACES_MAX: Final = 3
"""Times that a batch is tried again because another transaction was in its way: one is rare, four are a defect."""

GROWTH: Final = (200, 2_000, 20_000, 200_000)
"""Orders after which the planner's statistics are made anew: plans made for small tables are wrong for large ones (120
ms instead of 1 ms a batch at 4,000 runs), and autovacuum may take a minute to notice."""

log = structlog.get_logger(__name__)


class Engine:
    """The one writer of a process. Start it, submit orders from any task, stop it: what was accepted is carried out."""

    def __init__(self, database: Database, clock: Clock, hub: Hub | None = None) -> None:
        self._database = database
        self._hub = hub
        self._clock = clock
        self._catalog = Catalog()
        self._waiting = Waiting()
        self._at_hand: list[AtHand] = []
        self._calculators: Callable[[], Calculator | None] = lambda: None
        self._wake = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []
        self._committing = 0
        self._stopping = False
        self._carried_out = 0
        self._refresh: asyncio.Task[None] | None = None
        self.stirred: Final = asyncio.Event()
        """Set whenever there may be something to hand out that could not be handed out before."""

    @property
    def catalog(self) -> Catalog:
        """The compiled versions, for those who read."""
        return self._catalog

    async def start(self) -> None:
        """Begin to commit."""
        self._stopping = False
        self._loops = [asyncio.create_task(self._run(), name="engine") for _ in range(COMMITS_AT_ONCE)]

    async def stop(self) -> None:
        """Carry out what waits, then end. New orders are refused with Unavailable."""
        self._stopping = True
        self._wake.set()
        await asyncio.gather(*self._loops)
        self._loops = []
        if self._refresh is not None:
            await self._refresh
            self._refresh = None

    def employ(self, worker: AtHand) -> None:
        """From now on give what is reached to this worker, as far as it has room."""
        self._at_hand.append(worker)

    def let_go(self, worker: AtHand) -> None:
        """Give it nothing more."""
        self._at_hand.remove(worker)

    def calculate_by(self, calculators: Callable[[], Calculator | None]) -> None:
        """From now on do the steps of pure functions in the commit that reaches them; called once a commit."""
        self._calculators = calculators

    async def submit(self, order: Order) -> Outcome:
        """Carry out an order.

        Raises:
            NotFound: no such run or step in that workspace.
            Conflict, Denied, Invalid: the order was refused; nothing changed.
            PreconditionFailed: the revision is another one.
            AlreadyClaimed: the change was asked for before under the same claim; nothing was done now.
            Unavailable: the database does not answer; the change may be tried again with the same claim.

        """
        return await self._answer(order)

    async def create(self, new: NewRun) -> Outcome:
        """Make and start a run; errors as `submit`."""
        return await self._answer(new)

    async def _answer(self, order: Order | NewRun) -> Outcome:
        if self._stopping or not self._loops:
            message = "The server is stopping; try again in a moment."
            raise Unavailable(message)
        if not self._waiting.has_room(order):
            message = "Too many changes are waiting; try again in a moment."
            raise LimitExceeded(message, retry_after=1)
        pending = Pending(order=order, answer=asyncio.get_running_loop().create_future())
        self._waiting.add(pending)
        self._wake.set()
        # Shielded by being a plain future: a client that goes away does not take its order out of a commit.
        return await pending.answer

    async def _run(self) -> None:
        """Take what waits and commit it, again and again; another loop beside does the same meanwhile."""
        while True:
            while not self._waiting:
                if self._stopping:
                    return
                self._wake.clear()
                await self._wake.wait()
            batch = self._waiting.take(self._share())
            self._committing += 1
            await self._carry_out(batch)
            self._committing -= 1
            self._note_growth(len(batch))

    def _share(self) -> int:
        """How many of those that wait a free loop takes: it leaves as many to each other loop that is free.

        Taking all would leave the others idle until all are answered: clients that ask again when they are answered
        would then wait in step for one loop, again and again.
        """
        waiting = len(self._waiting)
        if waiting <= SHARE_MIN:
            return waiting
        return min(BATCH_MAX, -(-waiting // max(1, len(self._loops) - self._committing)))

    def _note_growth(self, orders: int) -> None:
        before, self._carried_out = self._carried_out, self._carried_out + orders
        if any(before < size <= self._carried_out for size in GROWTH):
            self._refresh = asyncio.create_task(self._refresh_statistics(), name="statistics")

    async def _refresh_statistics(self) -> None:
        try:
            async with self._database.read() as connection:
                await statistics.refresh(connection)
        except Unavailable as error:  # the work itself does not depend on it
            log.warning("engine.statistics_not_refreshed", error=str(error))

    async def _carry_out(self, batch: Sequence[Pending], races: int = RACES_MAX) -> None:
        """Commit a batch; where the database refuses it, each order alone, so that a poisoned one fails alone.

        A race that was lost is run again, so many times: nothing was changed, and whoever won it is done.
        """
        try:
            await self._commit(batch)
        except LostRace as error:
            log.warning("engine.race_lost", orders=len(batch), error=str(error.__cause__))
            if races > 0:
                await self._carry_out(batch, races - 1)
            else:
                _give(batch, error)
        except Unavailable as error:
            _give(batch, error)
        except Exception as error:  # noqa: BLE001 - whatever a row provoked belongs to one order, not to all
            if len(batch) == 1:
                _give(batch, refusal(error))
                return
            log.warning("engine.batch_refused", orders=len(batch), error=str(error))
            for one in batch:
                await self._carry_out([one])

    async def _commit(self, batch: Sequence[Pending]) -> None:
        for one in batch:
            one.result = None
        handover = Handover(self._at_hand)
        try:
            async with self._database.commit() as connection:
                work = Batch(connection, self._catalog, self._clock.now(), handover, self._calculators())
                await work.carry_out(batch)
        except BaseException:
            handover.withdraw()
            raise
        handover.complete()
        if self._hub is not None:
            work.announce(self._hub)
        if work.stirs:
            self.stirred.set()
        for one in batch:
            _settle(one)


def _settle(one: Pending) -> None:
    """Tell whoever waits; a client that went away is told nothing."""
    if one.answer.done():
        return
    if isinstance(one.result, Exception):
        one.answer.set_exception(one.result)
    elif one.result is not None:
        one.answer.set_result(one.result)


def _give(batch: Sequence[Pending], error: Exception) -> None:
    for one in batch:
        one.result = error
        _settle(one)
