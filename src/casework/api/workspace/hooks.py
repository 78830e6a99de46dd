"""Hooks: addresses that other systems call to start runs. What they call is in `casework.api.hooks`."""

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
from casework.api.workspace.schedules import TriggerName
from casework.core.claim import Claim
from casework.core.permission import Grant, workflow
from casework.operations import hooks
from casework.operations.hooks import Hook, HookKind, HookWish
from casework.operations.services import Services

HOOK_ID = PathId(name="hook_id", description="The hook.")

CALLS_PER_MINUTE = 300
"""By default: far more than a system sends that sends one call an event, far less than could crowd out people."""

Expression = Annotated[str, Meta(min_length=1, max_length=2000)]
Expressions = Annotated[
    dict[Annotated[str, Meta(min_length=1, max_length=200)], Expression],
    Meta(max_length=100, description="An expression (CEL) over body, headers and query for each field of the input."),
]
HeaderNames = Annotated[
    list[Annotated[str, Meta(pattern="^[A-Za-z0-9-]{1,100}$")]],
    Meta(max_length=20, description="The headers that expressions see, as headers['x-event'], in lower case."),
]
CallsPerMinute = Annotated[int, Meta(ge=1, le=6000)]


class CreateHookRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A hook to be made.

    kind: how a caller proves that it knows the secret: by sending it (bearer), by signing the body with it
    (hmac_sha256), or as Standard Webhooks has it. input: without any expression the body itself is the input.
    externalId: an expression; calls for which it is the same start one run.
    """

    workflow_id: Id
    name: TriggerName
    kind: HookKind = "bearer"
    input: Expressions = msgspec.field(default_factory=dict)
    headers: HeaderNames = msgspec.field(default_factory=list)
    external_id: Expression | None = None
    enabled: bool = True
    calls_per_minute: CallsPerMinute = CALLS_PER_MINUTE


class UpdateHookRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What is to be changed of a hook."""

    name: TriggerName | UnsetType = UNSET
    input: Expressions | UnsetType = UNSET
    headers: HeaderNames | UnsetType = UNSET
    external_id: Expression | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET
    calls_per_minute: CallsPerMinute | UnsetType = UNSET


class HookResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A hook without its secret. path: where it is called, on this server."""

    id: int
    uuid: UUID
    path: str
    workflow_id: int
    workflow_name: str
    name: str
    kind: HookKind
    input: dict[str, str]
    headers: tuple[str, ...]
    external_id: str | None
    enabled: bool
    calls_per_minute: int
    created_at: Instant | None
    updated_at: Instant | None


class SecretHookResponse(HookResponse, frozen=True, kw_only=True, rename="camel"):
    """A hook with its secret, which is shown here alone."""

    secret: str


_WISH = {
    "workflowId": 7,
    "name": "Shop orders",
    "kind": "standard_webhooks",
    "input": {"order": "body.data.id", "event": "headers['x-event']"},
    "headers": ["x-event"],
    "externalId": "body.data.id",
}
_FIELDS: dict[str, Any] = {
    "id": 4,
    "uuid": UUID("018d7c5e-1a00-7000-8000-000000000004"),
    "path": "/hooks/018d7c5e-1a00-7000-8000-000000000004",
    "workflow_id": 7,
    "workflow_name": "Expenses",
    "name": "Shop orders",
    "kind": "standard_webhooks",
    "input": {"order": "body.data.id", "event": "headers['x-event']"},
    "headers": ("x-event",),
    "external_id": "body.data.id",
    "enabled": True,
    "calls_per_minute": CALLS_PER_MINUTE,
    "created_at": "2024-02-04T12:00:00.000Z",
    "updated_at": "2024-02-04T12:00:00.000Z",
}
EXAMPLE = HookResponse(**_FIELDS)
_SECRET_EXAMPLE = SecretHookResponse(**_FIELDS | {"secret": "whsec_..."})


@get(
    "/hooks",
    workflow("edit"),
    Operation(
        summary="List hooks",
        query=[PAGE, PAGE_SIZE],
        answer=Page[HookResponse],
        answer_example={"items": [EXAMPLE], "total": 1, "page": 1, "pageSize": 50},
    ),
)
async def list_all(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Newest first: those of workflows that the caller may edit."""
    page = asked(request)
    found, total = await hooks.page(services, grant, limit=page.size, offset=page.offset)
    return json_response(page.of([HookResponse(**_fields(one)) for one in found], total))


