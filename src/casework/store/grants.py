"""Who was given which level on a workflow."""

from collections.abc import Sequence
from typing import Final

import msgspec

from casework.core.permission import Grant, WorkflowLevel
from casework.store.database import Connection


class WorkflowGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A level given to a role or to a member: one of the two is set."""

    level: WorkflowLevel
    role_id: int | None = None
    role: str | None = None
    member_id: int | None = None


_OF_WORKFLOW: Final = """
select g.level, g.role_id, r.name as role, g.member_id
from workflow_grants g
left join roles r on r.workspace_id = g.workspace_id and r.id = g.role_id
left join members m on m.workspace_id = g.workspace_id and m.id = g.member_id
where g.workspace_id = $1 and g.workflow_id = $2 and (g.member_id is null or m.removed_at is null)
order by g.role_id nulls last, g.member_id
"""


async def of_workflow(connection: Connection, grant: Grant, workflow_id: int) -> list[WorkflowGrant]:
    """What was given on a workflow, roles first. A removed member's grant counts nothing, and is not told."""
    rows = await connection.fetch(_OF_WORKFLOW, grant.workspace_id, workflow_id)
    return [WorkflowGrant(**row) for row in rows]


_INSERT: Final = """
insert into workflow_grants (workspace_id, workflow_id, role_id, member_id, level)
select $1, $2, new.role_id, new.member_id, new.level
from unnest($3::bigint[], $4::bigint[], $5::text[]) as new (role_id, member_id, level)
"""


async def insert(connection: Connection, grant: Grant, workflow_id: int, new: Sequence[WorkflowGrant]) -> None:
    """Give levels to roles and members that have none on the workflow yet."""
    await connection.execute(
        _INSERT,
        grant.workspace_id,
        workflow_id,
        [one.role_id for one in new],
        [one.member_id for one in new],
        [one.level for one in new],
    )


_DELETE: Final = "delete from workflow_grants where workspace_id = $1 and workflow_id = $2"
_REVISE: Final = """
update workflows set grants_revision = grants_revision + 1 where workspace_id = $1 and id = $2
"""


async def replace(connection: Connection, grant: Grant, workflow_id: int, new: Sequence[WorkflowGrant]) -> None:
    """Make these the workflow's only grants; the caller holds the workflow's lock."""
    await connection.execute(_DELETE, grant.workspace_id, workflow_id)
    await insert(connection, grant, workflow_id, new)
    await connection.execute(_REVISE, grant.workspace_id, workflow_id)


# Shared locks: a role that is being removed at the same moment would leave a grant that points nowhere.
_ROLES: Final = """
select id, name from roles where workspace_id = $1 and lower(name) = any($2::text[]) order by id for key share
"""


async def roles_by_name(connection: Connection, grant: Grant, names: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Id and name of the workspace's roles among these, by the name in lower case."""
    rows = await connection.fetch(_ROLES, grant.workspace_id, [name.lower() for name in names])
    return {row["name"].lower(): (row["id"], row["name"]) for row in rows}


_MEMBERS: Final = """
select id from members where workspace_id = $1 and id = any($2::bigint[]) and removed_at is null
"""


async def known_members(connection: Connection, grant: Grant, member_ids: Sequence[int]) -> set[int]:
    """Those of these ids that are members of the workspace."""
    rows = await connection.fetch(_MEMBERS, grant.workspace_id, list(member_ids))
    return {row["id"] for row in rows}
