"""Who may do what with a workflow."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from casework.api import once
from casework.api.bodies import Id
from casework.api.bodies import read as read_body
from casework.api.conditional import etag, expected_revision
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, put
from casework.api.workspace.workflows import WORKFLOW_ID
from casework.core.claim import Claim
from casework.core.permission import Grant, WorkflowLevel, workflow
from casework.operations import grants
from casework.operations.grants import GrantWish, WorkflowGrant
from casework.operations.services import Services


class GrantBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A level for a role, by its name, or for a member: one of the two."""

    level: WorkflowLevel
    role: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    member_id: Id | None = None


class GrantResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A level that a role or a member holds."""

    role: str | None = None
    member_id: int | None = None
    level: WorkflowLevel


_EXAMPLE = [GrantResponse(role="User", level="use"), GrantResponse(member_id=1, level="admin")]


@get(
    "/workflows/{workflow_id:str}/grants",
    workflow("admin"),
    Operation(
        summary="Read a workflow's grants",
        path=[WORKFLOW_ID],
        answer=list[GrantResponse],
        answer_example=_EXAMPLE,
        refuses=[404],
    ),
)
async def read(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Roles first. Managers hold admin on every workflow, without a grant."""
    return _answer(*await grants.read(services, grant, WORKFLOW_ID.read(request)))


@put(
    "/workflows/{workflow_id:str}/grants",
    workflow("admin"),
    Operation(
        summary="Set a workflow's grants",
        path=[WORKFLOW_ID],
        body=list[GrantBody],
        body_example=_EXAMPLE,
        answer=list[GrantResponse],
        answer_example=_EXAMPLE,
        refuses=[404, 412, 422],
    ),
)
async def replace(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """These, and no others, from now on."""
    workflow_id = WORKFLOW_ID.read(request)
    bodies = await read_body(request, list[GrantBody])
    revision = expected_revision(request)
    wishes = [GrantWish(level=body.level, role=body.role, member_id=body.member_id) for body in bodies]

    async def act(claim: Claim | None) -> int:
        return await grants.replace(services, grant, workflow_id, wishes, expected_revision=revision, claim=claim)

    async def show(changed: int) -> HttpResponse:
        return _answer(*await grants.current(services, grant, changed))

    return await once.answer(request, services, grant, act, show)


def _answer(found: list[WorkflowGrant], revision: int) -> HttpResponse:
    shown = [GrantResponse(role=one.role, member_id=one.member_id, level=one.level) for one in found]
    return json_response(shown, headers={"etag": etag(revision)})


handlers: tuple[Any, ...] = (read, replace)
