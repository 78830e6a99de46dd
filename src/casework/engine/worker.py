"""A worker: hears of steps from the queue, has them performed, and reports.

A job is only a call to look at attempt M of step N; the step's row is the truth. The worker claims the attempt, which
a late or repeated call cannot, performs it, and reports; the next automatic step of the same run it takes along.
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
from casework.core.command import Claim, Lose, Progress, Report, ReportFailure, StepCommand, Suspend
from casework.core.errors import CaseworkError, Conflict, LimitExceeded, NotFound, Unavailable
from casework.core.run import Run
from casework.core.work import Call, Done, Failed, Performer, Result, Suspended, Tell, Work
from casework.engine.leases import Lease
from casework.engine.order import Order, Outcome
from casework.engine.service import Engine
from casework.store import queue, turns, workers
from casework.store.database import Database
from casework.store.queue import StepJob
from casework.store.workers import Attempt

WORKER: Final = Actor(kind="system", name="worker")
"""Who workers are in events, unless they act for an agent."""

CONCURRENCY_DEFAULT: Final = 32
"""Attempts at once: most wait for somebody's answer over a network."""

BATCH: Final = 10
"""Jobs that are taken off the queue at once."""

RETRY_SECONDS: Final = 1.0
"""Between two tries to report while the database does not answer."""

OUTPUT_MAX: Final = 4 * 1024 * 1024
"""Bytes of an output, as JSON: it is kept with the step, and whoever opens the run loads it."""

log = structlog.get_logger(__name__)


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """How a worker works: at most `concurrency` attempts at once.

    lease_seconds: after it died others take over its attempts, and the calls that it had not come to.
    """

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
        self._attempts: dict[Attempt, asyncio.Task[Any]] = {}
        self._in_hand: dict[asyncio.Task[Any] | None, Attempt] = {}
        self._unknown: frozenset[Attempt] = frozenset()
        self._queue: QueueManager | None = None
        self._stopping = asyncio.Event()
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

    async def stop(self, *, within_seconds: float = 10) -> None:
        """Take nothing new; finish what is under way within that time, and give back the rest at once."""
        self._stopping.set()
        if self._queue is not None:
            self._queue.shutdown.set()
        if self._attempts:
            await asyncio.wait(list(self._attempts.values()), timeout=within_seconds)
        for task in list(self._attempts.values()):
            task.cancel()
        if self._running is not None:
            await asyncio.wait([self._running])
        await self._lease.leave()

    async def _listen(self) -> None:
        """Hear of jobs; where the database goes away, listen again when it is back."""
        while not self._stopping.is_set():
            try:
                async with self._database.apart() as connection, self._database.apart(turns.SESSION) as taking:
                    self._queue = queue.manager(connection, taking=taking)
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
            outcome = begun = await self._say(at, Claim(step=at.step, attempt=at.attempt, worker=self._uuid))
            while outcome is not None:
                outcome, at = await self._perform(outcome.run, called, at)
                self._in_hand[task] = at
        finally:
            del self._in_hand[task]
        if begun is not None and begun.is_limited:
            await self._release(job)

    async def _release(self, job: Job) -> None:
        """Let others have the place of a call at once; the queue would do so a moment later."""
        with suppress(Unavailable):
            async with self._database.write() as connection:
                await queue.release(connection, job.id)

    async def _perform(self, run: Run, called: StepJob, at: Attempt) -> tuple[Outcome | None, Attempt]:
        """One attempt, from claim to report; what the worker goes on with."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - this is a coroutine
        self._attempts[at] = task
        try:
            result = await self._result(run, called, at)
        except asyncio.CancelledError:
            await asyncio.shield(self._say(at, Lose(step=at.step, attempt=at.attempt)))
            raise
        finally:
            del self._attempts[at]
        outcome = await self._tell_result(at, result)
        if outcome is None or outcome.taken is None:
            return None, at
        taken = outcome.run.step(outcome.taken)
        return outcome, msgspec.structs.replace(at, step=taken.number, attempt=taken.attempt)

    async def _result(self, run: Run, called: StepJob, at: Attempt) -> Result:
        step = run.step(at.step)
        task = run.version.task(step.task)
        performer = self._performers[task.kind]
        async with self._database.read() as connection:
            background = await workers.background(connection, at)
        work = Work(
            workspace_id=at.workspace_id,
            workflow_id=called.workflow_id,
            run_id=run.id,
            run_uuid=run.uuid,
            step=step.number,
            step_uuid=step.uuid,
            task=task,
            attempt=step.attempt,
            data=step.data,
            memory=background.memory,
            seconds=task.timeout,
            chat_id=background.chat_id,
            member_id=run.member_id,
            budget=run.version.definition.budget,
        )
        try:
            async with asyncio.timeout(task.timeout):
                return await performer.perform(work, self._teller(at))
        except TimeoutError:
            return Failed(code="timeout", message=f"It took longer than {task.timeout} seconds.")
        except Exception as error:
            log.warning("worker.attempt_failed", run=run.id, step=step.number, kind=task.kind, exc_info=True)
            return Failed(code="error", message=f"{type(error).__name__}: {error}"[:1000])

    async def _tell_result(self, at: Attempt, result: Result) -> Outcome | None:
        """Report; an output that cannot be kept fails the attempt, so that it does not stay under way for ever."""
        if isinstance(result, Done) and (size := _size(result.output)) > OUTPUT_MAX:
            message = f"The output has {size:,} bytes as JSON; at most {OUTPUT_MAX:,} are kept."
            result = Failed(code="too_large", message=message, is_final=True, calls=result.calls)
        try:
            return await self._say(at, self._report(at, result))
        except Exception as error:
            log.warning("worker.not_kept", run=at.run_id, step=at.step, attempt=at.attempt, exc_info=True)
            words = error.message if isinstance(error, CaseworkError) else type(error).__name__
            failure = Failed(code="output", message=f"What it reported cannot be kept: {words}", calls=result.calls)
            return await self._say(at, self._report(at, failure))

    def _teller(self, at: Attempt) -> Tell:
        async def tell(detail: dict[str, Any], memory: Any = msgspec.UNSET, calls: tuple[Call, ...] = ()) -> None:
            command = Progress(step=at.step, attempt=at.attempt, detail=detail, memory=memory, calls=calls)
            if await self._say(at, command) is None:
                raise asyncio.CancelledError

        return tell

    def _report(self, at: Attempt, result: Result) -> StepCommand:
        match result:
            case Done(output=output, calls=calls):
                return Report(
                    step=at.step, attempt=at.attempt, output=output, calls=calls, worker=self._uuid, kinds=self._kinds
                )
            case Suspended(asks=asks, memory=memory, calls=calls):
                return Suspend(step=at.step, attempt=at.attempt, asks=asks, memory=memory, calls=calls)
        return ReportFailure(
            step=at.step,
            attempt=at.attempt,
            code=result.code,
            message=result.message.replace("\x00", "\ufffd"),  # PostgreSQL cannot keep it
            is_final=result.is_final,
            retry_after=result.retry_after,
            seed=entropy.new_fraction(),
            output=result.output,
            calls=result.calls,
        )

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


def _size(output: Any) -> int:
    """Bytes of an output as JSON; 0 of what is none, which is refused where it is written."""
    try:
        return len(msgspec.json.encode(output))
    except (TypeError, ValueError, RecursionError):
        return 0
