"""The sender: makes messages of facts, sends them, and tries again what did not arrive. Any number of processes may.

A message is sent at least once, always with the same `webhook-id`. Whoever takes one in hand has it for a minute; a
process that dies then leaves it to the others.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

import msgspec
import structlog
from standardwebhooks import Webhook as Signer

from casework.core.actor import SYSTEM
from casework.core.errors import CaseworkError
from casework.egress.caller import Answer, Message
from casework.egress.errors import EgressError
from casework.entropy import new_fraction
from casework.keyring import Sealed
from casework.operations import vault
from casework.operations.services import Services
from casework.operations.webhook_deliveries import message_id
from casework.operations.webhooks import place
from casework.store import audit, deliveries, outbox, webhooks
from casework.store.database import Connection
from casework.store.deliveries import Attempt, Due, Outcome

log = structlog.get_logger(__name__)

SEND_EVERY_SECONDS: Final = 1.0
"""How often is looked for what is due: how late a message leaves at most, where nothing is in its way."""

PAUSES_SECONDS: Final = (5, 30, 120, 900, 3600, 21_600, 86_400)
"""Before each further try: together a day and a half, so that a receiver that is down over night misses nothing."""

JITTER: Final = 0.2
"""By which part a pause is longer at most, so that what failed together does not come again together."""

SECONDS_MAX: Final = 15.0
"""For a receiver to answer: one that has more to do should answer first."""

ANSWER_BYTES_MAX: Final = 64 * 1024
"""Of its answer, which is read to its end and not kept."""

HELD_FOR: Final = timedelta(seconds=60)
"""How long a message is in one process's hand: longer than sending it takes, however slow the database is besides."""

AT_ONCE_MAX: Final = 64
"""Messages under way in a process."""

OF_EACH_MAX: Final = 8
"""Of these for one webhook: one that is slow leaves room for the others."""

EVENTS_AT_ONCE: Final = 1_000
"""Facts made messages in one transaction."""

DISABLED_AFTER: Final = timedelta(days=5)
"""A webhook where nothing has worked for so long is told nothing more."""

GONE: Final = 410
"""The status by which a receiver says that it wants to be told nothing more."""

DRAIN_SECONDS: Final = 5.0
"""What messages under way are given when the process ends; the others are sent again by whoever is there."""

NO_KEY: Final = "unsigned"
"""The code of a message that could not be signed, because the server lacks the key."""


class Sender:
    """Sends what is due, when `tick` is called; messages may be under way between calls."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._under_way: dict[asyncio.Task[None], int] = {}

    async def tick(self) -> None:
        """Make messages of new facts, and send what is due until nothing is, or too much is under way."""
        while await self._spread() == EVENTS_AT_ONCE or await self._send_due():
            is_slow = not await self._one_ends()
            if is_slow:
                return

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def stop(self) -> None:
        """Give messages under way a few seconds, then leave the others to whoever comes after."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.idle(), DRAIN_SECONDS)
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _one_ends(self) -> bool:
        """Whether one of those under way ended soon; where none is, there is nothing to wait for."""
        if not self._under_way:
            return True
        ended, _ = await asyncio.wait(self._under_way, timeout=SEND_EVERY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        return bool(ended)

    async def _spread(self) -> int:
        async with self._services.database.write() as connection:
            done = await outbox.spread(connection, limit=EVENTS_AT_ONCE, at=self._services.clock.now())
        return done.events

    async def _send_due(self) -> int:
        """Take in hand what there is room for, and begin to send it; gives how many."""
        now, busy = self._services.clock.now(), list(self._under_way.values())
        async with self._services.database.write() as connection:
            due = await deliveries.claim(
                connection,
                each=OF_EACH_MAX,
                limit=AT_ONCE_MAX - len(busy),
                but=[webhook_id for webhook_id in set(busy) if busy.count(webhook_id) >= OF_EACH_MAX],
                until=now + HELD_FOR,
                at=now,
            )
        for one in due:
            task = asyncio.create_task(self._send(one), name=f"webhook delivery {one.id}")
            self._under_way[task] = one.webhook_id
            task.add_done_callback(self._forget)
        return len(due)

    def _forget(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("webhooks.failed", exc_info=error)  # it is sent again when its minute is over

    async def _send(self, due: Due) -> None:
        begun, at = monotonic(), self._services.clock.now()
        status: int | None = None
        error: str | None = None
        try:
            answer = await self._answer(due, at)
            status = answer.status
        except EgressError as failure:
            error = failure.code
        except (CaseworkError, Sealed):
            error = NO_KEY
        attempt = Attempt(
            number=due.attempts,
            status=status,
            error=error,
            duration_ms=int((monotonic() - begun) * 1000),
            at=self._services.clock.now(),
        )
        await self._settle(due, attempt)

    async def _answer(self, due: Due, at: datetime) -> Answer:
        async with self._services.database.read() as connection:
            key = await vault.opening_key(connection, self._services.keyring, due.workspace_id)
        sealed = [due.sealed]
        if due.sealed_before is not None and due.before_ends_at is not None and at < due.before_ends_at:
            sealed.append(due.sealed_before)
        secrets = [key.open(one, *place(due.webhook_uuid)) for one in sealed]
        return await self._services.caller.send(message_of(due, secrets, at))

    async def _settle(self, due: Due, attempt: Attempt) -> None:
        outcome = outcome_of(attempt, due.tries)
        async with self._services.database.write() as connection:
            if not await deliveries.settle(connection, due.workspace_id, due.id, outcome):
                return
            if outcome.state == "delivered":
                await webhooks.note_success(connection, due.workspace_id, due.webhook_id)
            else:
                await _note_failure(connection, due, attempt)


def message_of(due: Due, secrets: list[str], at: datetime) -> Message:
    """A message as it is sent: signed now, with every secret that counts now, by Standard Webhooks."""
    body = msgspec.json.encode(due.payload)
    name = message_id(due.webhook_uuid, due.id)
    signatures = [Signer(secret).sign(msg_id=name, timestamp=at, data=body.decode()) for secret in secrets]
    return Message(
        method="POST",
        url=due.url,
        headers={
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
        },
        body=body,
        seconds=SECONDS_MAX,
        bytes_max=ANSWER_BYTES_MAX,
    )


def outcome_of(attempt: Attempt, tries: int) -> Outcome:
    """What becomes of a delivery after an attempt, the so-many-th since it was made or asked for again."""
    is_taken = attempt.status is not None and attempt.status in range(200, 300)
    if is_taken or attempt.status == GONE or tries > len(PAUSES_SECONDS):
        return Outcome(state="delivered" if is_taken else "failed", attempt=attempt, next_at=attempt.at)
    pause = PAUSES_SECONDS[tries - 1] * (1 + JITTER * new_fraction())
    return Outcome(state="pending", attempt=attempt, next_at=attempt.at + timedelta(seconds=pause))


async def _note_failure(connection: Connection, due: Due, attempt: Attempt) -> None:
    at = attempt.at
    await webhooks.note_failure(connection, due.workspace_id, due.webhook_id, at=at)
    if attempt.status == GONE:
        name = await webhooks.disable_gone(connection, due.workspace_id, due.webhook_id, at=at)
    else:
        since = at - DISABLED_AFTER
        name = await webhooks.disable_failing(connection, due.workspace_id, due.webhook_id, since=since, at=at)
    if name is not None:
        reason = "gone" if attempt.status == GONE else "failing"
        facts = {"webhook_id": due.webhook_id, "name": name, "reason": reason}
        await audit.record(connection, due.workspace_id, SYSTEM, "webhook.disabled", [facts], at)
