"""Rights on workflows, asked of the database: what stands in grants, roles and tasks, for the grant's principal."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from casework.core.access import READ_ALL, Access, access_of
from casework.core.permission import Grant, WorkflowLevel
from casework.store.database import Connection

COLUMNS: Final = """
case when exists (select from roles r
                  where r.workspace_id = w.workspace_id and r.id = $3 and 'workflows:admin' = any (r.scopes))
     then 'admin' else (select g.level from workflow_grants g
           where g.workspace_id = w.workspace_id and g.workflow_id = w.id and (g.member_id = $2 or g.role_id = $3)
           order by array_position(array['admin', 'edit', 'use'], g.level) limit 1)
end as granted,
exists (select from tasks t
        where t.workspace_id = w.workspace_id and t.workflow_id = w.id and t.is_current and t.roles && $4::text[]
       ) as has_role,
(select k.scopes from api_keys k where k.workspace_id = w.workspace_id and k.id = $5) as key_scopes
"""
"""What `read` needs of a row of `workflows w`; the statement's first parameters are those of `caller`."""

VISIBLE: Final = """(
    $6::boolean
    or exists (select from roles r
               where r.workspace_id = w.workspace_id and r.id = $3 and 'workflows:admin' = any (r.scopes))
    or exists (select from workflow_grants g
               where g.workspace_id = w.workspace_id and g.workflow_id = w.id and (g.member_id = $2 or g.role_id = $3))
    or exists (select from tasks t where t.workspace_id = w.workspace_id and t.workflow_id = w.id and t.is_current
               and t.roles && $4::text[])
)"""
"""Which rows of `workflows w` the caller belongs to; $6, where true, lets every one through."""

NOBODY: Final = 0
"""An id that no row has."""


def caller(grant: Grant) -> tuple[int, int, int, list[str], int]:
    """The parameters $1 to $5: workspace, member, role, actor roles, key."""
    who = grant.principal
    return (
        grant.workspace_id,
        who.member_id or NOBODY,
        who.role_id or NOBODY,
        sorted(who.actor_roles),
        who.key_id or NOBODY,
    )


def read(grant: Grant, row: Mapping[str, Any]) -> Access:
    """The rights that a row with COLUMNS tells of."""
    return access_of(grant.principal, granted=row["granted"], has_role=row["has_role"], key_scopes=row["key_scopes"])


_FIND: Final = f"select {COLUMNS} from workflows w where w.workspace_id = $1 and w.id = $6"  # noqa: S608 - constant text


async def find(connection: Connection, grant: Grant, workflow_id: int) -> Access | None:
    """The caller's rights on a workflow, archived or not; None where the workspace has no such workflow."""
    row = await connection.fetchrow(_FIND, *caller(grant), workflow_id)
    return None if row is None else read(grant, row)


# $5 is not asked for: a key's own scopes lower a level, they do not take a project away.
_VISIBLE_IDS: Final = f"""
select w.id from workflows w where w.workspace_id = $1 and $5::bigint is not null and {VISIBLE} order by w.id
"""  # noqa: S608 - constant text


async def visible_workflow_ids(connection: Connection, grant: Grant) -> list[int]:
    """The workflows that the caller may see, archived ones too: its projects; with workflows:read, every one."""
    rows = await connection.fetch(_VISIBLE_IDS, *caller(grant), sees_all(grant))
    return [row["id"] for row in rows]


_EDITABLE_IDS: Final = """
select w.id from workflows w
where w.workspace_id = $1
  and ($4::boolean
       or exists (select from roles r
                  where r.workspace_id = w.workspace_id and r.id = $3 and 'workflows:admin' = any (r.scopes))
       or exists (select from workflow_grants g
                  where g.workspace_id = w.workspace_id and g.workflow_id = w.id and g.level in ('edit', 'admin')
                    and (g.member_id = $2 or g.role_id = $3)))
"""


async def editable_workflow_ids(connection: Connection, grant: Grant) -> list[int]:
    """The workflows that a caller with `may_author` may edit, archived ones too."""
    workspace_id, member_id, role_id, *_ = caller(grant)
    edits_all = grant.principal.kind == "workspace_key"
    rows = await connection.fetch(_EDITABLE_IDS, workspace_id, member_id, role_id, edits_all)
    return [row["id"] for row in rows]


async def project_ids(connection: Connection, grant: Grant) -> list[int]:
    """The workflows whose project the caller belongs to, archived ones too: open runs of these go on."""
    everywhere = grant.principal.kind == "workspace_key" and sees_all(grant)
    rows = await connection.fetch(_VISIBLE_IDS, *caller(grant), everywhere)
    return [row["id"] for row in rows]


def sees_all(grant: Grant) -> bool:
    """Whether the caller sees every workflow, whatever its grants."""
    who = grant.principal
    if READ_ALL in who.scopes:
        return True
    return who.kind == "workspace_key" and access_of(who, granted=None, has_role=False, key_scopes=None).in_project


_MAY_AUTHOR: Final = """
select exists (select from workflow_grants
               where workspace_id = $1 and level in ('edit', 'admin') and (member_id = $2 or role_id = $3))
"""


async def may_author(connection: Connection, grant: Grant) -> bool:
    """Whether there is any workflow that the caller may publish: a new one, or a version of one."""
    if grant.holds("workflows:write"):
        return True
    if grant.principal.key_is_limited:  # to edit takes that scope of a key that was given some
        return False
    workspace_id, member_id, role_id, *_ = caller(grant)
    found: bool = await connection.fetchval(_MAY_AUTHOR, workspace_id, member_id, role_id)
    return found


class ProjectMember(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who belongs to a project; level None: by actor roles alone."""

    member_id: int
    account_id: int
    name: str
    level: WorkflowLevel | None
    is_supervisor: bool
    actor_roles: frozenset[str]


_MEMBERSHIP: Final = """
select p.member_id, p.account_id, m.name, p.level, p.is_supervisor, p.actor_roles
from project_members p
join members m on m.workspace_id = p.workspace_id and m.id = p.member_id
where p.workspace_id = $1 and p.workflow_id = $2 and p.account_id = $3
"""


async def membership(
    connection: Connection, workspace_id: int, workflow_id: int, account_id: int
) -> ProjectMember | None:
    """That person as a member of that project; None where they do not belong to it."""
    row = await connection.fetchrow(_MEMBERSHIP, workspace_id, workflow_id, account_id)
    if row is None:
        return None
    return ProjectMember(**{**row, "actor_roles": frozenset(row["actor_roles"])})
