"""The caller's own workspaces."""

from typing import Annotated
from uuid import UUID

import msgspec

from casework.api.bodies import read
from casework.api.parameters import PAGE, PAGE_SIZE
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, post
from casework.api.workspace.listing import Page, asked
from casework.core.errors import Denied
from casework.core.permission import ACCOUNT, Principal
from casework.operations import workspaces
from casework.operations.services import Services
from casework.operations.workspaces import Membership


class NewWorkspace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A workspace to be made."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class WorkspaceResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A workspace as its member sees it."""

    id: int
    uuid: UUID
    name: str
    member_id: int
    role: str


EXAMPLE = WorkspaceResponse(
    id=1, uuid=UUID("018d7c5e-1a00-7000-8000-000000000001"), name="Support", member_id=1, role="Manager"
)


def shown(membership: Membership) -> WorkspaceResponse:
    """A membership on the wire."""
    return WorkspaceResponse(**msgspec.structs.asdict(membership))


@get(
    "/",
    ACCOUNT,
    Operation(summary="List one's workspaces", query=[PAGE, PAGE_SIZE], answer=Page[WorkspaceResponse]),
)
async def list_own(request: HttpRequest, services: Services, principal: Principal) -> HttpResponse:
    """The workspaces that the caller is a member of."""
    page = asked(request)
    if principal.account_id is None:
        raise Denied("This key acts as a workspace and is no member of any.")
    found, total = await workspaces.page(services, principal.account_id, limit=page.size, offset=page.offset)
    return json_response(page.of([shown(one) for one in found], total))


@post(
    "/",
    ACCOUNT,
    Operation(
        summary="Make a workspace",
        status=201,
        body=NewWorkspace,
        body_example=NewWorkspace(name="Support"),
        answer=WorkspaceResponse,
        answer_example=EXAMPLE,
    ),
)
async def create(request: HttpRequest, services: Services, principal: Principal) -> HttpResponse:
    """The caller becomes its first Manager. Keys make no workspaces."""
    wish = await read(request, NewWorkspace)
    return json_response(shown(await workspaces.create_workspace(services, wish.name, principal)), status=201)


handlers = (list_own, create)
