"""Webhooks of a workspace: where its facts are told."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from casework.api import once
from casework.api.bodies import Id, read
from casework.api.conditional import etag, expected_revision
from casework.api.parameters import PAGE, PAGE_SIZE, PathId
from casework.api.render import Instant, instant, json_response, no_content
from casework.api.routes import HttpRequest, HttpResponse, Operation, delete, get, post, put
from casework.api.workspace.listing import Page, asked
from casework.core.claim import Claim
from casework.core.permission import Grant, scope
from casework.operations import webhooks
from casework.operations.services import Services
from casework.operations.webhooks import EVERYTHING, Webhook, WebhookWish

WEBHOOK_ID = PathId(name="webhook_id", description="The webhook.")

Url = Annotated[str, Meta(min_length=1, max_length=2000)]
Name = Annotated[str, Meta(max_length=200)]
Types = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=100)], ...], Meta(min_length=1, max_length=50)]


class CreateWebhookRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A webhook to be made. events: types of facts, or `*`. workflowId: only facts about its runs."""

    url: Url
    events: Types = (EVERYTHING,)
    name: Name = ""
    workflow_id: Id | None = None


class UpdateWebhookRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What is to be changed of a webhook."""

    url: Url | UnsetType = UNSET
    events: Types | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    workflow_id: Id | UnsetType | None = UNSET
    disabled: bool | UnsetType = UNSET


class WebhookResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A webhook without its secret. disabledReason: asked, failing (for days) or gone (it answered 410)."""

    id: int
    uuid: UUID
    name: str
    url: str
    events: Sequence[str]
    workflow_id: int | None
    disabled: bool
    disabled_reason: str | None
    failing_since: Instant | None
    created_at: Instant
    updated_at: Instant


class SecretWebhookResponse(WebhookResponse, frozen=True, kw_only=True, rename="camel"):
    """A webhook with its new secret, which is shown here alone."""

    secret: str


_FIELDS: dict[str, Any] = {
    "id": 4,
    "uuid": UUID("018d7c5e-1a00-7000-8000-000000000004"),
    "name": "to the warehouse",
    "url": "https://example.com/hook",
    "events": ("run.completed", "run.failed"),
    "workflow_id": None,
    "disabled": False,
    "disabled_reason": None,
    "failing_since": None,
    "created_at": "2024-02-04T12:00:00.000Z",
    "updated_at": "2024-02-04T12:00:00.000Z",
}
_EXAMPLE = WebhookResponse(**_FIELDS)
_SECRET_EXAMPLE = SecretWebhookResponse(**_FIELDS | {"secret": "whsec_..."})


