"""Secrets of a workspace: what its automation needs to know and nobody needs to see."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from casework.api import once
from casework.api.bodies import read
from casework.api.parameters import PAGE, PAGE_SIZE, PathId
from casework.api.render import Instant, instant, json_response, no_content
from casework.api.routes import HttpRequest, HttpResponse, Operation, delete, get, post, put
from casework.api.workspace.listing import Page, asked
from casework.core.claim import Claim
from casework.core.permission import Grant, scope
from casework.operations import secrets
from casework.operations.secrets import Secret
from casework.operations.services import Services

SECRET_ID = PathId(name="secret_id", description="The secret.")

Value = Annotated[str, Meta(min_length=1, max_length=16 * 1024)]
"""As long as a private key or a certificate with its chain."""


Name = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,99}$(?!\n)", max_length=100)]
"""What a definition can write without quotes; a newline at the end, which `$` lets pass, is refused too."""


class CreateSecretRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A secret to be kept, under the name that workflows call it by."""

    name: Name
    value: Value


class ChangeSecretRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """The value that takes the place of the old one."""

    value: Value


class SecretResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A secret without its value, which is never shown. lastUsedAt is right to the minute."""

    id: int
    name: str
    created_at: Instant
    updated_at: Instant
    last_used_at: Instant | None


_EXAMPLE = SecretResponse(
    id=3,
    name="crm_token",
    created_at="2024-02-04T12:00:00.000Z",
    updated_at="2024-02-04T12:00:00.000Z",
    last_used_at=None,
)


@get(
    "/secrets",
    scope("secrets:read"),
    Operation(
        summary="List secrets",
        query=[PAGE, PAGE_SIZE],
        answer=Page[SecretResponse],
        answer_example=Page(items=[_EXAMPLE], total=1, page=1, page_size=50),
    ),
)
async def list_all(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """By name, without their values."""
    page = asked(request)
    found, total = await secrets.page(services, grant, limit=page.size, offset=page.offset)
    return json_response(page.of([_shown(one) for one in found], total))


@post(
    "/secrets",
    scope("secrets:write"),
    Operation(
        summary="Keep a secret",
        status=201,
        body=CreateSecretRequest,
        body_example={"name": "crm_token", "value": "correct horse battery staple"},
        answer=SecretResponse,
        answer_example=_EXAMPLE,
        refuses=[409, 422, 429],
    ),
)
async def create(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Its value is sealed, and not shown again to anybody. 409 where the name is taken, or the server has no key."""
    body = await read(request, CreateSecretRequest)

    async def act(claim: Claim | None) -> int:
        return await secrets.create(services, grant, body.name, body.value, claim=claim)

    async def show(reference: int) -> HttpResponse:
        return json_response(_shown(await secrets.read(services, grant, reference)), status=201)

    return await once.answer(request, services, grant, act, show)


@put(
    "/secrets/{secret_id:str}",
    scope("secrets:write"),
    Operation(
        summary="Replace a secret's value",
        path=[SECRET_ID],
        body=ChangeSecretRequest,
        body_example={"value": "another one"},
        answer=SecretResponse,
        answer_example=_EXAMPLE,
        refuses=[404, 409, 422],
    ),
)
async def change(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """What opens it from then on gets the new value."""
    secret_id = SECRET_ID.read(request)
    body = await read(request, ChangeSecretRequest)

    async def act(claim: Claim | None) -> int:
        return await secrets.change(services, grant, secret_id, body.value, claim=claim)

    async def show(reference: int) -> HttpResponse:
        return json_response(_shown(await secrets.read(services, grant, reference)))

    return await once.answer(request, services, grant, act, show)


@delete(
    "/secrets/{secret_id:str}",
    scope("secrets:write"),
    Operation(summary="Forget a secret", path=[SECRET_ID], status=204, refuses=[404]),
)
async def remove(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """For good; whatever names it fails from then on."""
    await secrets.delete(services, grant, SECRET_ID.read(request))
    return no_content()


def _shown(secret: Secret) -> SecretResponse:
    instants: dict[str, Any] = {
        "created_at": instant(secret.created_at),
        "updated_at": instant(secret.updated_at),
        "last_used_at": instant(secret.used_at),
    }
    return SecretResponse(id=secret.id, name=secret.name, **instants)


handlers = (list_all, create, change, remove)
