"""Roles of a workspace: names for sets of scopes."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from casework.api import once
from casework.api.bodies import read
from casework.api.conditional import etag, expected_revision
from casework.api.parameters import PAGE, PAGE_SIZE, PathId
from casework.api.render import json_response, no_content
from casework.api.routes import HttpRequest, HttpResponse, Operation, delete, get, post, put
from casework.api.workspace.listing import Page, asked
from casework.core.claim import Claim
from casework.core.permission import Grant, scope
from casework.operations import roles
from casework.operations.roles import Role, RoleWish
from casework.operations.services import Services

ROLE_ID = PathId(name="role_id", description="The role.")

RoleName = Annotated[str, Meta(min_length=1, max_length=100)]
Scopes = Annotated[
    list[Annotated[str, Meta(max_length=50)]],
    Meta(max_length=100, description="category:level; admin implies write, write implies read."),
]


class CreateRoleRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A role to be made."""

    name: RoleName
    scopes: Scopes = msgspec.field(default_factory=list)


class UpdateRoleRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be changed of a role."""

    name: RoleName | UnsetType = UNSET
    scopes: Scopes | UnsetType = UNSET


class RoleResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A role."""

    id: int
    name: str
    scopes: tuple[str, ...]


EXAMPLE = RoleResponse(id=3, name="Lead", scopes=("activities:write", "assignments:read"))
_WISH = {"name": "Lead", "scopes": ["activities:write", "assignments:read"]}


@get(
    "/roles",
    scope("members:read"),
    Operation(summary="List roles", query=[PAGE, PAGE_SIZE], answer=Page[RoleResponse]),
)
async def list_all(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Manager and User first, then the workspace's own."""
    page = asked(request)
    found, total = await roles.page(services, grant, limit=page.size, offset=page.offset)
    return json_response(page.of([_shown(role) for role in found], total))


@post(
    "/roles",
    scope("members:admin"),
    Operation(
        summary="Make a role",
        status=201,
        body=CreateRoleRequest,
        body_example=_WISH,
        answer=RoleResponse,
        answer_example=EXAMPLE,
        refuses=[409, 422],
    ),
)
async def create(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Of scopes that the caller holds."""
    wish = await read(request, CreateRoleRequest)

    async def act(claim: Claim | None) -> int:
        return await roles.create(services, grant, wish.name, wish.scopes, claim)

    async def show(role_id: int) -> HttpResponse:
        return _answer(await roles.read(services, grant, role_id), status=201)

    return await once.answer(request, services, grant, act, show)


@put(
    "/roles/{role_id:str}",
    scope("members:admin"),
    Operation(
        summary="Change a role",
        path=[ROLE_ID],
        body=UpdateRoleRequest,
        body_example=_WISH,
        answer=RoleResponse,
        answer_example=EXAMPLE,
        refuses=[404, 409, 412, 422],
    ),
)
async def change(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Whoever has the role has its new scopes at once. Manager and User stay as they are."""
    role_id = ROLE_ID.read(request)
    body = await read(request, UpdateRoleRequest)
    revision = expected_revision(request)
    wish = RoleWish(
        name=None if body.name is UNSET else body.name, scopes=None if body.scopes is UNSET else body.scopes
    )

    async def act(claim: Claim | None) -> int:
        return await roles.change(services, grant, role_id, wish, expected_revision=revision, claim=claim)

    async def show(changed: int) -> HttpResponse:
        return _answer(await roles.read(services, grant, changed))

    return await once.answer(request, services, grant, act, show)


@delete(
    "/roles/{role_id:str}",
    scope("members:admin"),
    Operation(summary="Delete a role", path=[ROLE_ID], status=204, refuses=[404, 409, 412]),
)
async def remove(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """A role that nobody has."""
    await roles.delete(services, grant, ROLE_ID.read(request), expected_revision=expected_revision(request))
    return no_content()


def _shown(role: Role) -> RoleResponse:
    return RoleResponse(id=role.id, name=role.name, scopes=role.scopes)


def _answer(role: Role, *, status: int = 200) -> HttpResponse:
    return json_response(_shown(role), status=status, headers={"etag": etag(role.revision)})


handlers = (list_all, create, change, remove)