@post(
    "/hooks",
    workflow("edit"),
    Operation(
        summary="Make a hook",
        status=201,
        body=CreateHookRequest,
        body_example=_WISH,
        answer=SecretHookResponse,
        answer_example=_SECRET_EXAMPLE,
        refuses=[404, 422],
    ),
)
async def create(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Its secret is in this answer and nowhere else."""
    body = await read(request, CreateHookRequest)
    wish = HookWish(workflow_id=body.workflow_id, kind=body.kind, **_plan(body))
    key = await once.key_of(request, grant)
    seal = key.seal_text if key else str

    async def act(claim: Claim | None) -> dict[str, Any]:
        return await hooks.create(services, grant, wish, claim=claim, seal=seal)

    return await once.answer(request, services, grant, act, _shows_secret(services, grant, key, status=201))


@get(
    "/hooks/{hook_id:str}",
    workflow("edit"),
    Operation(summary="Read a hook", path=[HOOK_ID], answer=HookResponse, answer_example=EXAMPLE, refuses=[404]),
)
async def read_one(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Without its secret, which nobody is told again."""
    return _answer(await hooks.read(services, grant, HOOK_ID.read(request)))


@put(
    "/hooks/{hook_id:str}",
    workflow("edit"),
    Operation(
        summary="Change a hook",
        path=[HOOK_ID],
        body=UpdateHookRequest,
        body_example={"externalId": "body.id", "callsPerMinute": 60},
        answer=HookResponse,
        answer_example=EXAMPLE,
        refuses=[404, 412, 422],
    ),
)
async def change(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Only what is sent is changed; calls go by it at once."""
    hook_id = HOOK_ID.read(request)
    fields = _plan(await read(request, UpdateHookRequest))
    revision = expected_revision(request)

    async def act(claim: Claim | None) -> int:
        return await hooks.change(services, grant, hook_id, fields, expected_revision=revision, claim=claim)

    async def show(changed: int) -> HttpResponse:
        return _answer(await hooks.read(services, grant, changed))

    return await once.answer(request, services, grant, act, show)


@delete(
    "/hooks/{hook_id:str}",
    workflow("edit"),
    Operation(summary="Delete a hook", path=[HOOK_ID], status=204, refuses=[404, 412]),
)
async def remove(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Calls of it are refused from then on; its runs go on."""
    hook_id = HOOK_ID.read(request)
    await hooks.delete(services, grant, hook_id, expected_revision=expected_revision(request))
    return no_content()


@post(
    "/hooks/{hook_id:str}/rotate-secret",
    workflow("edit"),
    Operation(
        summary="Give a hook another secret",
        path=[HOOK_ID],
        answer=SecretHookResponse,
        answer_example=_SECRET_EXAMPLE,
        refuses=[404, 422],
    ),
)
async def rotate_secret(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """The one that it had is good for nothing from then on."""
    hook_id = HOOK_ID.read(request)
    key = await once.key_of(request, grant)
    seal = key.seal_text if key else str

    async def act(claim: Claim | None) -> dict[str, Any]:
        return await hooks.rotate_secret(services, grant, hook_id, claim=claim, seal=seal)

    return await once.answer(request, services, grant, act, _shows_secret(services, grant, key))


def _plan(body: CreateHookRequest | UpdateHookRequest) -> dict[str, Any]:
    """What was sent of the plan, as it is kept."""
    fields = {
        name: value
        for name, value in msgspec.structs.asdict(body).items()
        if value is not UNSET and name not in ("workflow_id", "kind")
    }
    if "enabled" in fields:
        fields["is_enabled"] = fields.pop("enabled")
    if "headers" in fields:
        fields["headers"] = tuple(name.lower() for name in fields["headers"])
    return fields


def _shows_secret(services: Services, grant: Grant, key: once.Key | None, *, status: int = 200) -> once.Show:
    async def show(reference: dict[str, Any]) -> HttpResponse:
        secret = key.unseal_text(reference["secret"]) if key else reference["secret"]
        hook = await hooks.read(services, grant, reference["hook_id"])
        shown = SecretHookResponse(**_fields(hook), secret=secret)
        return json_response(shown, status=status, headers={"etag": etag(hook.revision)})

    return show


def _fields(hook: Hook) -> dict[str, Any]:
    other = ("path", "enabled")
    fields = {name: getattr(hook, name) for name in HookResponse.__struct_fields__ if name not in other}
    instants = {name: instant(value) for name, value in fields.items() if name.endswith("_at")}
    return {**fields, **instants, "path": f"/hooks/{hook.uuid}", "enabled": hook.is_enabled}


def _answer(hook: Hook) -> HttpResponse:
    return json_response(HookResponse(**_fields(hook)), headers={"etag": etag(hook.revision)})


handlers = (list_all, create, read_one, change, remove, rotate_secret)
