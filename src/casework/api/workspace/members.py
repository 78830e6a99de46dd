"""Members of a workspace."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from casework.api import once
from casework.api.bodies import read
from casework.api.conditional import etag, expected_revision
from casework.api.parameters import PAGE, PAGE_SIZE, PathId
from casework.api.render import Instant, instant, json_response, no_content
from casework.api.routes import HttpRequest, HttpResponse, Operation, delete, get, post, put
from casework.api.workspace.listing import Page, asked
from casework.core.claim import Claim
from casework.core.permission import Grant, own_or, scope
from casework.operations import capacity, members
from casework.operations.members import Member
from casework.operations.people import (
    Capacity,
    Email,
    ExternalId,
    MemberWish,
    Name,
    NewMember,
    Password,
    Phone,
    Word,
    Words,
)
from casework.operations.services import Services

IMPORT_MAX = 500
"""Members in one import."""

MEMBER_ID = PathId(name="member_id", description="The member: an account in this workspace.")


class UpdateMemberRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What is to be changed of a member."""

    name: Name | UnsetType = UNSET
    phone: Phone | UnsetType | None = UNSET
    role: Word | UnsetType = UNSET
    actor_roles: Words | UnsetType = UNSET
    is_supervisor: bool | UnsetType = UNSET
    capacity: Capacity | UnsetType | None = UNSET
    available: bool | UnsetType = UNSET
    labels: Words | UnsetType = UNSET
    external_id: ExternalId | UnsetType | None = UNSET
    data: dict[str, Any] | UnsetType = UNSET
    form_data: dict[str, Any] | UnsetType = UNSET


