"""What a caller may do with one workflow: the level that it holds there, and whether it belongs to the project.

A member's level comes from its grants and its role's, and is admin on every workflow where its role administers them
all. A key acts as its member, but one that was given scopes of its own does no more than these say: edit takes
workflows:write, admin takes workflows:admin. A key that acts as the workspace has no grants: its level is what its
scopes say, and use takes any scope that reads workflows or assignments.
"""

from collections.abc import Collection
from typing import Final

import msgspec

from casework.core.errors import Denied
from casework.core.permission import WORKFLOW_LEVELS, Principal, WorkflowLevel, allows, implied

READ_ALL: Final = "workflows:read"
"""The scope that shows every workflow of the workspace."""


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """A caller's rights on a workflow.

    level: None where it holds none. in_project: it belongs to the project, by its level or by its actor roles.
    may_read: it belongs to the project, or sees every workflow.
    """

    level: WorkflowLevel | None
    in_project: bool
    may_read: bool

    def require(self, needed: WorkflowLevel) -> None:
        """Denied unless the caller holds that level."""
        if not allows(self.level, needed):
            message = f'This needs the permission "{needed}" on the workflow.'
            raise Denied(message)

    def require_read(self) -> None:
        """Denied unless the caller may see the workflow."""
        if not self.may_read:
            message = f'This needs the permission "use" on the workflow, a place in its project, or {READ_ALL}.'
            raise Denied(message)


def access_of(
    principal: Principal, *, granted: WorkflowLevel | None, has_role: bool, key_scopes: Collection[str] | None
) -> Access:
    """The rights of a caller.

    granted: the highest level that its member's or role's grants give. has_role: one of its actor roles takes tasks of
    the workflow. key_scopes: those that the caller's key was given, None where it has all of its member's.
    """
    if principal.kind == "workspace_key":
        level = _level_of_scopes(principal.scopes)
    elif key_scopes is None or granted is None:
        level = granted
    else:
        level = min(granted, _highest(implied(frozenset(key_scopes))), key=WORKFLOW_LEVELS.index)
    in_project = level is not None or has_role
    return Access(level=level, in_project=in_project, may_read=in_project or READ_ALL in principal.scopes)


def _level_of_scopes(scopes: frozenset[str]) -> WorkflowLevel | None:
    return _highest(scopes) if scopes & {READ_ALL, "assignments:read"} else None


def _highest(scopes: frozenset[str]) -> WorkflowLevel:
    if "workflows:admin" in scopes:
        return "admin"
    return "edit" if "workflows:write" in scopes else "use"
