"""Sensitive values: what the rows of runs and steps show the mask of.

Whoever reads those rows reads masks; only who asks here as well, and says for whom, reads what is behind them.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from casework.core.definition import Json
from casework.core.permission import Grant
from casework.store.database import Connection
from casework.store.writes import Write, columns

OF_RUN: Final = 0
"""In place of a step's number: the run's own."""

Values = dict[tuple[int, int], dict[str, Json]]
"""Whole columns as they are, by the run's id and the step's number."""


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a run's row, or of a step's. value: as it is; None where nothing of it is hidden any more."""

    workspace_id: int
    run_id: int
    step_number: int
    field: str
    value: Json


async def of_runs(connection: Connection, run_ids: Sequence[tuple[int, int]]) -> Values:
    """All that is hidden of these runs (workspace id, run id) and of their steps, for the engine to decide by."""
    rows = await connection.fetch(
        """
        select v.run_id, v.step_number, v.field, v.value
        from unnest($1::bigint[], $2::bigint[]) as wanted (workspace_id, run_id)
        join sensitive_values v on v.workspace_id = wanted.workspace_id and v.run_id = wanted.run_id
        """,
        [workspace_id for workspace_id, _ in run_ids],
        [run_id for _, run_id in run_ids],
    )
    return _by_place(rows)


async def of_steps(connection: Connection, grant: Grant, places: Collection[tuple[int, int]]) -> Values:
    """What is hidden of these (run id, step number or OF_RUN), for a caller who may see it."""
    rows = await connection.fetch(
        """
        select v.run_id, v.step_number, v.field, v.value
        from unnest($2::bigint[], $3::integer[]) as wanted (run_id, step_number)
        join sensitive_values v
          on v.workspace_id = $1 and v.run_id = wanted.run_id and v.step_number = wanted.step_number
        """,
        grant.workspace_id,
        [run_id for run_id, _ in places],
        [number for _, number in places],
    )
    return _by_place(rows)


_FORGET: Final = """
delete from sensitive_values old
using unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[]) as gone (workspace_id, run_id, step_number, field)
where old.workspace_id = gone.workspace_id and old.run_id = gone.run_id
  and old.step_number = gone.step_number and old.field = gone.field
"""

_KEEP: Final = """
insert into sensitive_values (workspace_id, run_id, step_number, field, value)
select * from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::jsonb[])
on conflict (workspace_id, run_id, step_number, field) do update set value = excluded.value
"""


def kept(sealed: Sequence[Sealed]) -> list[Write]:
    """What is hidden, in place of what was; nothing where nothing is any more."""
    gone = [_place(one) for one in sealed if one.value is None]
    hidden = [(*_place(one), one.value) for one in sealed if one.value is not None]
    found = [Write(_FORGET, columns(gone))] if gone else []
    return [*found, Write(_KEEP, columns(hidden))] if hidden else found


async def note_reading(
    connection: Connection, grant: Grant, run_ids: Collection[int], reader: str, at: datetime
) -> list[int]:
    """Of these runs those that the reader had not read in this hour; from now on they are."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    rows = await connection.fetch(
        """
        insert into sensitive_reads (workspace_id, run_id, reader, hour)
        select $1, run_id, $3, $4 from unnest($2::bigint[]) as read (run_id)
        order by run_id
        on conflict do nothing returning run_id
        """,
        grant.workspace_id,
        sorted(set(run_ids)),
        reader,
        hour,
    )
    return [row["run_id"] for row in rows]


async def forget_readings(connection: Connection, now: datetime) -> None:
    """Drop what is known of hours that have passed: the audit log has it."""
    await connection.execute("delete from sensitive_reads where hour < $1", now - timedelta(hours=2))


def _by_place(rows: Sequence[Any]) -> Values:
    found: Values = {}
    for row in rows:
        found.setdefault((row["run_id"], row["step_number"]), {})[row["field"]] = row["value"]
    return found


def _place(one: Sealed) -> tuple[int, int, int, str]:
    return one.workspace_id, one.run_id, one.step_number, one.field
