"""What schedules, hooks and bulk starts have in common: whose workflow it is, and which runs were started before.

Events that a run waits for are no trigger: they continue a run instead of starting one.
"""

from collections.abc import Sequence
from typing import Final

from casework.core.errors import Invalid, NotFound, Problem
from casework.core.permission import Grant
from casework.engine.catalog import Edition
from casework.operations.services import Services
from casework.operations.workflows import usable
from casework.store import access, grants, runs
from casework.store.database import Connection

WRITE: Final = "assignments:write"


async def require_edit(connection: Connection, grant: Grant, workflow_id: int) -> None:
    """Denied unless the caller may edit the workflow, archived or not."""
    found = await access.find(connection, grant, workflow_id)
    if found is None:
        raise NotFound("There is no such workflow here.")
    found.require("edit")


async def newest(services: Services, connection: Connection, grant: Grant, workflow_id: int) -> Edition:
    """The newest version of a workflow that the caller may use.

    Raises:
        NotFound: there is no such workflow, or it is archived.
        Denied: without use on it.

    """
    number = (await usable(connection, grant, workflow_id, "use")).version_number
    key = (workflow_id, number)
    return (await services.engine.catalog.load(connection, [key]))[key]


async def check_member(connection: Connection, grant: Grant, member_id: int | None) -> None:
    """Whether runs may be made that member's: the caller's own, or with assignments:write anybody's.

    Raises:
        Denied: another member, without assignments:write.
        Invalid: there is no such member.

    """
    if member_id is None:
        return
    grant.require_own_or(member_id, WRITE)
    if member_id not in await grants.known_members(connection, grant, [member_id]):
        raise wrong("memberId", "there is no such member.")


async def started(
    services: Services, workspace_id: int, workflow_id: int, external_ids: Sequence[str]
) -> dict[str, int]:
    """The ids of the runs of a workflow that have these external ids."""
    async with services.database.read() as connection:
        return await runs.by_external_ids(connection, workspace_id, workflow_id, external_ids)


def wrong(name: str, message: str) -> Invalid:
    """The refusal of one field."""
    return Invalid(f"{name}: {message}", (Problem(path=f"/{name}", message=message),))


def summary(message: str, problems: Sequence[Problem]) -> str:
    """A sentence with its places: where there is one problem, the text is all that is sent."""
    return " ".join([message, *(f"{one.path[1:]}: {one.message}" for one in problems if one.path)]).strip()
