"""A worker: hears of steps from the queue, has them performed, and reports.

A job is only a call to look at attempt M of step N; the step's row is the truth. The worker claims the attempt, which
a late or repeated call cannot, performs it, and reports; the next automatic step of the same run it takes along. What
its own process reaches it is given without a call, while it has room (see `handover`).
"""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
import structlog
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.models import Job

from casework import entropy
from casework.clock import Clock
from casework.core.actor import Actor
from casework.core.command import Claim, Lose, Progress, StepCommand
from casework.core.definition import Json
from casework.core.errors import CaseworkError, Conflict, LimitExceeded, NotFound, Unavailable
from casework.core.work import Call, Failed, Hands, Performer, Result, Tell
from casework.engine.leases import Lease
from casework.engine.order import Order, Outcome
from casework.engine.reporting import bounded, report_of, work_of
from casework.engine.service import Engine
from casework.store import queue, turns, workers
from casework.store.database import Database
from casework.store.workers import Attempt

WORKER: Final = Actor(kind="system", name="worker")
"""Who workers are in events, unless they act for an agent."""

CONCURRENCY_DEFAULT: Final = 32
"""Attempts at once: most wait for somebody's answer over a network."""

BATCH: Final = 32
"""Jobs that are taken off the queue at once, of half as many as the worker has room for: what is claimed at once is
claimed in one commit, but a worker beside would be free for the rest."""

RETRY_SECONDS: Final = 1.0
"""Between two tries to report while the database does not answer."""

log = structlog.get_logger(__name__)


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """How a worker works: at most `concurrency` attempts at once; `lease_seconds` after it died others take over."""

    name: str
    concurrency: int = CONCURRENCY_DEFAULT
    lease_seconds: float = 30