@get(
    "/webhooks",
    scope("webhooks:read"),
    Operation(
        summary="List webhooks",
        query=[PAGE, PAGE_SIZE],
        answer=Page[WebhookResponse],
        answer_example=Page(items=[_EXAMPLE], total=1, page=1, page_size=50),
    ),
)
async def list_all(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Oldest first."""
    page = asked(request)
    found, total = await webhooks.page(services, grant, limit=page.size, offset=page.offset)
    return json_response(page.of([WebhookResponse(**_fields(one)) for one in found], total))


@post(
    "/webhooks",
    scope("webhooks:write"),
    Operation(
        summary="Make a webhook",
        status=201,
        body=CreateWebhookRequest,
        body_example={"url": "https://example.com/hook", "events": ["run.completed", "run.failed"]},
        answer=SecretWebhookResponse,
        answer_example=_SECRET_EXAMPLE,
        refuses=[409, 422, 429],
    ),
)
async def create(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """It is told what is recorded from now on. Its secret is in this answer and nowhere else."""
    wish = WebhookWish(**msgspec.structs.asdict(await read(request, CreateWebhookRequest)))
    seal = await once.key_of(request, grant)

    async def act(claim: Claim | None) -> dict[str, Any]:
        return await webhooks.create(services, grant, wish, claim=claim, seal=seal.seal_text if seal else str)

    async def show(reference: dict[str, Any]) -> HttpResponse:
        return await _with_secret(services, grant, reference, seal, status=201)

    return await once.answer(request, services, grant, act, show)


@get(
    "/webhooks/{webhook_id:str}",
    scope("webhooks:read"),
    Operation(
        summary="Read a webhook", path=[WEBHOOK_ID], answer=WebhookResponse, answer_example=_EXAMPLE, refuses=[404]
    ),
)
async def read_one(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Without its secret."""
    return _answer(await webhooks.read(services, grant, WEBHOOK_ID.read(request)))


@put(
    "/webhooks/{webhook_id:str}",
    scope("webhooks:write"),
    Operation(
        summary="Change a webhook",
        path=[WEBHOOK_ID],
        body=UpdateWebhookRequest,
        body_example={"events": ["*"], "disabled": False},
        answer=WebhookResponse,
        answer_example=_EXAMPLE,
        refuses=[404, 412, 422],
    ),
)
async def change(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Only what is sent is changed. One that is enabled again is told what is recorded from then on."""
    webhook_id = WEBHOOK_ID.read(request)
    sent = msgspec.structs.asdict(await read(request, UpdateWebhookRequest))
    wish = WebhookWish(**{name: value for name, value in sent.items() if value is not UNSET})
    revision = expected_revision(request)

    async def act(claim: Claim | None) -> int:
        return await webhooks.change(services, grant, webhook_id, wish, expected_revision=revision, claim=claim)

    async def show(reference: int) -> HttpResponse:
        return _answer(await webhooks.read(services, grant, reference))

    return await once.answer(request, services, grant, act, show)


@delete(
    "/webhooks/{webhook_id:str}",
    scope("webhooks:write"),
    Operation(summary="Remove a webhook", path=[WEBHOOK_ID], status=204, refuses=[404]),
)
async def remove(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """What waits for it is not sent."""
    await webhooks.remove(services, grant, WEBHOOK_ID.read(request))
    return no_content()


@post(
    "/webhooks/{webhook_id:str}/rotate-secret",
    scope("webhooks:write"),
    Operation(
        summary="Give a webhook a new secret",
        path=[WEBHOOK_ID],
        answer=SecretWebhookResponse,
        answer_example=_SECRET_EXAMPLE,
        refuses=[404, 409, 422],
    ),
)
async def rotate(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Shown here alone. For a day messages are signed with the one before as well."""
    webhook_id = WEBHOOK_ID.read(request)
    seal = await once.key_of(request, grant)

    async def act(claim: Claim | None) -> dict[str, Any]:
        sealing = seal.seal_text if seal else str
        return await webhooks.rotate(services, grant, webhook_id, claim=claim, seal=sealing)

    async def show(reference: dict[str, Any]) -> HttpResponse:
        return await _with_secret(services, grant, reference, seal, status=200)

    return await once.answer(request, services, grant, act, show)


async def _with_secret(
    services: Services, grant: Grant, reference: dict[str, Any], seal: once.Key | None, *, status: int
) -> HttpResponse:
    webhook = await webhooks.read(services, grant, reference["id"])
    secret = seal.unseal_text(reference["secret"]) if seal else reference["secret"]
    body = SecretWebhookResponse(**_fields(webhook), secret=secret)
    return json_response(body, status=status, headers={"etag": etag(webhook.revision)})


def _answer(webhook: Webhook) -> HttpResponse:
    return json_response(WebhookResponse(**_fields(webhook)), headers={"etag": etag(webhook.revision)})


def _fields(webhook: Webhook) -> dict[str, Any]:
    fields = {name: getattr(webhook, name) for name in ("id", "uuid", "name", "url", "events", "workflow_id")}
    return fields | {
        "disabled": webhook.disabled_at is not None,
        "disabled_reason": webhook.disabled_reason,
        "failing_since": instant(webhook.failing_since),
        "created_at": instant(webhook.created_at),
        "updated_at": instant(webhook.updated_at),
    }


handlers = (list_all, create, read_one, change, remove, rotate)
