"""The queue of jobs: PgQueuer, under our names. A job is written with the change that causes it, or not at all."""

from collections.abc import Sequence
from datetime import timedelta
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

from casework.store.database import Connection

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

_AT_ONCE: Final = timedelta()

_ENQUEUE: Final = QueryQueueBuilder(_NAMES).build_enqueue_query("raise")


class StepJob(msgspec.Struct, frozen=True, kw_only=True):
    """A call to look at an attempt at a step, on the queue of the step's kind; higher priorities come first."""

    kind: str
    workspace_id: int
    workflow_id: int
    run_id: int
    step: int
    attempt: int
    priority: int


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


async def enqueue(connection: Connection, jobs: Sequence[StepJob | ErrandJob]) -> None:
    """Call workers, in order; they hear of it when the transaction is committed."""
    if jobs:
        await connection.execute(
            _ENQUEUE,
            [job.priority for job in jobs],
            [job.kind for job in jobs],
            [msgspec.json.encode(job) for job in jobs],
            [_AT_ONCE] * len(jobs),
            [None] * len(jobs),
            [None] * len(jobs),
        )


def as_job(payload: bytes | None) -> StepJob:
    """The job that was enqueued."""
    return msgspec.json.decode(payload or b"", type=StepJob)


def as_errand(payload: bytes | None) -> ErrandJob:
    """The errand that was enqueued."""
    return msgspec.json.decode(payload or b"", type=ErrandJob)


def manager(connection: asyncpg.Connection) -> QueueManager:
    """A manager of the queue over a connection of its own, which must not have codecs of ours."""
    queries = Queries(
        AsyncpgDriver(connection),
        qbe=QueryBuilderEnvironment(_NAMES),
        qbq=QueryQueueBuilder(_NAMES),
        qbs=QuerySchedulerBuilder(_NAMES),
    )
    return QueueManager(queries, channel=Channel(_NAMES.channel))
