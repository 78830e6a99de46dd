"""Who belongs to which project (the view `project_members`), to list and to choose from."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from casework.core.actor import Assignee
from casework.core.permission import Grant
from casework.core.selection import Selection
from casework.store.database import Connection
from casework.store.selection import Column, Listing, Parameters, fetch_count, fetch_page


class ProjectMemberRow(msgspec.Struct, frozen=True, kw_only=True):
    """A member of a project; `level` is None for who belongs by an actor role alone."""

    workflow_id: int
    member_id: int
    account_id: int
    name: str
    actor_roles: Sequence[str]
    is_supervisor: bool
    level: str | None


_LISTING: Final = Listing(
    columns={
        "workflow_id": Column(expression="pm.workflow_id", type="bigint"),
        "account_id": Column(expression="pm.account_id", type="bigint"),
        "member_id": Column(expression="pm.member_id", type="bigint"),
        "name": Column(expression="m.name", type="text"),
        "actor_roles": Column(expression="pm.actor_roles", type="text[]"),
    },
    select="pm.workflow_id, pm.member_id, pm.account_id, m.name, pm.actor_roles, pm.is_supervisor, pm.level",
    source="project_members pm join members m on m.workspace_id = pm.workspace_id and m.id = pm.member_id",
    always="pm.workspace_id = $1",
    tie="pm.workflow_id, pm.member_id",
)

_ASSIGNEE: Final = """
    select m.account_id, m.id as member_id, m.name, m.actor_roles,
           exists (select from project_members pm
                   where pm.workspace_id = m.workspace_id and pm.workflow_id = $2 and pm.member_id = m.id) as in_project
    from members m
    where m.workspace_id = $1 and m.account_id = $3 and m.removed_at is null
"""


async def find_assignee(connection: Connection, grant: Grant, workflow_id: int, account_id: int) -> Assignee | None:
    """The member of the workspace with that account, as somebody who might take a step of the workflow."""
    row = await connection.fetchrow(_ASSIGNEE, grant.workspace_id, workflow_id, account_id)
    if row is None:
        return None
    values: dict[str, Any] = dict(row)
    return Assignee(**values | {"actor_roles": frozenset(row["actor_roles"])})


async def list_project_members(
    connection: Connection, grant: Grant, selection: Selection, *, workflow_ids: Sequence[int] | None, now: datetime
) -> list[ProjectMemberRow]:
    """The page of members of those projects (of every project where None are named)."""
    parameters = Parameters(grant.workspace_id, now=now)
    extra = _of(workflow_ids, parameters)
    rows = await fetch_page(connection, _LISTING, selection, parameters, extra=extra)
    return [_member(row) for row in rows]


async def count_project_members(
    connection: Connection, grant: Grant, selection: Selection, *, workflow_ids: Sequence[int] | None, now: datetime
) -> int:
    """How many they are, whatever the page."""
    parameters = Parameters(grant.workspace_id, now=now)
    extra = _of(workflow_ids, parameters)
    return await fetch_count(connection, _LISTING, selection, parameters, extra=extra)


def _of(workflow_ids: Sequence[int] | None, parameters: Parameters) -> list[str]:
    return [] if workflow_ids is None else [f"pm.workflow_id = any({parameters.bind(workflow_ids, 'bigint[]')})"]


def _member(row: Mapping[str, Any]) -> ProjectMemberRow:
    return ProjectMemberRow(**row)
