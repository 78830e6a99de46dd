"""How much workers may perform at once in the workspace, and begin in a stretch of time."""

from typing import Annotated

import msgspec

from casework.api import once
from casework.api.bodies import read
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, put
from casework.core.claim import Claim
from casework.core.parse_task import CONCURRENCY_MAX
from casework.core.permission import MEMBER, Grant, scope
from casework.core.rate import RATE, STARTS_MAX
from casework.operations import limits
from casework.operations.limits import Limits
from casework.operations.services import Services

_RATE_NOTE = f"At most {STARTS_MAX:,} starts a second (s), minute, hour or day."


class LimitsBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of all steps that workers perform in the workspace; null is any number."""

    concurrency: Annotated[int, msgspec.Meta(ge=1, le=CONCURRENCY_MAX)] | None
    rate: Annotated[str, msgspec.Meta(pattern=f"^{RATE}$", description=_RATE_NOTE)] | None


EXAMPLE = LimitsBody(concurrency=20, rate="100/m")


@get("/limits", MEMBER, Operation(summary="Read the limits", answer=LimitsBody, answer_example=EXAMPLE))
async def read_one(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:  # noqa: ARG001
    """Those of the workspace; a task's own stand in its workflow's definition, and hold beside them."""
    return _answer(await limits.read(services, grant))


@put(
    "/limits",
    scope("workspace:admin"),
    Operation(
        summary="Set the limits",
        body=LimitsBody,
        body_example=EXAMPLE,
        answer=LimitsBody,
        answer_example=EXAMPLE,
        refuses=[422],
    ),
)
async def replace(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """What is under way goes on, even where it is more; what waits and may begin now does so at once."""
    body = await read(request, LimitsBody)

    async def act(claim: Claim | None) -> None:
        await limits.replace(services, grant, Limits(concurrency=body.concurrency, rate=body.rate), claim)

    async def show(_reference: object) -> HttpResponse:
        return _answer(await limits.read(services, grant))

    return await once.answer(request, services, grant, act, show)


def _answer(found: Limits) -> HttpResponse:
    return json_response(LimitsBody(concurrency=found.concurrency, rate=found.rate))


handlers = (read_one, replace)