class CreateMemberRequest(UpdateMemberRequest, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Somebody to become a member. The password counts only where the account is new."""

    email: Email
    password: Password | UnsetType = UNSET


class ImportMembersRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """People to become members; who is one already stays as it is."""

    members: Annotated[list[CreateMemberRequest], msgspec.Meta(min_length=1, max_length=IMPORT_MAX)]


class AvailabilityRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether work may be handed to the member."""

    available: bool


class MemberResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A member.

    role: the name of one. actorRoles: the roles of tasks that it can take. capacity: activities that it may have at
    once; null is what the workspace says. available: for what is handed out.
    """

    id: int
    account_id: int
    account_uuid: UUID
    email: str
    name: str
    phone: str | None
    role: str
    actor_roles: tuple[str, ...]
    is_supervisor: bool
    capacity: int | None
    available: bool
    labels: tuple[str, ...]
    external_id: str | None
    data: dict[str, Any]
    form_data: dict[str, Any]
    created_at: Instant


class ImportMembersResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How many became members, how many were already, and the new ones."""

    created: int
    existing: int
    items: list[MemberResponse]


EXAMPLE = MemberResponse(
    id=7,
    account_id=12,
    account_uuid=UUID("018d7c5e-1a00-7000-8000-00000000000c"),
    email="ada@example.com",
    name="Ada",
    phone=None,
    role="User",
    actor_roles=("agent",),
    is_supervisor=False,
    capacity=None,
    available=True,
    labels=(),
    external_id=None,
    data={},
    form_data={},
    created_at="2024-02-04T12:00:00.000Z",
)
_NEW = {"email": "ada@example.com", "name": "Ada", "password": "correct horse battery", "actorRoles": ["agent"]}


def shown(member: Member) -> MemberResponse:
    """A member on the wire."""
    fields = {name: getattr(member, name) for name in MemberResponse.__struct_fields__ if name != "available"}
    return MemberResponse(**{**fields, "available": member.is_available, "created_at": instant(member.created_at)})


@get(
    "/members",
    scope("members:read"),
    Operation(summary="List members", query=[PAGE, PAGE_SIZE], answer=Page[MemberResponse]),
)
async def list_all(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Everybody in the workspace, in the order of their ids."""
    page = asked(request)
    found, total = await members.page(services, grant, limit=page.size, offset=page.offset)
    return json_response(page.of([shown(member) for member in found], total))


@get(
    "/members/{member_id:str}",
    own_or("members:read"),
    Operation(summary="Read a member", path=[MEMBER_ID], answer=MemberResponse, answer_example=EXAMPLE, refuses=[404]),
)
async def read_one(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Oneself, or with members:read anybody."""
    return _answer(await members.read(services, grant, MEMBER_ID.read(request)))


@post(
    "/members",
    scope("members:write"),
    Operation(
        summary="Add a member",
        status=201,
        body=CreateMemberRequest,
        body_example=_NEW,
        answer=MemberResponse,
        answer_example=EXAMPLE,
        refuses=[409, 422],
    ),
)
async def add(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Without a role it becomes a User. Another role needs members:admin, and no scope that the caller lacks."""
    wish = NewMember(**_wish(await read(request, CreateMemberRequest)))

    async def act(claim: Claim | None) -> int:
        return await members.add(services, grant, wish, claim)

    async def show(member_id: int) -> HttpResponse:
        (member,) = await members.read_all(services, grant, [member_id])
        return _answer(member, status=201)

    return await once.answer(request, services, grant, act, show)


@post(
    "/members/import",
    scope("members:write"),
    Operation(
        summary="Add many members",
        body=ImportMembersRequest,
        body_example={"members": [_NEW]},
        answer=ImportMembersResponse,
        answer_example=ImportMembersResponse(created=1, existing=0, items=[EXAMPLE]),
        refuses=[409, 422],
    ),
)
async def add_many(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """All or none: one that is wrong refuses the whole. Who is a member already stays as it is."""
    body = await read(request, ImportMembersRequest)
    people = [NewMember(**_wish(one)) for one in body.members]

    async def act(claim: Claim | None) -> list[int]:
        return await members.add_all(services, grant, people, claim)

    async def show(made: list[int]) -> HttpResponse:
        items = [shown(member) for member in await members.read_all(services, grant, made)]
        return json_response(ImportMembersResponse(created=len(made), existing=len(people) - len(made), items=items))

    return await once.answer(request, services, grant, act, show)


@put(
    "/members/{member_id:str}",
    scope("members:write"),
    Operation(
        summary="Change a member",
        path=[MEMBER_ID],
        body=UpdateMemberRequest,
        body_example={"role": "Manager", "labels": ["night shift"]},
        answer=MemberResponse,
        answer_example=EXAMPLE,
        refuses=[404, 409, 412, 422],
    ),
)
async def change(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Only what is sent is changed. Another role needs members:admin; the last Manager stays one."""
    member_id = MEMBER_ID.read(request)
    wish = MemberWish(**_wish(await read(request, UpdateMemberRequest)))
    revision = expected_revision(request)

    async def act(claim: Claim | None) -> int:
        return await members.change(services, grant, member_id, wish, expected_revision=revision, claim=claim)

    async def show(changed: int) -> HttpResponse:
        (member,) = await members.read_all(services, grant, [changed])
        return _answer(member)

    return await once.answer(request, services, grant, act, show)


@put(
    "/members/{member_id:str}/availability",
    own_or("members:write"),
    Operation(
        summary="Say whether a member is available",
        path=[MEMBER_ID],
        body=AvailabilityRequest,
        body_example=AvailabilityRequest(available=False),
        answer=MemberResponse,
        answer_example=EXAMPLE,
        refuses=[404, 422],
    ),
)
async def set_availability(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Oneself, or with members:write anybody. Who is not available is handed nothing, and may still take work."""
    member_id = MEMBER_ID.read(request)
    body = await read(request, AvailabilityRequest)

    async def act(claim: Claim | None) -> int:
        return await capacity.set_available(services, grant, member_id, is_available=body.available, claim=claim)

    async def show(changed: int) -> HttpResponse:
        (member,) = await members.read_all(services, grant, [changed])
        return _answer(member)

    return await once.answer(request, services, grant, act, show)


@delete(
    "/members/{member_id:str}",
    scope("members:admin"),
    Operation(summary="Remove a member", path=[MEMBER_ID], status=204, refuses=[404, 409, 412]),
)
async def remove(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Its rights and its keys end at once; what it did stays on record."""
    await members.remove(services, grant, MEMBER_ID.read(request), expected_revision=expected_revision(request))
    return no_content()


def _wish(body: UpdateMemberRequest) -> dict[str, Any]:
    """What was sent, by the names of the operations."""
    fields = msgspec.structs.asdict(body)
    fields["is_available"] = fields.pop("available")
    return fields


def _answer(member: Member, *, status: int = 200) -> HttpResponse:
    return json_response(shown(member), status=status, headers={"etag": etag(member.revision)})


handlers = (list_all, read_one, add, add_many, change, set_availability, remove)
