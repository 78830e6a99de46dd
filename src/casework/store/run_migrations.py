"""Migrations of runs to other versions: which run moved, from where, and what takes to undo it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from casework.core.definition import Json
from casework.core.permission import Grant
from casework.store.database import Connection
from casework.store.writes import Write, columns


class MigratedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run that moved. revision: its own right after; kept: see `core.migration.kept`."""

    workspace_id: int
    migration_id: int
    run_id: int
    from_version: int
    revision: int
    kept: Json
    moved_at: datetime


class MigrationRow(msgspec.Struct, frozen=True, kw_only=True):
    """A migration; moved, undone: how many runs went and stayed, and how many went back.

    from_versions: the versions from which they went, ascending. unchanged: of those that moved, to how many nothing has
    happened since, so that they can go back as they were.
    """

    id: int
    version_number: int
    tasks: dict[str, str]
    member_id: int | None
    member_name: str | None
    created_at: datetime
    from_versions: list[int]
    moved: int
    undone: int
    unchanged: int


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A run that might move."""

    id: int
    version_number: int
    is_open: bool


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs of a workflow: after that id, and those of these ids alone, or the open ones of version `at`."""

    after: int = 0
    run_ids: tuple[int, ...] | None = None
    at: int | None = None


# What the engine writes ----------------------------------------------------------------------------------------------


_KEEP: Final = """
insert into migrated_runs (workspace_id, migration_id, run_id, from_version, revision, kept, moved_at)
select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::integer[], $5::integer[], $6::jsonb[],
    $7::timestamptz[])
on conflict (workspace_id, migration_id, run_id) do update
set from_version = excluded.from_version, revision = excluded.revision, kept = excluded.kept,
    moved_at = excluded.moved_at, undone_at = null
"""

_MARK_UNDONE: Final = """
update migrated_runs old set undone_at = $4
from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as new (workspace_id, migration_id, run_id)
where old.workspace_id = new.workspace_id and old.migration_id = new.migration_id and old.run_id = new.run_id
"""


def moves(moved: Sequence[MigratedRun]) -> list[Write]:
    """What takes to undo these moves; one that was undone and made again is as new."""
    return [Write(_KEEP, columns([msgspec.structs.astuple(one) for one in moved]))] if moved else []


def undone(restored: Sequence[tuple[int, int, int]], at: datetime) -> list[Write]:
    """These (workspace id, migration id, run id) are as they were before."""
    return [Write(_MARK_UNDONE, (*columns(restored), at))] if restored else []


# What operations ask -------------------------------------------------------------------------------------------------


async def insert(
    connection: Connection, grant: Grant, workflow_id: int, number: int, tasks: Mapping[str, str], *, at: datetime
) -> int:
    """A migration of runs of the workflow to that version; its id."""
    made: int = await connection.fetchval(
        """
        insert into run_migrations (workspace_id, workflow_id, version_number, tasks, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6) returning id
        """,
        grant.workspace_id,
        workflow_id,
        number,
        dict(tasks),
        at,
        grant.principal.member_id,
    )
    return made


_SELECT: Final = """
select g.id, g.version_number, g.tasks, g.created_by as member_id, m.name as member_name, g.created_at,
       counted.from_versions, counted.moved, counted.undone, counted.unchanged
from run_migrations g
left join members m on m.workspace_id = g.workspace_id and m.id = g.created_by
cross join lateral (
    select coalesce(array_agg(distinct o.from_version), '{}') as from_versions,
           count(*) filter (where o.undone_at is null) as moved, count(o.undone_at) as undone,
           count(*) filter (where o.undone_at is null and r.revision = o.revision) as unchanged
    from migrated_runs o
    join runs r on r.workspace_id = o.workspace_id and r.id = o.run_id
    where o.workspace_id = g.workspace_id and o.migration_id = g.id
) counted
where g.workspace_id = $1 and g.workflow_id = $2
"""


async def find(connection: Connection, grant: Grant, workflow_id: int, migration_id: int) -> MigrationRow | None:
    """The migration of that id of the workflow's runs."""
    row = await connection.fetchrow(f"{_SELECT} and g.id = $3", grant.workspace_id, workflow_id, migration_id)
    return None if row is None else MigrationRow(**row)


async def page(
    connection: Connection, grant: Grant, workflow_id: int, *, limit: int, offset: int
) -> tuple[list[MigrationRow], int]:
    """The migrations of the workflow's runs, newest first, and how many there are."""
    rows = await connection.fetch(
        f"{_SELECT} order by g.id desc limit $3 offset $4", grant.workspace_id, workflow_id, limit, offset
    )
    total: int = await connection.fetchval(
        "select count(*) from run_migrations where workspace_id = $1 and workflow_id = $2",
        grant.workspace_id,
        workflow_id,
    )
    return [MigrationRow(**row) for row in rows], total


_CANDIDATES: Final = """
select id, version_number, ended_at is null as is_open from runs
where workspace_id = $1 and workflow_id = $2 and id > $3
  and case when $4::bigint[] is null
      then state in ('pending', 'running', 'paused', 'resumed') and version_number <> $5
           and ($6::integer is null or version_number = $6)
      else id = any($4::bigint[]) end
order by id limit $7
"""


async def candidates(
    connection: Connection, grant: Grant, workflow_id: int, number: int, sought: Sought, *, limit: int
) -> list[Candidate]:
    """Runs of the workflow that might move to that version, in order of id."""
    rows = await connection.fetch(
        _CANDIDATES,
        grant.workspace_id,
        workflow_id,
        sought.after,
        None if sought.run_ids is None else list(sought.run_ids),
        number,
        sought.at,
        limit,
    )
    return [Candidate(**row) for row in rows]


async def moved(
    connection: Connection, grant: Grant, migration_id: int, *, after: int, limit: int
) -> list[MigratedRun]:
    """The runs of a migration that did not go back, in order of id."""
    rows = await connection.fetch(
        """
        select workspace_id, migration_id, run_id, from_version, revision, kept, moved_at from migrated_runs
        where workspace_id = $1 and migration_id = $2 and run_id > $3 and undone_at is null
        order by run_id limit $4
        """,
        grant.workspace_id,
        migration_id,
        after,
        limit,
    )
    return [MigratedRun(**row) for row in rows]
