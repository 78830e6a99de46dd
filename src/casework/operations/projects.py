"""Projects, and who belongs to them."""

from collections.abc import Sequence
from typing import Final

from casework.core.access import Access
from casework.core.errors import NotFound
from casework.core.permission import Grant, allows
from casework.operations.reading import Page, Reading
from casework.operations.services import Services
from casework.store import access, project_members, projects, workflows
from casework.store.database import Connection
from casework.store.project_members import ProjectMemberRow
from casework.store.projects import ProjectRow

__all__ = [
    "READ_ALL",
    "WRITE_ALL",
    "ProjectMemberRow",
    "ProjectRow",
    "access_in",
    "get_project",
    "list_members",
    "list_projects",
    "supervises",
    "visible_ids",
]

READ_ALL: Final = "activities:read"
"""The scope that shows the activities of every project."""

WRITE_ALL: Final = "activities:write"
"""The scope that lets its holder act on everybody's activities."""


async def list_projects(services: Services, grant: Grant, reading: Reading) -> Page[ProjectRow]:
    """The projects that the caller sees."""
    now = services.clock.now()
    async with services.database.snapshot() as connection:
        ids = await visible_ids(connection, grant)
        rows = await projects.list_projects(connection, grant, reading.selection, workflow_ids=ids, now=now)
        count = None
        if reading.is_counted:
            count = await projects.count_projects(connection, grant, reading.selection, workflow_ids=ids, now=now)
    return Page(rows=rows, count=count)


async def get_project(services: Services, grant: Grant, project_id: int) -> ProjectRow:
    """One project.

    Raises:
        NotFound: there is none, or the caller may not see it.

    """
    now = services.clock.now()
    async with services.database.read() as connection:
        if await access_in(connection, grant, project_id) is None:
            raise NotFound("There is no such project.")
        (found,) = await projects.get_projects(connection, grant, [project_id], now=now)
    return found


async def find_named(services: Services, grant: Grant, name: str) -> int:
    """The id of the project of that workflow's key or UUID.

    Raises:
        NotFound: there is none, or the caller may not see it.

    """
    async with services.database.read() as connection:
        found = await workflows.find_named(connection, grant, name)
    if found is None or not (found.access.in_project or grant.holds(READ_ALL)):
        raise NotFound("There is no such project.")
    return found.id


async def list_members(services: Services, grant: Grant, reading: Reading) -> Page[ProjectMemberRow]:
    """Who belongs to the projects that the caller sees."""
    now = services.clock.now()
    async with services.database.snapshot() as connection:
        ids = await visible_ids(connection, grant)
        selection = reading.selection
        rows = await project_members.list_project_members(connection, grant, selection, workflow_ids=ids, now=now)
        count = None
        if reading.is_counted:
            count = await project_members.count_project_members(connection, grant, selection, workflow_ids=ids, now=now)
    return Page(rows=rows, count=count)


async def visible_ids(connection: Connection, grant: Grant) -> Sequence[int] | None:
    """The projects whose activities the caller sees: its own; None stands for every one (activities:read)."""
    return None if grant.holds(READ_ALL) else await access.project_ids(connection, grant)


async def access_in(connection: Connection, grant: Grant, workflow_id: int) -> Access | None:
    """What the caller may do in a project; None where it may not see the project's activities."""
    found = await access.find(connection, grant, workflow_id)
    if found is None or not (found.in_project or grant.holds(READ_ALL)):
        return None
    return found


def supervises(grant: Grant, rights: Access) -> bool:
    """Whether the caller may act on what is others': activities:write, a supervisor, or an admin of the workflow."""
    if grant.holds(WRITE_ALL) or allows(rights.level, "admin"):
        return True
    return grant.principal.is_supervisor and rights.in_project