class Worker:
    """Performs steps of the kinds that it has performers for. Start it, and stop it: what is under way is finished."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        clock: Clock,
        performers: Mapping[str, Performer],
        terms: Terms,
    ) -> None:
        self._database = database
        self._engine = engine
        self._performers = performers
        self._terms = terms
        self._kinds = frozenset(performers)
        self._patience = timedelta(seconds=terms.lease_seconds)
        self._uuid = entropy.new_uuid(clock.now())
        self._lease = Lease(
            database, self._uuid, seconds=terms.lease_seconds, holding=self._holding, renewed=self._compare
        )
        self._hands = Hands(worker=self._uuid, kinds=self._kinds)
        self._attempts: dict[Attempt, asyncio.Task[Any]] = {}
        self._in_hand: dict[asyncio.Task[Any] | None, Attempt] = {}
        self._unknown: frozenset[Attempt] = frozenset()
        self._expected = 0
        self._stopping = asyncio.Event()
        self._given: set[asyncio.Task[None]] = set()
        self._queue: QueueManager | None = None
        self._turns: turns.Turns | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def uuid(self) -> UUID:
        """How the worker is known in the database."""
        return self._uuid

    async def start(self) -> None:
        """Enter the list of workers and begin to listen."""
        await self._lease.enter(self._terms.name, sorted(self._kinds), self._terms.concurrency)
        self._stopping.clear()
        self._running = asyncio.create_task(self._listen(), name="worker")
        self._engine.employ(self)

    async def stop(self, *, within_seconds: float = 10) -> None:
        """Take nothing new; finish what is under way within that time, and give back the rest at once."""
        self._stopping.set()
        self._engine.let_go(self)
        if self._queue is not None:
            self._queue.shutdown.set()
        if under_way := {*self._attempts.values(), *self._given}:
            await asyncio.wait(under_way, timeout=within_seconds)
        for task in list(self._attempts.values()):
            task.cancel()
        if self._running is not None:
            await asyncio.wait([self._running, *self._given])
        await self._lease.leave()

    async def _listen(self) -> None:
        """Hear of jobs; where the database goes away, listen again when it is back."""
        while not self._stopping.is_set():
            try:
                async with self._database.apart() as connection, self._database.apart(turns.SESSION) as taking:
                    self._queue, self._turns = queue.steps(connection, taking, beside=self._beside)
                    if self._stopping.is_set():  # while it was connected
                        return
                    for kind in self._kinds:
                        self._queue.entrypoint(kind)(self._hear)
                    await self._queue.run(
                        batch_size=min(BATCH, max(1, self._terms.concurrency // 2)),
                        max_concurrent_tasks=max(2, self._terms.concurrency),
                        dequeue_timeout=self._patience,
                        heartbeat_timeout=self._patience,
                    )
            except Exception as error:  # noqa: BLE001 - a queue that cannot be heard now is listened to again
                log.warning("worker.queue_lost", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    async def _hear(self, job: Job) -> None:
        called = queue.as_job(job.payload)
        at = Attempt(workspace_id=called.workspace_id, run_id=called.run_id, step=called.step, attempt=called.attempt)
        task = asyncio.current_task()
        self._in_hand[task] = at
        try:
            outcome = await self._say(at, Claim(step=at.step, attempt=at.attempt, worker=self._uuid))
            await self._go_through(outcome, at)
            if outcome is not None and outcome.is_limited:
                await self._release(job)
        finally:
            del self._in_hand[task]

    async def _release(self, job: Job) -> None:
        """Let others have the place of a call at once; the queue would do so a moment later."""
        with suppress(Unavailable):
            async with self._database.write() as connection:
                await queue.release(connection, job.id)

    async def _go_through(self, outcome: Outcome | None, at: Attempt) -> None:
        """From an attempt to the next, as far as the run goes on with steps of the worker's kinds."""
        task = asyncio.current_task()
        while outcome is not None:
            outcome, at = await self._perform(outcome, at)
            self._in_hand[task] = at

    async def _perform(self, begun: Outcome, at: Attempt) -> tuple[Outcome | None, Attempt]:
        """One attempt, from its beginning to its report; what the worker goes on with."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - this is a coroutine
        self._attempts[at] = task
        try:
            result = await self._result(begun, at)
        except asyncio.CancelledError:
            await asyncio.shield(self._say(at, Lose(step=at.step, attempt=at.attempt)))
            raise
        finally:
            del self._attempts[at]
        outcome = await self._tell_result(at, result)
        if outcome is None or outcome.taken is None:
            return None, at
        return outcome, _taken(outcome, at.workspace_id)

    async def _result(self, begun: Outcome, at: Attempt) -> Result:
        memory: Json = None
        if at.attempt > 1:  # nobody was there to leave anything for the first one
            async with self._database.read() as connection:
                memory = await workers.memory(connection, at)
        work = work_of(at, begun, memory)
        task = work.task
        try:
            async with asyncio.timeout(task.timeout):
                return await self._performers[task.kind].perform(work, self._teller(at))
        except TimeoutError:
            return Failed(code="timeout", message=f"It took longer than {task.timeout} seconds.")
        except Exception as error:
            # What goes wrong quotes what it was done with, and a log has no mask.
            traceback = begun.run.version.sensitive is None
            log.warning("worker.attempt_failed", run=at.run_id, step=at.step, kind=task.kind, exc_info=traceback)
            return Failed(code="error", message=f"{type(error).__name__}: {error}"[:1000])

    async def _tell_result(self, at: Attempt, result: Result) -> Outcome | None:
        """Report; an output that cannot be kept fails the attempt, so that it does not stay under way for ever."""
        hands = None if self._stopping.is_set() else self._hands
        result = bounded(result)
        try:
            return await self._say(at, report_of(at, result, hands))
        except Exception as error:  # noqa: BLE001 - without its words: a database quotes the row, and a log has no mask
            words = error.message if isinstance(error, CaseworkError) else type(error).__name__
            log.warning("worker.not_kept", run=at.run_id, step=at.step, attempt=at.attempt, error=words)
            failure = Failed(code="output", message=f"What it reported cannot be kept: {words}", calls=result.calls)
            return await self._say(at, report_of(at, failure, hands))

    def _teller(self, at: Attempt) -> Tell:
        async def tell(detail: dict[str, Any], memory: Any = msgspec.UNSET, calls: tuple[Call, ...] = ()) -> None:
            command = Progress(step=at.step, attempt=at.attempt, detail=detail, memory=memory, calls=calls)
            if await self._say(at, command) is None:
                raise asyncio.CancelledError

        return tell

    async def _say(self, at: Attempt, command: StepCommand) -> Outcome | None:
        """Order a command; None where the attempt is not the newest any more. A database that is away is waited for."""
        order = Order(workspace_id=at.workspace_id, run_id=at.run_id, command=command, actor=WORKER)
        while True:
            try:
                return await self._engine.submit(order)
            except (Conflict, NotFound) as error:
                log.debug("worker.too_late", run=at.run_id, step=at.step, attempt=at.attempt, error=error.message)
                return None
            except (Unavailable, LimitExceeded):
                await asyncio.sleep(RETRY_SECONDS)

    # At hand

    def offer(self) -> Hands | None:
        """What the worker can begin without being called to it.

        None where it has as much in hand as it may, or somebody waits in the queue, whose turn comes first.
        """
        if self._turns is None or not self._turns.is_drained:
            return None
        return self._hands if len(self._in_hand) + self._expected < self._terms.concurrency else None

    def expect(self) -> None:
        """Keep room for a step that is being given to it."""
        self._expected += 1

    def dismiss(self) -> None:
        """The step is not given to it after all."""
        self._expected -= 1

    def begin(self, workspace_id: int, outcome: Outcome) -> None:
        """Begin what was taken for it, as expected."""
        self._expected -= 1
        at = _taken(outcome, workspace_id)
        task = asyncio.create_task(self._go_through(outcome, at), name="given")
        self._in_hand[task] = at
        self._given.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        """What was given is over; what became of it is reported, but for what nobody foresaw."""
        del self._in_hand[task]
        self._given.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("worker.given_up", exc_info=error)

    def _beside(self) -> int:
        """Steps in hand that did not come off the queue."""
        return len(self._given) + self._expected

    # The lease

    def _holding(self) -> frozenset[Attempt]:
        return frozenset(self._attempts)

    async def _compare(self, before: frozenset[Attempt], held: frozenset[Attempt]) -> None:
        """Leave off what is not this worker's any more, and let others have what it never heard that it was given.

        That is what was committed while the answer was lost. An answer may still be on its way at one renewal; what is
        unknown at two of them is waited for by nobody here.
        """
        self._drop(before - held)
        unknown, self._unknown = self._unknown, held - before - frozenset(self._in_hand.values())
        for at in unknown & self._unknown:
            log.warning("worker.given_back", run=at.run_id, step=at.step, attempt=at.attempt)
            await self._say(at, Lose(step=at.step, attempt=at.attempt))

    def _drop(self, gone: Collection[Attempt]) -> None:
        """End what is not this worker's any more: the run was cancelled, or another one took over."""
        for at in gone:
            if at in self._attempts:
                self._attempts[at].cancel()


def _taken(outcome: Outcome, workspace_id: int) -> Attempt:
    """The attempt that was taken."""
    assert outcome.taken is not None  # noqa: S101 - asked of outcomes with one only
    step = outcome.run.step(outcome.taken)
    return Attempt(workspace_id=workspace_id, run_id=outcome.run.id, step=step.number, attempt=step.attempt)
