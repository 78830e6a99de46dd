"""Chat completions: a conversation starts a run, and the run's output is the answer."""

from collections.abc import AsyncIterator
from math import isfinite
from typing import Any, Final
from uuid import UUID

from litestar.response import Stream
from msgspec.structs import replace

from casework.api import once
from casework.api.bodies import read
from casework.api.errors import BadParameter, failure_of, surface_of
from casework.api.openai.models import seconds
from casework.api.openai.shapes import (
    SECONDS_MAX,
    Answer,
    ChatCompletion,
    ChatRequest,
    Choice,
    Chunk,
    ChunkChoice,
    Delta,
    Standing,
    Usage,
)
from casework.api.parameters import Parameter
from casework.api.render import json_response, to_json
from casework.api.request_id import request_id
from casework.api.routes import HttpRequest, HttpResponse, Operation, post
from casework.core.claim import Claim
from casework.core.errors import CaseworkError
from casework.core.permission import Grant, workflow
from casework.core.run import COMPLETED
from casework.operations import completions, waiting
from casework.operations.completions import Wish
from casework.operations.services import Services
from casework.operations.waiting import Outcome, Patience

SECONDS_DEFAULT: Final = 60
"""How long an answer is waited for unless the request says otherwise."""

_ALIVE_SECONDS: Final = 10
"""How often a stream that has nothing to tell says so: what stands between hangs up on silence after half a minute."""

_TIMEOUT_HEADER: Final = "x-timeout"

_EVENT_STREAM: Final = {"content-type": "text/event-stream", "x-accel-buffering": "no"}
"""The type stands in a header, because the framework prefers the one that a route declares to the one of a stream."""


_TIMEOUT: Final = Parameter(
    name="X-Timeout", where="header", description=f"How many seconds to wait, up to {SECONDS_MAX}; 60 by default."
)

_EXAMPLE: Final = ChatCompletion(
    id="chatcmpl-018d7c5e1a0070008000000000000001",
    created=1707048000,
    model="support",
    choices=[Choice(message=Answer(content="Your order is on its way."))],
    usage=Usage(prompt_tokens=210, completion_tokens=12, total_tokens=222),
    casework=Standing(
        run_id=4711, run_uuid=UUID("018d7c5e-1a00-7000-8000-000000000001"), state="completed", waits_for=None
    ),
)


