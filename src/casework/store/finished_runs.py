"""Runs that ended elsewhere, written in bulk by COPY: with their steps, their work periods and one fact each."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from casework.core.actor import SYSTEM
from casework.core.definition import Json
from casework.core.errors import Conflict
from casework.core.run import COMPLETED
from casework.store.database import Connection
from casework.store.runs import new_ids

COPY_SECONDS_MAX: Final = 300
"""One COPY: thousands of rows and their index entries, on a slow disk."""

REVISION: Final = 1
"""A run that was brought in changed once: when it came."""

Period = tuple[datetime, datetime]


class FinishedStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step that has ended; `account_id` and `member_id` are who did it, `periods` when their hands were on it.

    machine_ms: work of nobody, which has no periods.
    """

    number: int
    uuid: UUID
    task_id: int
    task_key: str
    name: str
    visit: int
    is_last: bool
    is_output: bool
    state: str
    account_id: int | None
    member_id: int | None
    data: Json
    sources: Sequence[int]
    working_ms: int
    machine_ms: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime
    periods: Sequence[Period] = ()


class FinishedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run that has ended, with its steps in order of number."""

    uuid: UUID
    external_id: str
    title: str
    input: Json
    output: Json
    working_ms: int
    machine_ms: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime
    steps: Sequence[FinishedStep]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where finished runs belong: a version of a workflow, and the import that brings them."""

    workspace_id: int
    workflow_id: int
    version_number: int
    import_id: int


_RUN_COLUMNS: Final = (
    *("id", "uuid", "workspace_id", "workflow_id", "version_number", "title", "state", "revision", "steps_count"),
    *("input", "output", "run_type", "ran_by_type", "ran_by_name", "external_id", "working_ms", "machine_ms"),
    *("created_at", "updated_at", "started_at", "ended_at"),
)
_STEP_COLUMNS: Final = (
    *("uuid", "workspace_id", "workflow_id", "run_id", "number", "task_id", "task_key", "name", "kind", "visit"),
    *("is_last", "is_output", "state", "revision", "account_id", "member_id", "actor_roles", "data", "output"),
    *("sources", "working_ms", "machine_ms", "created_at", "started_at", "ended_at"),
)
_PERIOD_COLUMNS: Final = ("workspace_id", "run_id", "step_number", "account_id", "started_at", "ended_at")
_EVENT_COLUMNS: Final = ("workspace_id", "type", "run_id", "revision", "actor_kind", "actor_name", "data", "at")

Numbered = Sequence[tuple[int, FinishedRun]]


async def insert(connection: Connection, place: Place, finished: Sequence[FinishedRun], *, at: datetime) -> None:
    """Write the runs; the fact that each was brought in is of the instant `at`, all else of its own time.

    Raises:
        Conflict: the workflow has a run with one of the external ids; the transaction cannot go on.

    """
    await _speak_json_in_binary(connection)
    numbered = list(zip(await new_ids(connection, len(finished)), finished, strict=True))
    try:
        await _copy(connection, "runs", _RUN_COLUMNS, _runs(place, numbered))
    except asyncpg.UniqueViolationError as error:
        raise Conflict("The workflow has a case of this log already, from elsewhere.") from error
    await _copy(connection, "steps", _STEP_COLUMNS, _steps(place, numbered))
    await _copy(connection, "work_periods", _PERIOD_COLUMNS, _periods(place, numbered))
    await _copy(connection, "events", _EVENT_COLUMNS, _events(place, numbered, at))


async def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    await connection.copy_records_to_table(table, records=rows, columns=columns, timeout=COPY_SECONDS_MAX)


async def _speak_json_in_binary(connection: Connection) -> None:
    """COPY writes binary values only: JSON goes as PostgreSQL sends it itself, as text after the format's number."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: b"\x01" + _encode(value),
        decoder=lambda sent: msgspec.json.decode(memoryview(sent)[1:]),
        format="binary",
    )


_encode: Final = msgspec.json.Encoder().encode


def _runs(place: Place, numbered: Numbered) -> Iterator[tuple[Any, ...]]:
    for run_id, run in numbered:
        yield (
            run_id,
            run.uuid,
            place.workspace_id,
            place.workflow_id,
            place.version_number,
            run.title,
            COMPLETED,
            REVISION,
            len(run.steps),
            run.input,
            run.output,
            "batch",
            "system",
            SYSTEM.name,
            run.external_id,
            run.working_ms,
            run.machine_ms,
            run.created_at,
            run.ended_at,
            run.started_at,
            run.ended_at,
        )


def _steps(place: Place, numbered: Numbered) -> Iterator[tuple[Any, ...]]:
    for run_id, run in numbered:
        for step in run.steps:
            yield (
                step.uuid,
                place.workspace_id,
                place.workflow_id,
                run_id,
                step.number,
                step.task_id,
                step.task_key,
                step.name,
                "human",
                step.visit,
                step.is_last,
                step.is_output,
                step.state,
                REVISION,
                step.account_id,
                step.member_id,
                (step.task_key,),
                step.data,
                step.data if step.state == COMPLETED else None,
                step.sources,
                step.working_ms,
                step.machine_ms,
                step.created_at,
                step.started_at,
                step.ended_at,
            )


def _periods(place: Place, numbered: Numbered) -> Iterator[tuple[Any, ...]]:
    for run_id, run in numbered:
        for step in run.steps:
            if step.account_id is not None:
                for started_at, ended_at in step.periods:
                    yield place.workspace_id, run_id, step.number, step.account_id, started_at, ended_at


def _events(place: Place, numbered: Numbered, at: datetime) -> Iterator[tuple[Any, ...]]:
    for run_id, run in numbered:
        data = {"import_id": place.import_id, "steps": len(run.steps)}
        yield place.workspace_id, "run.imported", run_id, REVISION, SYSTEM.kind, SYSTEM.name, data, at
