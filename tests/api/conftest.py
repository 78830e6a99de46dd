"""A small application of the foundation alone: routes on every surface that do what a test asks of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import msgspec
import pytest
from litestar import Litestar, Router

from casework.api import once
from casework.api.app import create_app
from casework.api.bodies import Id, read
from casework.api.conditional import expected_revision
from casework.api.parameters import Count, PathId, PathUuid
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, post
from casework.clock import SystemClock
from casework.core import errors
from casework.core.claim import Claim
from casework.core.permission import ANYONE, MEMBER, Grant, scope
from casework.operations import once as claims
from casework.operations.services import Services
from casework.settings import Settings
from casework.wiring import assembled

PREFIXES = {
    "workspace": "/api/v2/w",
    "chats": "/api/chats",
    "analytics": "/analytics",
    "activities": "/api/v3/workflow",
    "auth": "/api/auth",
    "system": "/probe",
}
RAISED = {
    "unauthenticated": errors.Unauthenticated("Who are you?"),
    "denied": errors.Denied("You may not."),
    "absent": errors.NotFound("There is none."),
    "conflict": errors.Conflict("It is completed."),
    "stale": errors.PreconditionFailed("It changed."),
    "invalid": errors.Invalid(
        "amount: is required. name: is too long.",
        (
            errors.Problem(path="/data/amount", message="is required."),
            errors.Problem(path="/data/name", message="is too long."),
        ),
    ),
    "limited": errors.LimitExceeded("Too often.", retry_after=7),
    "unavailable": errors.Unavailable("Not now.", retry_after=3),
    "unexpected": ZeroDivisionError("secret detail"),
}
SIZE = Count(name="page_size", default=25, minimum=1, maximum=1000)


class Echoed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(max_length=200_000)] = ""
    amount: int = 0
    member_id: Id | None = None
    parts: list[dict[str, Any]] = msgspec.field(default_factory=list)
    data: Any = None


@post("/echo", ANYONE, Operation(summary="Echo", body=Echoed))
async def echo(request: HttpRequest) -> HttpResponse:
    return json_response(await read(request, Echoed))


@get("/raise/{kind:str}", ANYONE, Operation(summary="Raise"))
async def fail(request: HttpRequest) -> HttpResponse:
    raise RAISED[request.path_params["kind"]]


@get("/sized", ANYONE, Operation(summary="Sized", query=[SIZE]))
async def sized(request: HttpRequest) -> HttpResponse:
    return json_response({"size": SIZE.read(request)})


@get("/mine", MEMBER, Operation(summary="Mine"))
async def mine(grant: Grant) -> HttpResponse:
    return json_response({"workspace": grant.workspace_id, "member": grant.principal.member_id})


@get("/numbers/{number:str}", MEMBER, Operation(summary="Number", path=[PathId(name="number")]))
async def number(request: HttpRequest) -> HttpResponse:
    return json_response({"number": PathId(name="number").read(request)})


@get("/uuids/{uuid:str}", MEMBER, Operation(summary="UUID", path=[PathUuid(name="uuid")]))
async def uuid(request: HttpRequest) -> HttpResponse:
    return json_response({"uuid": PathUuid(name="uuid").read(request)})


@get("/scoped", scope("assignments:read"), Operation(summary="Scoped"))
async def scoped() -> HttpResponse:
    return json_response({})


@get("/revision", ANYONE, Operation(summary="Revision"))
async def revision(request: HttpRequest) -> HttpResponse:
    return json_response({"revision": expected_revision(request)})


@post("/once", MEMBER, Operation(summary="Once", body=Echoed))
async def change(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Makes a workspace row, so that what was done can be counted."""
    wish = await read(request, Echoed)
    if wish.amount < 0:
        raise errors.Conflict("It is completed.")

    async def act(claim: Claim | None) -> dict[str, Any]:
        async with services.database.write() as connection:
            await claims.begin(connection, claim, services.clock.now())
            made = await connection.fetchval(
                "insert into workspaces (uuid, name, created_at) values (gen_random_uuid(), $1, now()) returning id",
                wish.name,
            )
            await claims.finish(connection, claim, {"id": made})
        return {"id": made}

    async def show(reference: dict[str, Any]) -> HttpResponse:
        return json_response(reference, status=201, headers={"etag": '"1"', "x-not-kept": "once"})

    return await once.answer(request, services, grant, act, show)


def routers() -> list[Router]:
    handlers = [echo, fail, sized, mine, number, uuid, scoped, revision, change]
    found = [Router(prefix, route_handlers=handlers) for prefix in PREFIXES.values()]
    return [*found, Router("/api/v2/w/{workspace_uuid:str}", route_handlers=[mine, scoped, number])]


@pytest.fixture
async def probe(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    """Talks to the small application, over services and a database of the test's own."""

    @asynccontextmanager
    async def lent() -> AsyncIterator[Services]:
        yield services

    async with talking_to(create_app(lent, routers=routers())) as client:
        yield client


@pytest.fixture(scope="module")
async def wire(server_database: str) -> AsyncIterator[httpx.AsyncClient]:
    """Talks to the small application, for tests that leave nothing behind."""
    settings = Settings(database_url=server_database)
    app = create_app(lambda: assembled(server_database, settings, SystemClock()), routers=routers())
    async with talking_to(app) as client:
        yield client


@asynccontextmanager
async def talking_to(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://casework.test") as client:
        yield client