@post(
    "/chat/completions",
    workflow("use"),
    Operation(
        summary="Ask a workflow",
        query=[_TIMEOUT],
        body=ChatRequest,
        body_example={"model": "support", "messages": [{"role": "user", "content": "Where is my order?"}]},
        answer=ChatCompletion,
        answer_example=_EXAMPLE,
        refuses=[404, 409, 422],
    ),
)
async def complete(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Starts a run of the workflow, waits for its end, and answers with its output: a text as it is, else as JSON.

    A run that waits for a person is not waited for: the answer says so, and `casework` tells which run it is and how it
    stands, as it does when the wait was too short. A run that fails or is cancelled is a 422. With `stream` the answer
    comes as server-sent events.
    """
    sent = await read(request, ChatRequest)
    patience = Patience(seconds=_seconds(request, sent), for_people=sent.casework.wait_for_people)
    wish = Wish(
        model=sent.model,
        prompt=sent.prompt(),
        end_user=sent.user,
        title=sent.casework.title,
        external_id=sent.casework.external_id,
    )

    async def act(claim: Claim | None) -> dict[str, int]:
        return await completions.start(services, grant, wish, claim)

    async def show(reference: dict[str, int]) -> HttpResponse:
        outcome = await waiting.wait_for_end(services, grant, reference["id"], patience)
        return await _answer(services, grant, sent, outcome)

    if not sent.stream:
        return await once.answer(request, services, grant, act, show)
    reference = await once.reference_of(request, services, grant, act)
    first = await waiting.wait_for_end(services, grant, reference["id"], replace(patience, seconds=0))
    events = _events(request, services, grant, sent, first, patience)
    return Stream(events, headers=_EVENT_STREAM)


def _seconds(request: HttpRequest, sent: ChatRequest) -> float:
    text = request.headers.get(_TIMEOUT_HEADER)
    if sent.timeout is not None or text is None:
        return SECONDS_DEFAULT if sent.timeout is None else sent.timeout
    try:
        found = float(text)
    except ValueError:
        found = -1
    if not (isfinite(found) and 0 < found <= SECONDS_MAX):
        raise BadParameter("header", "X-Timeout", f"must be more than 0 and at most {SECONDS_MAX} seconds.")
    return found


async def _answer(services: Services, grant: Grant, sent: ChatRequest, outcome: Outcome) -> HttpResponse:
    if _is_lost(outcome):
        return json_response(_lost(outcome), status=422)
    return json_response(
        ChatCompletion(
            id=_id(outcome),
            created=seconds(outcome.created_at),
            model=sent.model,
            choices=[Choice(message=Answer(content=_content(outcome)))],
            usage=await _usage(services, grant, outcome),
            casework=_standing(outcome),
        )
    )


async def _events(
    request: HttpRequest, services: Services, grant: Grant, sent: ChatRequest, outcome: Outcome, patience: Patience
) -> AsyncIterator[bytes]:
    """The stream: who speaks at once, what when the run has ended; comments meanwhile."""
    chunk = Chunk(id=_id(outcome), created=seconds(outcome.created_at), model=sent.model, choices=[])
    yield _event(_piece(chunk, Delta(role="assistant", content="")))
    try:
        left = patience.seconds
        while left > 0:
            part = replace(patience, seconds=min(left, _ALIVE_SECONDS))
            outcome = await waiting.wait_for_end(services, grant, outcome.id, part)
            left -= part.seconds
            if patience.is_over(outcome):
                break
            yield b": still at work\n\n"
        usage = await _usage(services, grant, outcome)
    except CaseworkError as error:
        failure = failure_of(error, surface_of(request.scope["path"]), request_id(request.scope))
        yield _event(surface_of(request.scope["path"]).envelope(failure))
        return
    if _is_lost(outcome):
        yield _event(_lost(outcome))
        return
    yield _event(_piece(chunk, Delta(content=_content(outcome))))
    yield _event(replace(_piece(chunk, Delta(), ends=True), casework=_standing(outcome)))
    if sent.stream_options is not None and sent.stream_options.include_usage:
        yield _event(replace(chunk, usage=usage))
    yield b"data: [DONE]\n\n"


def _piece(chunk: Chunk, delta: Delta, *, ends: bool = False) -> Chunk:
    return replace(chunk, choices=[ChunkChoice(delta=delta, finish_reason="stop" if ends else None)])


def _event(value: Any) -> bytes:
    return b"data: " + to_json(value) + b"\n\n"


def _id(outcome: Outcome) -> str:
    return f"chatcmpl-{outcome.uuid.hex}"


def _content(outcome: Outcome) -> str:
    match _waits_for(outcome):
        case "people":
            return f"This waits for a person. Run {outcome.id} goes on when they have done their part."
        case "time":
            return f"This is still being worked on. Run {outcome.id} goes on; ask for it later."
    if outcome.output is None or isinstance(outcome.output, str):
        return outcome.output or ""
    return to_json(outcome.output).decode()


def _waits_for(outcome: Outcome) -> Any:
    if not outcome.is_open:
        return None
    return "people" if outcome.waits_for_people else "time"


def _standing(outcome: Outcome) -> Standing:
    return Standing(run_id=outcome.id, run_uuid=outcome.uuid, state=outcome.state, waits_for=_waits_for(outcome))


def _is_lost(outcome: Outcome) -> bool:
    return not outcome.is_open and outcome.state != COMPLETED


def _lost(outcome: Outcome) -> dict[str, Any]:
    """The error of a run that ended without a result. Not a 5xx: clients would ask again, and start another run."""
    told = outcome.error.get("message") if isinstance(outcome.error, dict) else outcome.error
    message = f"The run {outcome.state}" + (f": {told}" if told else ".")
    return {
        "error": {"message": message, "type": "run_error", "param": None, "code": f"run_{outcome.state}"},
        "casework": _standing(outcome),
    }


async def _usage(services: Services, grant: Grant, outcome: Outcome) -> Usage:
    used = await waiting.tokens(services, grant, outcome.id)
    return Usage(prompt_tokens=used.read, completion_tokens=used.written, total_tokens=used.read + used.written)


handlers: Final = [complete]
