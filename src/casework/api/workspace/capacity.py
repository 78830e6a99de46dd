"""How many activities a member of the workspace may have at once."""

import msgspec

from casework.api import once
from casework.api.bodies import read
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, put
from casework.core.claim import Claim
from casework.core.permission import MEMBER, Grant, scope
from casework.operations import capacity
from casework.operations.people import Capacity
from casework.operations.services import Services


class CapacityBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of a member that has none of its own; null is any number."""

    capacity: Capacity | None


EXAMPLE = CapacityBody(capacity=5)


@get(
    "/capacity",
    MEMBER,
    Operation(summary="Read the usual capacity", answer=CapacityBody, answer_example=EXAMPLE),
)
async def read_one(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:  # noqa: ARG001
    """Of who has none of its own."""
    return json_response(CapacityBody(capacity=await capacity.read_default(services, grant)))


@put(
    "/capacity",
    scope("workspace:admin"),
    Operation(
        summary="Set the usual capacity",
        body=CapacityBody,
        body_example=EXAMPLE,
        answer=CapacityBody,
        answer_example=EXAMPLE,
        refuses=[422],
    ),
)
async def replace(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """What people have already stays theirs, even where it is more."""
    body = await read(request, CapacityBody)

    async def act(claim: Claim | None) -> None:
        await capacity.set_default(services, grant, body.capacity, claim)

    async def show(_reference: object) -> HttpResponse:
        return json_response(CapacityBody(capacity=await capacity.read_default(services, grant)))

    return await once.answer(request, services, grant, act, show)


handlers = (read_one, replace)
