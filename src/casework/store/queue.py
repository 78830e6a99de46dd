"""The queue of jobs: PgQueuer, under our names. A job is written with the change that causes it, or not at all."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import asyncpg
import msgspec
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import Channel

from casework.core.definition import BY_WORKERS
from casework.store import limits
from casework.store.database import Connection
from casework.store.turns import Turns

_NAMES: Final = DBSettings(
    channel=Channel("casework_jobs"),
    function="jobs_changed",
    statistics_table="job_statistics",
    queue_status_type="job_status",
    queue_table="jobs",
    queue_table_log="job_log",
    trigger="jobs_changed",
    schedules_table="job_schedules",
)

INSTALL: Final = QueryBuilderEnvironment(_NAMES).build_install_query()
"""Makes the queue's tables."""

UNCALLED_MAX: Final = 500
"""Steps that are called again in one go: what one commit carries out twice over."""

_AT_ONCE: Final = timedelta()

_ENQUEUE: Final = QueryQueueBuilder(_NAMES).build_enqueue_query("skip")


class StepJob(msgspec.Struct, frozen=True, kw_only=True):
    """A call to look at an attempt at a step, on the queue of the step's kind; higher priorities come first.

    revision: the step's, when it was called. While a call is there, the same one is not made twice.
    """

    kind: str
    workspace_id: int
    workflow_id: int
    task_id: int
    run_id: int
    step: int
    attempt: int
    priority: int
    revision: int

    @property
    def key(self) -> str:
        """What the call is known by among those that are not done."""
        return "/".join(map(str, (self.run_id, self.step, self.revision)))

    @property
    def headers(self) -> dict[str, int]:
        """What is asked of a call while it waits: the columns of its row."""
        return {
            "workspace_id": self.workspace_id,
            "task_id": self.task_id,
            "run_id": self.run_id,
            "step": self.step,
            "attempt": self.attempt,
        }


ERRAND: Final = "errand"
"""The queue of errands."""


class ErrandJob(msgspec.Struct, frozen=True, kw_only=True):
    """An errand of a step of a run. child: the sub-run's UUID. awaits: the event that is waited for, or was sent."""

    workspace_id: int
    what: Literal["match", "make", "cancel", "tell"]
    run_id: int = 0
    step: int = 0
    child: UUID | None = None
    awaits: str | None = None
    kind: str = ERRAND
    priority: int = 50
    key: None = None
    headers: None = None


async def enqueue(connection: Connection, jobs: Sequence[StepJob | ErrandJob]) -> None:
    """Call workers, in order; they hear of it when the transaction is committed."""
    if jobs:
        await connection.execute(
            _ENQUEUE,
            [job.priority for job in jobs],
            [job.kind for job in jobs],
            [msgspec.json.encode(job) for job in jobs],
            [_AT_ONCE] * len(jobs),
            [job.key for job in jobs],
            [job.headers for job in jobs],
        )


async def uncalled(connection: Connection) -> list[tuple[int, int, int]]:
    """Queued steps to which no worker is called, as (workspace id, run id, step number); at most UNCALLED_MAX."""
    rows = await connection.fetch(
        """
        select s.workspace_id, s.run_id, s.number from steps s
        where s.state = 'queued' and s.try_resolve_at is null and s.kind = any($1::text[])
          and not exists (select from jobs j where j.dedupe_key = s.run_id || '/' || s.number || '/' || s.revision
                                               and j.status in ('queued', 'picked'))
        order by s.id limit $2
        """,
        sorted(BY_WORKERS),
        UNCALLED_MAX,
    )
    return [(row["workspace_id"], row["run_id"], row["number"]) for row in rows]


class Depth(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to do of one kind.

    queued: calls that nobody took; limited: of them, those that nobody may take now, because of a limit. running: calls
    that a worker has in hand.
    """

    kind: str
    queued: int
    limited: int
    running: int
    oldest_seconds: float


async def depths(connection: Connection) -> list[Depth]:
    """What there is to do, by kind; oldest_seconds: how long the oldest call that nobody took has waited."""
    rows = await connection.fetch(
        """
        select entrypoint as kind, count(*) filter (where status = 'queued') as queued,
               count(*) filter (where status = 'picked') as running,
               coalesce(extract(epoch from clock_timestamp() - min(created) filter (where status = 'queued')), 0)
                 ::float8 as oldest_seconds
        from jobs group by entrypoint order by entrypoint
        """
    )
    limited = await limits.waiting(connection)
    return [Depth(**row, limited=limited.get(row["kind"], 0)) for row in rows]


async def forget_before(connection: Connection, before: datetime, *, limit: int) -> None:
    """Forget what is noted of calls that came before; of the oldest `limit` notes at most."""
    await connection.execute(
        """
        delete from job_log where id in (
            select id from (select id, created from job_log order by id limit $2) oldest where created < $1)
        """,
        before,
        limit,
    )
    await connection.execute(
        """
        delete from job_statistics where id in (
            select id from (select id, created from job_statistics order by id limit $2) oldest where created < $1)
        """,
        before,
        limit,
    )


def as_job(payload: bytes | None) -> StepJob:
    """The job that was enqueued."""
    return msgspec.json.decode(payload or b"", type=StepJob)


def as_errand(payload: bytes | None) -> ErrandJob:
    """The errand that was enqueued."""
    return msgspec.json.decode(payload or b"", type=ErrandJob)


def manager(connection: asyncpg.Connection) -> QueueManager:
    """A manager of the queue over a connection of its own, which must not have codecs of ours."""
    return QueueManager(Queries(*_parts(connection)), channel=Channel(_NAMES.channel))


def steps(
    connection: asyncpg.Connection, taking: asyncpg.Connection, *, beside: Callable[[], int] = lambda: 0
) -> tuple[QueueManager, Turns]:
    """A manager that takes calls to steps in turns and within limits, over a second connection, and its turns.

    beside: how much is under way that did not come off the queue; it counts against what may be taken at once.
    """
    turns = Turns(*_parts(connection), connection=taking, beside=beside)
    return QueueManager(turns, channel=Channel(_NAMES.channel)), turns


def _parts(
    connection: asyncpg.Connection,
) -> tuple[AsyncpgDriver, QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder]:
    return (
        AsyncpgDriver(connection),
        QueryBuilderEnvironment(_NAMES),
        QueryQueueBuilder(_NAMES),
        QuerySchedulerBuilder(_NAMES),
    )


async def release(connection: Connection, job_id: int) -> None:
    """A call was followed, and nothing more will be done for it: whoever waits for its place hears of it at once."""
    await connection.execute("delete from jobs where id = $1", job_id)
