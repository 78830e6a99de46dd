"""Errands: what a committed decision asks to be done outside its run.

Any process may run one, and running it again changes nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final, cast
from uuid import UUID

import structlog
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job

from casework.clock import Clock
from casework.core.actor import SYSTEM
from casework.core.command import CancelRun, ChildCommand, ChildEnded, ChildMade, ChildRefused, Command
from casework.core.errors import CaseworkError, Conflict, Invalid, LimitExceeded, NotFound, Unavailable
from casework.core.run import Run
from casework.core.step import COMPLETED, WAITING, Step
from casework.engine.loading import as_run
from casework.engine.matching import match
from casework.engine.order import NewRun, Order
from casework.engine.sealing import open_run, open_step, opened
from casework.engine.service import Engine
from casework.store import queue, runs, sub_runs
from casework.store.database import Database
from casework.store.queue import ERRAND, ErrandJob

DEPTH_MAX: Final = 8
"""Runs above a sub-run: workflows that call each other in a circle come to an end here."""

AT_ONCE: Final = 16
"""Errands at once: each waits for a commit or two."""

RETRY_SECONDS: Final = 1.0
"""Between two tries while the database is away."""

AGAIN_SECONDS_MAX: Final = 300
"""An errand that fails for a reason nobody foresaw is put off for 1 s, 2 s, 4 s, and so on up to this."""

log = structlog.get_logger(__name__)


class Errands:
    """Runs errands. Start it, and stop it: what is under way is finished.

    lease_seconds: those of a process that was silent for so long are others'.
    """

    def __init__(self, database: Database, engine: Engine, clock: Clock, *, lease_seconds: float = 30) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        self._patience = timedelta(seconds=lease_seconds)
        self._queue: QueueManager | None = None
        self._stopping = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._acts: Mapping[str, Callable[[ErrandJob], Awaitable[None]]] = {
            "match": self._match,
            "make": self._make,
            "cancel": self._cancel,
            "tell": self._tell,
        }

    async def start(self) -> None:
        """Begin to listen."""
        self._stopping.clear()
        self._running = asyncio.create_task(self._listen(), name="errands")

    async def stop(self) -> None:
        """Finish what is under way, then end."""
        self._stopping.set()
        if self._queue is not None:
            self._queue.shutdown.set()
        if self._running is not None:
            await asyncio.wait([self._running])
            self._running = None

    async def _listen(self) -> None:
        """Hear of errands; where the database goes away, listen again when it is back."""
        while not self._stopping.is_set():
            try:
                async with self._database.apart() as connection:
                    self._queue = queue.manager(connection)
                    if self._stopping.is_set():  # while it was connected
                        return
                    self._queue.entrypoint(ERRAND)(self._hear)
                    await self._queue.run(
                        batch_size=AT_ONCE // 2,
                        max_concurrent_tasks=AT_ONCE,
                        dequeue_timeout=self._patience,
                        heartbeat_timeout=self._patience,
                    )
            except Exception as error:  # noqa: BLE001 - a queue that cannot be heard now is listened to again
                log.warning("errands.queue_lost", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    async def _hear(self, job: Job) -> None:
        try:
            await self.run(queue.as_errand(job.payload))
        except Exception as error:  # the queue would forget it, and what waits for it would wait for ever
            log.exception("errands.failed")
            seconds = min(2 ** min(job.attempts, 10), AGAIN_SECONDS_MAX)
            raise RetryRequested(timedelta(seconds=seconds)) from error

    async def run(self, errand: ErrandJob) -> None:
        """Run an errand; a database that is away, or an engine that is too busy, is waited for."""
        while True:
            try:
                await self._acts[errand.what](errand)
            except (Unavailable, LimitExceeded):
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    async def _match(self, errand: ErrandJob) -> None:
        await match(self._database, self._engine, errand.workspace_id, errand.awaits or "", self._clock.now())

    # Sub-runs

    async def _make(self, errand: ErrandJob) -> None:
        """Make the sub-run, unless it is there; one that is not wanted any more is cancelled again."""
        child = cast("UUID", errand.child)
        parent, step = await self._parent(errand)
        if _awaits(step, child):
            try:
                run_id = await self._made(errand, parent, step)
            except (Invalid, NotFound, Conflict) as error:
                await self._say(errand, ChildRefused(step=step.number, child=child, message=_told(error)))
                return
            await self._say(errand, ChildMade(step=step.number, child=child, run_id=run_id))
            _, step = await self._parent(errand)
        # Whoever ended the step while the sub-run was made did not see it; who made it may have died before this.
        if not _awaits(step, child) and step.state != COMPLETED:
            await self._cancel(errand)

    async def _made(self, errand: ErrandJob, parent: Run, step: Step) -> int:
        """The sub-run's id.

        Raises:
            NotFound, Invalid, Conflict: there can be none.

        """
        workspace_id, child = errand.workspace_id, cast("UUID", errand.child)
        key = step.data["workflow"]
        async with self._database.read() as connection:
            found = await sub_runs.find(connection, workspace_id, child)
            workflow_id = await sub_runs.workflow_id(connection, workspace_id, key)
            depth = await sub_runs.depth(connection, workspace_id, parent.id, limit=DEPTH_MAX)
        if found is not None:
            return found.id
        if workflow_id is None:
            raise NotFound(f"There is no workflow {key}.")
        if depth >= DEPTH_MAX:
            raise Conflict(f"Sub-runs may be nested {DEPTH_MAX} deep; do the workflows call each other in a circle?")
        new = NewRun(
            uuid=child,
            workspace_id=workspace_id,
            workflow_id=workflow_id,
            actor=SYSTEM,
            version_number=step.data.get("version"),
            member_id=parent.member_id,
            input=step.data["input"],
            priority=parent.priority,
            run_type="sub_workflow",
            ran_by_type="system",
            parent_run_id=parent.id,
            parent_step=None if step.data.get("detached") else step.number,
            taints=parent.taints,
            started_by=parent.started_by,
        )
        try:
            return (await self._engine.create(new)).run.id
        except Conflict:
            async with self._database.read() as connection:
                found = await sub_runs.find(connection, workspace_id, child)
            if found is None:
                raise
            return found.id  # another process made it at the same moment

    async def _cancel(self, errand: ErrandJob) -> None:
        """Cancel the sub-run, if it was made and has not ended."""
        async with self._database.read() as connection:
            found = await sub_runs.find(connection, errand.workspace_id, cast("UUID", errand.child))
        if found is not None:
            await self._order(errand.workspace_id, found.id, CancelRun(reason="The run above it went on without it."))

    async def _tell(self, errand: ErrandJob) -> None:
        """Tell the step above that its sub-run ended."""
        child = cast("UUID", errand.child)
        async with self._database.read() as connection:
            found = await sub_runs.find(connection, errand.workspace_id, child)
        if found is not None:
            is_opened = found.sealed is not None and await self._takes_sensitive(errand)
            ended = ChildEnded(
                step=errand.step,
                child=child,
                run_id=found.id,
                state=found.state,
                output=found.sealed if is_opened else found.output,
                error=found.error,
                reason=found.cancel_reason,
                taints=found.taints,
            )
            await self._say(errand, ended)

    async def _takes_sensitive(self, errand: ErrandJob) -> bool:
        """Whether the task above says of its output what is sensitive: else it is told what anybody may see."""
        parent, step = await self._parent(errand)
        sensitive = parent.version.sensitive
        return sensitive is not None and sensitive.marks(step.task)

    async def _parent(self, errand: ErrandJob) -> tuple[Run, Step]:
        async with self._database.read() as connection:
            (row,) = await runs.read(connection, errand.workspace_id, [errand.run_id])
            key = (row.workflow_id, row.version_number)
            edition = (await self._engine.catalog.load(connection, [key]))[key]
            step = await runs.step(connection, errand.workspace_id, row.id, errand.step)
            values = await opened(connection, [row], {key: edition})
        step = open_step(row.id, step, values)
        return as_run(open_run(row, values), edition, [step]), step

    async def _say(self, errand: ErrandJob, command: ChildCommand) -> None:
        await self._order(errand.workspace_id, errand.run_id, command)

    async def _order(self, workspace_id: int, run_id: int, command: Command) -> None:
        try:
            await self._engine.submit(Order(workspace_id=workspace_id, run_id=run_id, command=command, actor=SYSTEM))
        except (Conflict, NotFound) as error:  # it ended, or went on without this news
            log.debug("errands.too_late", run=run_id, error=error.message)


def _awaits(step: Step, child: UUID) -> bool:
    """Whether the step waits for that sub-run."""
    return step.state == WAITING and step.incident is None and step.child_uuid == child


def _told(error: CaseworkError) -> str:
    """The refusal with its problems, for whoever reads why the step failed."""
    problems = error.problems if isinstance(error, Invalid) else ()
    return " ".join([error.message, *(f"{one.path[1:]}: {one.message}" for one in problems[:5])])[:1000]
