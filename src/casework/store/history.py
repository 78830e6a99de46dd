"""Histories brought in: who may bring one in now, how far one came, and what is there already."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import sha256
from typing import Final

import msgspec

from casework.core.errors import Conflict
from casework.store.database import Connection
from casework.store.workspaces import Workspace


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """How far a file has been brought into a workflow, counted in its cases."""

    id: int
    workflow_id: int
    cases_total: int
    cases_done: int
    completed_at: datetime | None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A member as a history names it: by its external id, or by its e-mail (in lower case)."""

    account_id: int
    member_id: int
    email: str
    external_id: str | None
    actor_roles: tuple[str, ...]
    is_removed: bool


_COLUMNS: Final = "id, workflow_id, cases_total, cases_done, completed_at"

_WORKSPACES: Final = """
select id, uuid, name, created_at from workspaces where uuid::text = lower($1) or name = $1 order by id limit 20
"""

_FIND: Final = f"""
select {_COLUMNS} from imports where workspace_id = $1 and workflow_id = $2 and source_hash = $3
"""  # noqa: S608 - constant names

_BEGIN: Final = f"""
insert into imports (workspace_id, workflow_id, source_hash, cases_total, created_at)
values ($1, $2, $3, $4, $5) returning {_COLUMNS}
"""  # noqa: S608 - constant names

_ADVANCE: Final = """
update imports
set cases_done = $3::bigint, completed_at = case when $3 >= cases_total then $4::timestamptz end
where id = $1 and cases_done = $2
returning id
"""

_VERSION: Final = """
select max(number) from workflow_versions where workspace_id = $1 and workflow_id = $2 and checksum = $3
"""

_PEOPLE: Final = """
select m.account_id, m.id as member_id, lower(a.email) as email, m.external_id, m.actor_roles,
       m.removed_at is not null as is_removed
from members m
join accounts a on a.id = m.account_id
where m.workspace_id = $1
  and (m.external_id = any($2::text[])
       or a.id in (select id from accounts where lower(email) in (select lower(e) from unnest($3::text[]) e)))
order by m.id
"""

_TAKEN: Final = """
select external_id from runs
where workspace_id = $1 and workflow_id = $2 and external_id = any($3::text[]) order by id limit 1
"""


async def workspaces_called(connection: Connection, name: str) -> list[Workspace]:
    """The workspaces of that UUID or name: several may have the same name."""
    return [Workspace(**row) for row in await connection.fetch(_WORKSPACES, name)]


@asynccontextmanager
async def alone(connection: Connection, workspace_id: int, key: str) -> AsyncIterator[bool]:
    """Keep every other import out of the workflow of that key while the block lasts.

    False where one is at work. The lock goes with the connection, and so with a process that is killed.
    """
    number = int.from_bytes(sha256(f"import {workspace_id} {key}".encode()).digest()[:8], "big", signed=True)
    held: bool = await connection.fetchval("select pg_try_advisory_lock($1)", number)
    try:
        yield held
    finally:
        if held and not connection.is_closed():
            await connection.execute("select pg_advisory_unlock($1)", number)


async def find(connection: Connection, workspace_id: int, workflow_id: int, source_hash: bytes) -> Import | None:
    """How far that file has been brought into that workflow; None where it never was begun."""
    row = await connection.fetchrow(_FIND, workspace_id, workflow_id, source_hash)
    return None if row is None else Import(**row)


async def begin(
    connection: Connection, workspace_id: int, workflow_id: int, source_hash: bytes, *, cases_total: int, at: datetime
) -> Import:
    """Note that a file is about to be brought in."""
    row = await connection.fetchrow(_BEGIN, workspace_id, workflow_id, source_hash, cases_total, at)
    return Import(**row)


async def advance(connection: Connection, import_id: int, *, done_before: int, done: int, at: datetime) -> None:
    """Note, in the transaction that brings them in, that `done` cases are there; with the last one it is complete.

    Raises:
        Conflict: it is not `done_before` cases far: somebody else brought some in.

    """
    if await connection.fetchval(_ADVANCE, import_id, done_before, done, at) is None:
        raise Conflict("Another import of this file went on meanwhile; nothing is there twice. Start it again.")


async def version_of(connection: Connection, workspace_id: int, workflow_id: int, checksum: bytes) -> int | None:
    """The newest version of a workflow whose document has that checksum."""
    number: int | None = await connection.fetchval(_VERSION, workspace_id, workflow_id, checksum)
    return number


async def has_imports(connection: Connection, workspace_id: int, workflow_id: int) -> bool:
    """Whether a history was ever brought into the workflow."""
    found: bool = await connection.fetchval(
        "select exists (select from imports where workspace_id = $1 and workflow_id = $2)", workspace_id, workflow_id
    )
    return found


async def has_runs(connection: Connection, workspace_id: int, workflow_id: int) -> bool:
    """Whether the workflow has any run."""
    found: bool = await connection.fetchval(
        "select exists (select from runs where workspace_id = $1 and workflow_id = $2)", workspace_id, workflow_id
    )
    return found


async def taken_external_id(
    connection: Connection, workspace_id: int, workflow_id: int, external_ids: Sequence[str]
) -> str | None:
    """One of these external ids that a run of the workflow has already."""
    found: str | None = await connection.fetchval(_TAKEN, workspace_id, workflow_id, external_ids)
    return found


async def people(
    connection: Connection, workspace_id: int, *, external_ids: Collection[str], emails: Collection[str]
) -> list[Person]:
    """The members with one of these external ids or e-mails, those who were removed included: history names them."""
    rows = await connection.fetch(_PEOPLE, workspace_id, list(external_ids), list(emails))
    return [Person(**{**row, "actor_roles": tuple(row["actor_roles"])}) for row in rows]
