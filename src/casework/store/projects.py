"""Projects: workflows as the people who work in them see them, and their nodes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from casework.core.permission import Grant
from casework.core.selection import Selection
from casework.store.database import Connection
from casework.store.selection import Column, Listing, Parameters, fetch_count, fetch_page, fetch_these


class ProjectRow(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow; its archived ones keep their activities."""

    id: int
    uuid: UUID
    key: str
    name: str
    description: str
    version_number: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class NodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A task of a workflow, over all its versions."""

    id: int
    workflow_id: int
    key: str
    name: str
    kind: str
    ordinal: int
    roles: Sequence[str]
    is_current: bool


_PROJECTS: Final = Listing(
    columns={
        "id": Column(expression="w.id", type="bigint"),
        "uuid": Column(expression="w.uuid", type="uuid"),
        "key": Column(expression="w.key", type="text"),
        "name": Column(expression="w.name", type="text"),
        "created_at": Column(expression="w.created_at", type="timestamptz"),
        "updated_at": Column(expression="w.updated_at", type="timestamptz"),
        "archived_at": Column(expression="w.archived_at", type="timestamptz", is_nullable=True),
    },
    select="w.id, w.uuid, w.key, w.name, w.description, w.version_number, w.created_at, w.updated_at, w.archived_at",
    source="workflows w",
    always="w.workspace_id = $1",
    tie="w.id",
    key="w.id",
)

_NODES: Final = """
    select t.id, t.workflow_id, t.key, t.name, t.kind, t.ordinal, t.roles, t.is_current
    from tasks t
    where t.workspace_id = $1 and t.id = any($2::bigint[])
    order by t.id
"""


async def list_projects(
    connection: Connection, grant: Grant, selection: Selection, *, workflow_ids: Sequence[int] | None, now: datetime
) -> list[ProjectRow]:
    """The page of projects; of those ids alone, or of the whole workspace where None are named."""
    parameters = Parameters(grant.workspace_id, now=now)
    rows = await fetch_page(connection, _PROJECTS, selection, parameters, extra=_of(workflow_ids, parameters))
    return [ProjectRow(**row) for row in rows]


async def count_projects(
    connection: Connection, grant: Grant, selection: Selection, *, workflow_ids: Sequence[int] | None, now: datetime
) -> int:
    """How many projects satisfy the conditions, whatever the page."""
    parameters = Parameters(grant.workspace_id, now=now)
    return await fetch_count(connection, _PROJECTS, selection, parameters, extra=_of(workflow_ids, parameters))


async def get_projects(
    connection: Connection, grant: Grant, workflow_ids: Sequence[int], *, now: datetime
) -> list[ProjectRow]:
    """The projects of these ids that the workspace has, in order of id."""
    parameters = Parameters(grant.workspace_id, now=now)
    clause = f"w.id = any({parameters.bind(workflow_ids, 'bigint[]')})"
    return [ProjectRow(**row) for row in await fetch_these(connection, _PROJECTS, clause, parameters)]


async def list_nodes(connection: Connection, grant: Grant, task_ids: Sequence[int]) -> list[NodeRow]:
    """The tasks of these ids, in order of id."""
    rows = await connection.fetch(_NODES, grant.workspace_id, task_ids)
    return [NodeRow(**row) for row in rows]


def _of(workflow_ids: Sequence[int] | None, parameters: Parameters) -> list[str]:
    return [] if workflow_ids is None else [f"w.id = any({parameters.bind(workflow_ids, 'bigint[]')})"]
