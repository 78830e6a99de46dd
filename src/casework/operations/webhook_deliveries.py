"""What a webhook was told, what waits to be told, and telling it again."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from casework.core.claim import Claim
from casework.core.errors import Conflict, NotFound
from casework.core.permission import Grant
from casework.operations import once
from casework.operations.services import Services
from casework.operations.webhooks import existing
from casework.store import deliveries, webhooks
from casework.store.database import Connection
from casework.store.deliveries import Attempt, Delivery
from casework.store.webhooks import Webhook

__all__ = ["STATES", "Attempt", "Delivery", "message_id", "page", "read", "replay", "test"]

STATES: Final = ("pending", "delivered", "failed")

ATTEMPTS_SHOWN_MAX: Final = 100
"""Of a delivery, the newest: each time that it is asked for again adds a few."""

TEST: Final = "webhook.test"
"""The type of a message that tells of nothing."""


async def page(
    services: Services,
    grant: Grant,
    webhook_id: int,
    *,
    state: str | None,
    below: tuple[datetime, int] | None,
    limit: int,
) -> tuple[list[Delivery], tuple[datetime, int] | None]:
    """The newest deliveries of a webhook, and the one below which the next page goes on; None on the last page."""
    async with services.database.snapshot() as connection:
        existing(await webhooks.find(connection, grant, webhook_id))
        found = await deliveries.page(connection, grant, webhook_id, state=state, below=below, limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], None if last is None else (last.created_at, last.id)


async def read(services: Services, grant: Grant, webhook_id: int, delivery_id: int) -> tuple[Delivery, list[Attempt]]:
    """A delivery, and the attempts at it, newest first."""
    async with services.database.snapshot() as connection:
        delivery = await deliveries.find(connection, grant, webhook_id, delivery_id)
        if delivery is None:
            raise NotFound("There is no such delivery here.")
        return delivery, await deliveries.attempts_of(connection, grant, delivery_id, limit=ATTEMPTS_SHOWN_MAX)


async def replay(services: Services, grant: Grant, webhook_id: int, delivery_id: int, *, claim: Claim | None) -> int:
    """Send a message again, with the same id, so that whoever took it before can tell; gives the delivery's id.

    Raises:
        Conflict: the webhook is disabled.

    """
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await _enabled(connection, grant, webhook_id)
        if await deliveries.find(connection, grant, webhook_id, delivery_id) is None:
            raise NotFound("There is no such delivery here.")
        await deliveries.replay(connection, grant, webhook_id, delivery_id, at=now)
        await once.finish(connection, claim, delivery_id)
    return delivery_id


async def test(services: Services, grant: Grant, webhook_id: int, *, claim: Claim | None) -> int:
    """Send a message that tells of nothing; gives the delivery's id.

    Raises:
        Conflict: the webhook is disabled.

    """
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        webhook = await _enabled(connection, grant, webhook_id)
        delivery_id = await deliveries.insert_test(connection, grant, webhook_id, _payload(grant, webhook, now), at=now)
        await once.finish(connection, claim, delivery_id)
    return delivery_id


def message_id(webhook_uuid: UUID, delivery_id: int) -> str:
    """What a receiver knows a message by: the same each time that it is sent."""
    return f"msg_{webhook_uuid.hex}_{delivery_id}"


async def _enabled(connection: Connection, grant: Grant, webhook_id: int) -> Webhook:
    webhook = existing(await webhooks.lock(connection, grant, webhook_id))
    if webhook.disabled_at is not None:
        raise Conflict("The webhook is disabled; enable it first.")
    return webhook


def _payload(grant: Grant, webhook: Webhook, at: datetime) -> dict[str, Any]:
    workspace = grant.principal.workspace_uuid
    return {
        "type": TEST,
        "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {"workspaceId": None if workspace is None else str(workspace), "webhookId": webhook.id},
    }
