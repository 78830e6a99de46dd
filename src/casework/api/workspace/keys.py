"""API keys of a workspace."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from casework.api import once
from casework.api.bodies import Id, read, utc
from casework.api.parameters import PAGE, PAGE_SIZE, PathId
from casework.api.render import Instant, instant, json_response, no_content
from casework.api.routes import HttpRequest, HttpResponse, Operation, delete, get, post
from casework.api.workspace.listing import Page, asked
from casework.api.workspace.roles import Scopes
from casework.core.claim import Claim
from casework.core.permission import Grant, own_or
from casework.operations import keys
from casework.operations.keys import Key, KeyWish
from casework.operations.services import Services

KEY_ID = PathId(name="key_id", description="The key.")


class CreateKeyRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A key to be made: the caller's own, another member's (keys:admin), or the workspace's (keys:admin)."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    member_id: Id | None = None
    workspace_owned: bool = False
    scopes: Scopes | None = None
    expires_at: datetime | None = None


class KeyResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A key without its secret. memberId is null for one that acts as the workspace."""

    id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    member_id: int | None
    member_name: str | None
    workspace_owned: bool
    created_at: Instant
    expires_at: Instant | None
    used_at: Instant | None


class CreatedKeyResponse(KeyResponse, frozen=True, kw_only=True, rename="camel"):
    """A key that was just made, with its secret, which is shown here alone."""

    key: str


_FIELDS: dict[str, Any] = {
    "id": 5,
    "name": "nightly import",
    "prefix": "cw_k3v5tq2m4n7p6r8s",
    "scopes": ("assignments:write",),
    "member_id": 7,
    "member_name": "Ada",
    "workspace_owned": False,
    "created_at": "2024-02-04T12:00:00.000Z",
    "expires_at": None,
    "used_at": None,
}


@get(
    "/keys",
    own_or("keys:read"),
    Operation(
        summary="List API keys",
        query=[PAGE, PAGE_SIZE],
        answer=Page[KeyResponse],
        answer_example=Page(items=[KeyResponse(**_FIELDS)], total=1, page=1, page_size=50),
    ),
)
async def list_all(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """One's own, newest first; with keys:read everybody's and the workspace's."""
    page = asked(request)
    found, total = await keys.page(services, grant, limit=page.size, offset=page.offset)
    return json_response(page.of([KeyResponse(**_fields(key)) for key in found], total))


@post(
    "/keys",
    own_or("keys:admin"),
    Operation(
        summary="Make an API key",
        status=201,
        body=CreateKeyRequest,
        body_example={"name": "nightly import", "scopes": ["assignments:write"]},
        answer=CreatedKeyResponse,
        answer_example=CreatedKeyResponse(**_FIELDS, key="cw_k3v5tq2m4n7p6r8s_..."),
        refuses=[422],
    ),
)
async def create(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Its secret is in this answer and nowhere else. It never gives more than its maker holds."""
    body = await read(request, CreateKeyRequest)
    wish = KeyWish(
        name=body.name,
        member_id=body.member_id,
        is_workspaces=body.workspace_owned,
        scopes=body.scopes,
        expires_at=utc(body.expires_at, "expiresAt") if body.expires_at else None,
    )
    secret = await once.key_of(request, grant)

    async def act(claim: Claim | None) -> dict[str, Any]:
        return await keys.create(services, grant, wish, claim=claim, seal=secret.seal_text if secret else str)

    async def show(reference: dict[str, Any]) -> HttpResponse:
        text = secret.unseal_text(reference["text"]) if secret else reference["text"]
        key = await keys.read_by_uuid(services, grant, UUID(reference["uuid"]))
        return json_response(CreatedKeyResponse(**_fields(key), key=text), status=201)

    return await once.answer(request, services, grant, act, show)


@delete(
    "/keys/{key_id:str}",
    own_or("keys:admin"),
    Operation(summary="Revoke an API key", path=[KEY_ID], status=204, refuses=[404]),
)
async def revoke(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """It ends at once, with every token that was given for it."""
    await keys.revoke(services, grant, KEY_ID.read(request))
    return no_content()


def _fields(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": tuple(sorted(key.scopes)),
        "member_id": key.member_id,
        "member_name": key.member_name,
        "workspace_owned": key.member_id is None,
        "created_at": instant(key.created_at),
        "expires_at": instant(key.expires_at),
        "used_at": instant(key.used_at),
    }


handlers = (list_all, create, revoke)
