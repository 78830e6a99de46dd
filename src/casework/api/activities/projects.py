"""Projects, and who belongs to them."""

from typing import Final

from casework.api.activities.documents import Document, Page
from casework.api.activities.ids import PROJECT_ID
from casework.api.activities.listing import PROJECT_MEMBERS, PROJECTS
from casework.api.activities.replies import page_reply, plain_reply
from casework.api.activities.resources import PROJECT, PROJECT_MEMBER
from casework.api.render import JSON_API
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.core.permission import Grant, project
from casework.operations import projects
from casework.operations.services import Services

_READ: Final = project("activities:read")


@get(
    "/projects",
    _READ,
    Operation(summary="List projects", query=PROJECTS.parameters(), answer=Page, media_type=JSON_API),
)
async def list_projects(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """The projects that the caller belongs to; with `activities:read` every one, archived ones too."""
    asked = PROJECTS.read(request)
    return page_reply(PROJECT, await projects.list_projects(services, grant, asked.reading), asked)


@get(
    "/projects/{project_id:str}",
    _READ,
    Operation(
        summary="Read a project",
        path=[PROJECT_ID],
        query=PROJECTS.parameters_of_one(),
        answer=Document,
        media_type=JSON_API,
        refuses=[404],
    ),
)
async def read_project(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """One project."""
    asked = PROJECTS.read_one(request)
    row = await projects.get_project(services, grant, PROJECT_ID.read(request))
    return plain_reply(PROJECT, row, asked.fields)


@get(
    "/project/members",
    _READ,
    Operation(summary="List project members", query=PROJECT_MEMBERS.parameters(), answer=Page, media_type=JSON_API),
)
async def list_members(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Who belongs to the projects that the caller sees: by a grant, an actor role, or as administrator of workflows."""
    asked = PROJECT_MEMBERS.read(request)
    return page_reply(PROJECT_MEMBER, await projects.list_members(services, grant, asked.reading), asked)


handlers = [list_projects, read_project, list_members]
