"""Who may do what with a workflow: read and set by whoever administers it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from casework.core.claim import Claim
from casework.core.errors import Invalid, NotFound, Problem
from casework.core.permission import Grant, WorkflowLevel
from casework.operations import once
from casework.operations.services import Services
from casework.operations.workflows import note, refuse_other, usable
from casework.store import grants, workflows
from casework.store.database import Connection
from casework.store.grants import WorkflowGrant

__all__ = ["GrantWish", "WorkflowGrant"]

GRANTS_MAX: Final = 1000
"""Grants of one workflow: more people than that share a role."""


class GrantWish(msgspec.Struct, frozen=True, kw_only=True):
    """A level to be given to a role, by its name, or to a member."""

    level: WorkflowLevel
    role: str | None = None
    member_id: int | None = None


async def read(services: Services, grant: Grant, workflow_id: int) -> tuple[list[WorkflowGrant], int]:
    """The workflow's grants, and their revision.

    Raises:
        NotFound: there is no such workflow, or it is archived.
        Denied: without admin on it.

    """
    async with services.database.snapshot() as connection:
        found = await usable(connection, grant, workflow_id, "admin")
        return await grants.of_workflow(connection, grant, workflow_id), found.grants_revision


async def current(services: Services, grant: Grant, workflow_id: int) -> tuple[list[WorkflowGrant], int]:
    """As `read`, for who has just set them: whoever took their own right away is told so, and not refused."""
    async with services.database.snapshot() as connection:
        found = await workflows.find(connection, grant, workflow_id)
        if found is None:
            raise NotFound("There is no such workflow here.")
        return await grants.of_workflow(connection, grant, workflow_id), found.grants_revision


async def replace(
    services: Services,
    grant: Grant,
    workflow_id: int,
    wishes: Sequence[GrantWish],
    *,
    expected_revision: int | None = None,
    claim: Claim | None = None,
) -> int:
    """Make these the workflow's only grants. Gives the workflow's id.

    Raises:
        NotFound, Denied: as `read`.
        Invalid: naming every grant to nobody, to a role or member that there is not, or to one that has one already.
        PreconditionFailed: the grants changed since that revision.

    """
    if len(wishes) > GRANTS_MAX:
        raise Invalid(f"A workflow has at most {GRANTS_MAX:,} grants; give a role to those who share one.")
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await workflows.lock(connection, grant, workflow_id)
        found = await usable(connection, grant, workflow_id, "admin")
        refuse_other(found.grants_revision, expected_revision)
        new = await _resolved(connection, grant, wishes)
        await grants.replace(connection, grant, workflow_id, new)
        given = [_told(one) for one in new]
        await note(connection, grant, "workflow.granted", {"workflow_id": workflow_id, "grants": given}, now)
        await once.finish(connection, claim, workflow_id)
    return workflow_id


async def _resolved(connection: Connection, grant: Grant, wishes: Sequence[GrantWish]) -> list[WorkflowGrant]:
    names = [wish.role for wish in wishes if wish.role is not None]
    member_ids = [wish.member_id for wish in wishes if wish.member_id is not None]
    roles = await grants.roles_by_name(connection, grant, names)
    members = await grants.known_members(connection, grant, member_ids)
    problems = tuple(_problems(wishes, set(roles), members))
    if problems:
        raise Invalid("These grants cannot be given: " + " ".join(one.message for one in problems[:3]), problems)
    return [
        WorkflowGrant(level=wish.level, member_id=wish.member_id)
        if wish.role is None
        else WorkflowGrant(level=wish.level, role_id=roles[wish.role.lower()][0], role=roles[wish.role.lower()][1])
        for wish in wishes
    ]


def _problems(wishes: Sequence[GrantWish], roles: set[str], members: set[int]) -> Iterator[Problem]:
    """Everything that is wrong with the wishes, each once."""
    seen: set[str | int] = set()
    for place, wish in enumerate(wishes):
        to = wish.role.lower() if wish.role is not None else wish.member_id
        if to is None or (wish.role is not None and wish.member_id is not None):
            yield Problem(path=f"/{place}", message="Give it either to a role or to a memberId.")
        elif to not in roles and to not in members:
            name, value = ("memberId", to) if wish.role is None else ("role", wish.role)
            yield Problem(path=f"/{place}/{name}", message=f"There is no {name} {value} here.")
        elif to in seen:
            yield Problem(path=f"/{place}", message="It has another grant in this list.")
        else:
            seen.add(to)


def _told(one: WorkflowGrant) -> dict[str, Any]:
    return (
        {"member_id": one.member_id, "level": one.level} if one.role is None else {"role": one.role, "level": one.level}
    )
