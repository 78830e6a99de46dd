"""Events from outside, which runs wait for."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from casework.api import once
from casework.api.bodies import read
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, post
from casework.core.claim import Claim
from casework.core.kinds.wait import CORRELATION_MAX, NAME
from casework.core.permission import Grant, scope
from casework.operations import signals
from casework.operations.services import Services
from casework.operations.signals import KEEP_SECONDS_DEFAULT, KEEP_SECONDS_MAX, WRITE, Wish


class SendEventRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """An event: its name, what it is about, and what it brings. keepSeconds: how long it waits to be taken."""

    name: Annotated[str, Meta(pattern=f"^{NAME.pattern}$")]
    correlation: Annotated[str, Meta(max_length=CORRELATION_MAX)] = ""
    payload: Any = None
    keep_seconds: Annotated[int, Meta(ge=1, le=KEEP_SECONDS_MAX)] = KEEP_SECONDS_DEFAULT


class SentEventResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An event that is kept. taken: whether a run waited for it; runId: which (an assignment's id)."""

    id: int
    taken: bool
    run_id: int | None


@post(
    "/events",
    scope(WRITE),
    Operation(
        summary="Send an event",
        status=202,
        body=SendEventRequest,
        body_example={"name": "order.paid", "correlation": "4711", "payload": {"amount": 12}},
        answer=SentEventResponse,
        answer_example=SentEventResponse(id=9, taken=True, run_id=77),
        refuses=[422, 429],
    ),
)
async def send(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Goes on with the run that has waited longest for an event of this name and correlation.

    Where none waits, it is kept, by default for seven days, for the first that will. One run takes it, and only once.
    """
    body = await read(request, SendEventRequest)
    wish = Wish(**msgspec.structs.asdict(body))

    async def act(claim: Claim | None) -> int:
        return await signals.send(services, grant, wish, claim)

    async def show(reference: int) -> HttpResponse:
        found = await signals.outcome(services, grant, reference)
        answer = SentEventResponse(id=found.id, taken=found.run_id is not None, run_id=found.run_id)
        return json_response(answer, status=202)

    return await once.answer(request, services, grant, act, show)


handlers = (send,)
