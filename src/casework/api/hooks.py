"""The address that other systems call: a hook, outside of every workspace's path, for whoever knows its secret."""

from typing import Any

from litestar import Router
from litestar.exceptions import HTTPException

from casework.api.bodies import raw, value
from casework.api.errors import failure_of, surface_of
from casework.api.parameters import PathUuid
from casework.api.render import json_response
from casework.api.request_id import request_id
from casework.api.routes import HttpRequest, HttpResponse, Operation, post
from casework.api.workspace.schedules import StartedResponse
from casework.core.errors import CaseworkError
from casework.core.permission import ANYONE
from casework.operations import hook_calls
from casework.operations.hook_calls import Call, Hook, Signed, Start, TooManyCalls
from casework.operations.services import Services

HOOK_UUID = PathUuid(name="hook_uuid", description="The hook's address.")


@post(
    "/hooks/{hook_uuid:str}",
    ANYONE,
    Operation(
        summary="Start a run by a hook",
        path=[HOOK_UUID],
        status=202,
        body=Any,
        body_example={"order": "A-17"},
        answer=StartedResponse,
        answer_example=StartedResponse(run_id=41),
        refuses=[401, 409, 429, 503],
    ),
)
async def receive(request: HttpRequest, services: Services) -> HttpResponse:
    """For whoever proves that it knows the hook's secret; whether there is such a hook is told to nobody else.

    A bearer hook takes the secret as `Authorization: Bearer`; hmac_sha256 takes `X-Signature-256: sha256=` (or
    `X-Hub-Signature-256`) over the body; standard_webhooks takes the three headers of that standard, at most five
    minutes old. 202 tells of a run that was started, 200 of one that the same external id started before.
    """
    signed = Signed(body=await raw(request), headers=dict(request.headers.items()))
    hook = await hook_calls.admit(services, HOOK_UUID.read(request), signed)
    try:
        started = await _start(request, services, hook, signed)
    except (CaseworkError, HTTPException) as error:
        await _note_refusal(request, services, hook, error)
        raise
    status = 202 if started.is_new else 200
    await hook_calls.note(services, hook, status=status, run_id=started.run_id)
    return json_response(StartedResponse(run_id=started.run_id), status=status)


async def _start(request: HttpRequest, services: Services, hook: Hook, signed: Signed) -> Start:
    body = await value(request)
    call = Call(body=body, headers=dict(signed.headers), query=dict(request.query_params.items()))
    return await hook_calls.start(services, hook, call)


async def _note_refusal(request: HttpRequest, services: Services, hook: Hook, error: Exception) -> None:
    if isinstance(error, TooManyCalls) and not error.is_first:
        return
    failure = failure_of(error, surface_of(request.scope["path"]), request_id(request.scope))
    await hook_calls.note(services, hook, status=failure.status, error=failure.message)


router = Router("/", route_handlers=[receive])
