"""Deliveries of a webhook: what it was told, what waits to be told, and telling it again."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from casework.api import once
from casework.api.parameters import PAGE_SIZE, PathId, Text
from casework.api.render import Instant, instant, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, post
from casework.api.workspace.events import CURSOR, cursor_of
from casework.api.workspace.webhooks import WEBHOOK_ID
from casework.core.claim import Claim
from casework.core.permission import Grant, scope
from casework.operations import webhook_deliveries
from casework.operations.services import Services
from casework.operations.webhook_deliveries import STATES, Attempt, Delivery

DELIVERY_ID = PathId(name="delivery_id", description="The delivery.")
STATUS: Final = Text(name="status", description="Only deliveries in this state: pending, delivered or failed.")


class DeliveryResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A message to a webhook. responseStatus, error: of the last attempt. nextAttemptAt: while it waits for one."""

    id: int
    webhook_id: int
    message_id: str
    event_id: int | None
    type: str
    status: str
    attempts: int
    response_status: int | None
    error: str | None
    next_attempt_at: Instant | None
    created_at: Instant
    ended_at: Instant | None


class AttemptResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A time that a message was sent. error: a code, where no answer came (docs/egress.md)."""

    number: int
    at: Instant | None
    response_status: int | None
    error: str | None
    duration_ms: int


class WholeDeliveryResponse(DeliveryResponse, frozen=True, kw_only=True, rename="camel"):
    """A message with what it says, and the attempts at it, newest first."""

    payload: dict[str, Any]
    attempt_log: list[AttemptResponse]


class DeliveriesResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Deliveries, newest first; nextCursor is null on the last page."""

    items: list[DeliveryResponse]
    next_cursor: str | None


_FIELDS: dict[str, Any] = {
    "id": 31,
    "webhook_id": 4,
    "message_id": "msg_018d7c5e1a0070008000000000000004_31",
    "event_id": 4711,
    "type": "run.completed",
    "status": "pending",
    "attempts": 1,
    "response_status": 503,
    "error": None,
    "next_attempt_at": "2024-02-04T12:00:05.000Z",
    "created_at": "2024-02-04T12:00:00.000Z",
    "ended_at": None,
}
_EXAMPLE = DeliveryResponse(**_FIELDS)


@get(
    "/webhooks/{webhook_id:str}/deliveries",
    scope("webhooks:read"),
    Operation(
        summary="List a webhook's deliveries",
        path=[WEBHOOK_ID],
        query=[STATUS, CURSOR, PAGE_SIZE],
        answer=DeliveriesResponse,
        answer_example=DeliveriesResponse(
            items=[_EXAMPLE], next_cursor=cursor_of(datetime(2024, 2, 4, 12, tzinfo=UTC), 31)
        ),
        refuses=[404],
    ),
)
async def list_all(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Newest first; they are kept for thirty days."""
    webhook_id, state = WEBHOOK_ID.read(request), STATUS.read(request)
    if state is not None and state not in STATES:
        raise STATUS.bad(f"must be one of {', '.join(STATES)}.")
    found, below = await webhook_deliveries.page(
        services, grant, webhook_id, state=state, below=CURSOR.read(request), limit=PAGE_SIZE.read(request)
    )
    cursor = None if below is None else cursor_of(*below)
    return json_response(DeliveriesResponse(items=[_shown(one) for one in found], next_cursor=cursor))


@get(
    "/webhooks/{webhook_id:str}/deliveries/{delivery_id:str}",
    scope("webhooks:read"),
    Operation(
        summary="Read a delivery",
        path=[WEBHOOK_ID, DELIVERY_ID],
        answer=WholeDeliveryResponse,
        answer_example=WholeDeliveryResponse(
            **_FIELDS,
            payload={"type": "run.completed", "timestamp": "2024-02-04T12:00:00.000Z", "data": {"assignmentId": 77}},
            attempt_log=[
                AttemptResponse(
                    number=1, at="2024-02-04T12:00:00.000Z", response_status=503, error=None, duration_ms=120
                )
            ],
        ),
        refuses=[404],
    ),
)
async def read_one(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """With what it says, and every attempt at it."""
    delivery, attempts = await webhook_deliveries.read(
        services, grant, WEBHOOK_ID.read(request), DELIVERY_ID.read(request)
    )
    log = [_attempt(one) for one in attempts]
    return json_response(WholeDeliveryResponse(**_fields(delivery), payload=delivery.payload, attempt_log=log))


@post(
    "/webhooks/{webhook_id:str}/deliveries/{delivery_id:str}/replay",
    scope("webhooks:write"),
    Operation(
        summary="Send a delivery again",
        path=[WEBHOOK_ID, DELIVERY_ID],
        status=202,
        answer=DeliveryResponse,
        answer_example=_EXAMPLE,
        refuses=[404, 409, 422],
    ),
)
async def replay(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Under the same message id, whatever became of it before; with as many tries as a new one."""
    webhook_id, delivery_id = WEBHOOK_ID.read(request), DELIVERY_ID.read(request)

    async def act(claim: Claim | None) -> int:
        return await webhook_deliveries.replay(services, grant, webhook_id, delivery_id, claim=claim)

    return await once.answer(request, services, grant, act, _accepted(services, grant, webhook_id))


@post(
    "/webhooks/{webhook_id:str}/test",
    scope("webhooks:write"),
    Operation(
        summary="Test a webhook",
        path=[WEBHOOK_ID],
        status=202,
        answer=DeliveryResponse,
        answer_example=_EXAMPLE,
        refuses=[404, 409, 422],
    ),
)
async def test(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Sends a message of the type webhook.test, which tells of nothing."""
    webhook_id = WEBHOOK_ID.read(request)

    async def act(claim: Claim | None) -> int:
        return await webhook_deliveries.test(services, grant, webhook_id, claim=claim)

    return await once.answer(request, services, grant, act, _accepted(services, grant, webhook_id))


def _accepted(services: Services, grant: Grant, webhook_id: int) -> Callable[[int], Awaitable[HttpResponse]]:
    async def show(delivery_id: int) -> HttpResponse:
        delivery, _ = await webhook_deliveries.read(services, grant, webhook_id, delivery_id)
        return json_response(_shown(delivery), status=202)

    return show


def _shown(delivery: Delivery) -> DeliveryResponse:
    return DeliveryResponse(**_fields(delivery))


def _fields(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "webhook_id": delivery.webhook_id,
        "message_id": webhook_deliveries.message_id(delivery.webhook_uuid, delivery.id),
        "event_id": delivery.event_id,
        "type": delivery.type,
        "status": delivery.state,
        "attempts": delivery.attempts,
        "response_status": delivery.status,
        "error": delivery.error,
        "next_attempt_at": instant(delivery.next_at) if delivery.state == "pending" else None,
        "created_at": instant(delivery.created_at),
        "ended_at": instant(delivery.ended_at),
    }


def _attempt(attempt: Attempt) -> AttemptResponse:
    return AttemptResponse(
        number=attempt.number,
        at=instant(attempt.at),
        response_status=attempt.status,
        error=attempt.error,
        duration_ms=attempt.duration_ms,
    )


handlers = (list_all, read_one, replay, test)
