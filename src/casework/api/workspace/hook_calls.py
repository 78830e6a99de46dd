"""The last calls of a hook, with what they were answered."""

import msgspec

from casework.api.parameters import PAGE, PAGE_SIZE
from casework.api.render import Instant, instant, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.api.workspace.hooks import HOOK_ID
from casework.api.workspace.listing import Page, asked
from casework.core.permission import Grant, workflow
from casework.operations import hooks
from casework.operations.hooks import HookCall
from casework.operations.services import Services


class HookCallResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A call: what it was answered, and the run that it started, or why it was refused. What it sent is not kept."""

    id: int
    at: Instant | None
    status: int
    run_id: int | None
    error: str | None


_EXAMPLE = HookCallResponse(id=9, at="2024-02-04T12:00:00.000Z", status=202, run_id=41, error=None)


@get(
    "/hooks/{hook_id:str}/calls",
    workflow("edit"),
    Operation(
        summary="List the last calls of a hook",
        path=[HOOK_ID],
        query=[PAGE, PAGE_SIZE],
        answer=Page[HookCallResponse],
        answer_example={"items": [_EXAMPLE], "total": 1, "page": 1, "pageSize": 50},
        refuses=[404],
    ),
)
async def list_calls(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """The newest hundred, newest first; calls without the right secret are not among them."""
    hook_id = HOOK_ID.read(request)
    page = asked(request)
    found, total = await hooks.calls(services, grant, hook_id, limit=page.size, offset=page.offset)
    return json_response(page.of([_shown(one) for one in found], total))


def _shown(call: HookCall) -> HookCallResponse:
    return HookCallResponse(id=call.id, at=instant(call.at), status=call.status, run_id=call.run_id, error=call.error)


handlers = (list_calls,)
