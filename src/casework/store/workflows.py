"""Workflows: what is published under a key, newest version first in mind. An archived one only lets its runs go on."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.access import Access
from casework.core.errors import Conflict
from casework.core.permission import Grant, allows
from casework.store import access
from casework.store.database import Connection
from casework.store.tasks import TaskRow


class Workflow(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow as its newest version has it, and what the caller may do with it.

    tasks: of the newest version, in the order of its definition. grants_revision: raised when its grants change.
    """

    id: int
    uuid: UUID
    key: str
    name: str
    description: str
    version_number: int
    grants_revision: int
    tasks: tuple[TaskRow, ...]
    access: Access
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None

    @property
    def is_archived(self) -> bool:
        """Whether it takes no new runs and no new versions."""
        return self.archived_at is not None

    @property
    def may_start(self) -> bool:
        """Whether the caller may start runs of it."""
        return allows(self.access.level, "use") and not self.is_archived


class Headline(msgspec.Struct, frozen=True, kw_only=True):
    """What a published definition says of its workflow as a whole."""

    key: str
    name: str
    description: str


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which workflows: with that key, with that text in their names; None asks nothing."""

    key: str | None = None
    name: str | None = None


_SELECT: Final = f"""
select w.id, w.uuid, w.key, w.name, w.description, w.version_number, w.grants_revision,
       w.created_at, w.updated_at, w.archived_at, {access.COLUMNS},
       (select jsonb_agg(jsonb_build_object('id', t.id, 'key', t.key, 'name', t.name, 'kind', t.kind)
                         order by t.position)
        from tasks t where t.workspace_id = w.workspace_id and t.workflow_id = w.id and t.is_current) as tasks
from workflows w
"""  # noqa: S608 - constant text

_BY_ID: Final = f"{_SELECT} where w.workspace_id = $1 and w.id = $6"
_BY_UUID: Final = f"{_SELECT} where w.workspace_id = $1 and w.uuid = $6"
_BY_KEY: Final = f"{_SELECT} where w.workspace_id = $1 and w.key = $6 and w.archived_at is null"


async def find(connection: Connection, grant: Grant, identifier: int | UUID) -> Workflow | None:
    """The workflow of that id or UUID, archived or not; None where the workspace has none."""
    query = _BY_UUID if isinstance(identifier, UUID) else _BY_ID
    row = await connection.fetchrow(query, *access.caller(grant), identifier)
    return None if row is None else _workflow(grant, row)


async def find_by_key(connection: Connection, grant: Grant, key: str) -> Workflow | None:
    """The workflow that has that key now; an archived one has given its key up."""
    row = await connection.fetchrow(_BY_KEY, *access.caller(grant), key)
    return None if row is None else _workflow(grant, row)


_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


async def find_named(connection: Connection, grant: Grant, name: str) -> Workflow | None:
    """The workflow of that UUID, archived or not, or of that key."""
    if _UUID.fullmatch(name):
        return await find(connection, grant, UUID(name))
    return await find_by_key(connection, grant, name)


# $5 is not asked for: a key's own scopes lower a level, they do not take a project away.
_LISTED: Final = f"""
w.workspace_id = $1 and w.archived_at is null and $5::bigint is not null and {access.VISIBLE}
and ($7::text is null or w.key = $7) and ($8::text is null or strpos(lower(w.name), lower($8)) > 0)
"""
_COUNT: Final = f"select count(*) from workflows w where {_LISTED}"  # noqa: S608 - constant text
_PAGE: Final = f"""
{_SELECT} where w.id in (select w.id from workflows w where {_LISTED} order by w.id desc limit $9 offset $10)
order by w.id desc
"""  # noqa: S608 - constant text


async def page(
    connection: Connection, grant: Grant, wanted: Filter, *, limit: int, offset: int
) -> tuple[list[Workflow], int]:
    """The workflows that the caller may see, newest first: a page, and how many there are. Archived ones are not."""
    parameters = (*access.caller(grant), access.sees_all(grant), wanted.key, wanted.name)
    total: int = await connection.fetchval(_COUNT, *parameters)
    rows = await connection.fetch(_PAGE, *parameters, limit, offset) if offset < total else []
    return [_workflow(grant, row) for row in rows], total


_INSERT: Final = """
insert into workflows (workspace_id, uuid, key, name, description, version_number, created_at, updated_at)
values ($1, $2, $3, $4, $5, 1, $6, $6)
on conflict (workspace_id, key) where archived_at is null do nothing
returning id
"""


async def insert(connection: Connection, grant: Grant, uuid: UUID, new: Headline, *, at: datetime) -> int:
    """Make a workflow whose first version is about to be kept; its id.

    Raises:
        Conflict: another workflow has that key.

    """
    found: int | None = await connection.fetchval(
        _INSERT, grant.workspace_id, uuid, new.key, new.name, new.description, at
    )
    if found is None:
        raise Conflict(
            f'The key "{new.key}" is taken by another workflow; publish a new version of that, or archive it.'
        )
    return found


_LOCK: Final = "select from workflows where workspace_id = $1 and id = $2 for no key update"


async def lock(connection: Connection, grant: Grant, workflow_id: int) -> None:
    """Keep everybody else from changing the workflow until the transaction ends; where there is none, do nothing."""
    await connection.execute(_LOCK, grant.workspace_id, workflow_id)


_PUBLISH: Final = """
update workflows set version_number = $3, name = $4, description = $5, updated_at = $6
where workspace_id = $1 and id = $2
"""


async def publish(
    connection: Connection, grant: Grant, workflow_id: int, number: int, new: Headline, *, at: datetime
) -> None:
    """Make that version the newest."""
    await connection.execute(_PUBLISH, grant.workspace_id, workflow_id, number, new.name, new.description, at)


_ARCHIVE: Final = """
update workflows set archived_at = $3, updated_at = $3 where workspace_id = $1 and id = $2 and archived_at is null
"""


async def archive(connection: Connection, grant: Grant, workflow_id: int, *, at: datetime) -> None:
    """Take it out of use: its key is free from now on, its open runs go on."""
    await connection.execute(_ARCHIVE, grant.workspace_id, workflow_id, at)


def _workflow(grant: Grant, row: Mapping[str, Any]) -> Workflow:
    values = {name: row[name] for name in Workflow.__struct_fields__ if name not in {"tasks", "access"}}
    tasks = tuple(TaskRow(**task) for task in row["tasks"] or ())
    return Workflow(**values, tasks=tasks, access=access.read(grant, row))
