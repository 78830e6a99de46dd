"""Messages arrive signed, at least once, under one id, whatever receivers and senders do."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from casework.clock import SystemClock
from casework.operations import webhook_sender
from casework.operations.housekeeping import DELIVERIES_KEPT_FOR, tidy
from casework.operations.webhook_sender import DISABLED_AFTER, JITTER, PAUSES_SECONDS, Sender, outcome_of
from casework.store.deliveries import Attempt
from tests.webhooks.conftest import Hooks, Receiver

NOW = datetime(2024, 2, 4, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(clock):
    """Receivers refuse what is signed long ago, so the clock begins where theirs are."""
    clock.advance(seconds=(SystemClock().now() - clock.now()).total_seconds())


async def one(hooks: Hooks, webhook: dict) -> dict:
    """The only delivery of a webhook, whole."""
    (delivery,) = await hooks.deliveries(webhook)
    return await hooks.ask("GET", f"/{webhook['id']}/deliveries/{delivery['id']}")


def verified(secret: str, message: dict) -> dict:
    return Webhook(secret).verify(message["body"], message["headers"])


async def test_a_message_arrives_signed(hooks: Hooks, receiver: Receiver):
    webhook = await hooks.make(receiver.url("/status/204"), "test.one")
    await hooks.happen("test.one")
    await hooks.send()

    message = receiver.next()
    assert verified(webhook["secret"], message)["type"] == "test.one"
    assert message["headers"]["content-type"] == "application/json"
    assert message["headers"]["user-agent"].startswith("Casework/")
    delivery = await one(hooks, webhook)
    assert message["headers"]["webhook-id"] == delivery["messageId"]
    assert json.loads(message["body"]) == delivery["payload"]
    assert (delivery["status"], delivery["responseStatus"], delivery["error"]) == ("delivered", 204, None)
    assert [attempt["responseStatus"] for attempt in delivery["attemptLog"]] == [204]
    with pytest.raises(WebhookVerificationError):
        verified("whsec_" + "A" * 43 + "=", message)
    await hooks.send()
    assert receiver.taken() == []


async def test_what_is_refused_comes_again_under_the_same_id(hooks: Hooks, receiver: Receiver):
    webhook = await hooks.make(receiver.url("/flaky/2"), "test.one")
    await hooks.happen("test.one")
    messages = []
    for pause in PAUSES_SECONDS[:3]:
        await hooks.send()
        messages += receiver.taken()
        hooks.clock.advance(seconds=pause * (1 + JITTER))

    assert len(messages) == 3
    assert len({message["headers"]["webhook-id"] for message in messages}) == 1
    assert len({message["body"] for message in messages}) == 1
    assert [attempt["responseStatus"] for attempt in (await one(hooks, webhook))["attemptLog"]] == [200, 503, 503]


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/status/500", 500, None),
        ("/status/404", 404, None),
        ("/redirect", 307, None),
        ("/drop", None, "unreachable"),
        ("/slow", None, "timeout"),
    ],
)
async def test_what_does_not_arrive_is_told_with_why(
    hooks: Hooks, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, path: str, status: int | None, error: str | None
):
    monkeypatch.setattr(webhook_sender, "SECONDS_MAX", 0.5)
    webhook = await hooks.make(receiver.url(path), "test.one")
    await hooks.happen("test.one")
    await hooks.send()

    delivery = await one(hooks, webhook)
    assert (delivery["status"], delivery["responseStatus"]) == ("pending", status)
    assert delivery["error"] in ({"unreachable", "malformed"} if error == "unreachable" else {error})
    assert delivery["nextAttemptAt"] > delivery["createdAt"]
    assert len(receiver.taken()) == 1, "a redirect is not followed"


async def test_a_receiver_that_dies_misses_nothing(hooks: Hooks, receiver: Receiver):
    webhook = await hooks.make(receiver.url("/status/200"), "test.one", "test.two")
    await hooks.happen("test.one")
    receiver.kill()
    await hooks.send()
    assert (await one(hooks, webhook))["error"] == "unreachable"
    await hooks.happen("test.two")
    again = Receiver.start(receiver.port)
    try:
        hooks.clock.advance(seconds=PAUSES_SECONDS[0] * (1 + JITTER))
        await hooks.send()
        messages = again.taken()
    finally:
        again.kill()
    assert {verified(webhook["secret"], message)["type"] for message in messages} == {"test.one", "test.two"}


async def test_the_address_is_checked_when_the_message_is_sent(hooks: Hooks, receiver: Receiver):
    """The receiver's address is allowed here, the machine's other name for it is not."""
    webhook = await hooks.make(f"http://localhost.localdomain:{receiver.port}/status/200", "test.one")
    async with hooks.services.database.write() as connection:
        address = f"http://127.0.0.2:{receiver.port}/status/200"
        await connection.execute("update webhooks set url = $1", address)
    await hooks.happen("test.one")
    await hooks.send()

    assert (await one(hooks, webhook))["error"] == "blocked"
    assert receiver.taken() == []


async def test_it_is_given_up_after_the_last_try_and_sent_again_when_asked(hooks: Hooks, receiver: Receiver):
    webhook = await hooks.make(receiver.url("/flaky/8"), "test.one")
    await hooks.happen("test.one")
    for pause in (*PAUSES_SECONDS, 0):
        await hooks.send()
        hooks.clock.advance(seconds=pause * (1 + JITTER))
    delivery = await one(hooks, webhook)
    assert (delivery["status"], delivery["attempts"], delivery["nextAttemptAt"]) == ("failed", 8, None)
    assert len(receiver.taken()) == 8
    assert [found["id"] for found in await hooks.deliveries(webhook, status="failed")] == [delivery["id"]]

    await hooks.ask("POST", f"/{webhook['id']}/deliveries/{delivery['id']}/replay", status=202)
    await hooks.send()

    assert receiver.next()["headers"]["webhook-id"] == delivery["messageId"]
    assert (await one(hooks, webhook))["status"] == "delivered"


def test_pauses_grow_and_differ():
    attempt = Attempt(number=1, status=500, error=None, duration_ms=1, at=NOW)
    for tries, seconds in enumerate(PAUSES_SECONDS, start=1):
        nexts = {outcome_of(attempt, tries).next_at for _ in range(50)}
        assert len(nexts) > 40
        assert all(timedelta(seconds=seconds) <= at - NOW <= timedelta(seconds=seconds * (1 + JITTER)) for at in nexts)


async def test_who_is_gone_is_told_nothing_more(hooks: Hooks, receiver: Receiver):
    webhook = await hooks.make(receiver.url("/status/410"), "test.one")
    await hooks.happen("test.one", "test.one")
    await hooks.send()
    found = await hooks.ask("GET", f"/{webhook['id']}")
    assert (found["disabled"], found["disabledReason"]) == (True, "gone")
    assert (await hooks.ask("POST", f"/{webhook['id']}/test", status=409))["detail"]


async def test_a_webhook_that_fails_for_days_is_disabled_and_that_is_a_fact(hooks: Hooks, receiver: Receiver):
    webhook = await hooks.make(receiver.url("/status/500"), "test.one")
    watcher = await hooks.make(receiver.url("/status/200"), "webhook.disabled")
    await hooks.happen("test.one")
    await hooks.send()
    hooks.clock.advance(seconds=DISABLED_AFTER.total_seconds() - 1)
    await hooks.send()
    assert not (await hooks.ask("GET", f"/{webhook['id']}"))["disabled"]
    hooks.clock.advance(days=1)
    await hooks.send()
    found = await hooks.ask("GET", f"/{webhook['id']}")
    assert (found["disabled"], found["disabledReason"]) == (True, "failing")

    await hooks.send()

    assert [delivery["type"] for delivery in await hooks.deliveries(watcher)] == ["webhook.disabled"]
    await hooks.ask("PUT", f"/{webhook['id']}", {"disabled": False})
    assert (await hooks.ask("GET", f"/{webhook['id']}"))["failingSince"] is None


async def test_one_success_makes_up_for_the_failures_before(hooks: Hooks, receiver: Receiver):
    webhook = await hooks.make(receiver.url("/flaky/1"), "test.one")
    await hooks.happen("test.one")
    await hooks.send()
    assert (await hooks.ask("GET", f"/{webhook['id']}"))["failingSince"] is not None
    hooks.clock.advance(seconds=10)
    await hooks.send()
    assert (await hooks.ask("GET", f"/{webhook['id']}"))["failingSince"] is None


async def test_a_new_secret_signs_beside_the_old_one_for_a_day(hooks: Hooks, receiver: Receiver):
    webhook = await hooks.make(receiver.url("/status/200"), "test.one")
    rotated = await hooks.ask("POST", f"/{webhook['id']}/rotate-secret")
    await hooks.happen("test.one")
    await hooks.send()
    message = receiver.next()
    assert verified(webhook["secret"], message) == verified(rotated["secret"], message)

    hooks.clock.advance(hours=24)
    async with hooks.services.database.read() as connection:
        (row,) = await connection.fetch("select * from webhooks")
    assert webhook["secret"] not in str(dict(row))
    await hooks.happen("test.one")
    await hooks.send()
    message = receiver.next()
    assert len(message["headers"]["webhook-signature"].split()) == 1


async def test_many_senders_send_each_message_once(hooks: Hooks, receiver: Receiver):
    webhook = await hooks.make(receiver.url("/status/200"), "test.one")
    for _ in range(40):
        await hooks.happen("test.one")
    senders = [Sender(hooks.services) for _ in range(3)]
    for _ in range(3):
        await asyncio.gather(*(sender.tick() for sender in senders))
        await asyncio.gather(*(sender.idle() for sender in senders))
    ids = [message["headers"]["webhook-id"] for message in receiver.taken()]
    assert (len(ids), len(set(ids))) == (40, 40)
    assert {found["status"] for found in await hooks.deliveries(webhook)} == {"delivered"}


async def test_what_a_dead_sender_had_in_hand_is_sent_by_another(
    hooks: Hooks, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(webhook_sender, "DRAIN_SECONDS", 0.05)
    webhook = await hooks.make(receiver.url("/slow"), "test.one")
    await hooks.happen("test.one")
    dying = Sender(hooks.services)
    await dying._spread()
    assert await dying._send_due() == 1
    first = await asyncio.to_thread(receiver.next)
    await dying.stop()
    await hooks.ask("PUT", f"/{webhook['id']}", {"url": receiver.url("/status/200")})
    await hooks.send()
    assert receiver.taken() == [], "it is in somebody's hand"

    hooks.clock.advance(seconds=60)
    await hooks.send()

    assert receiver.next()["headers"]["webhook-id"] == first["headers"]["webhook-id"]
    assert (await one(hooks, webhook))["attempts"] == 2


async def test_a_slow_receiver_leaves_room_for_the_others(hooks: Hooks, receiver: Receiver):
    slow = await hooks.make(receiver.url("/slow"), "test.slow")
    quick = await hooks.make(receiver.url("/status/200"), "test.quick")
    for _ in range(20):
        await hooks.happen("test.slow")
    await hooks.happen("test.quick")
    await hooks.sender.tick()
    await hooks.sender.tick()

    assert {found["status"] for found in await hooks.deliveries(quick)} == {"delivered"}
    under_way = [found for found in await hooks.deliveries(slow) if found["attempts"]]
    assert len(under_way) == webhook_sender.OF_EACH_MAX
    for task in hooks.sender._under_way:
        task.cancel()
    await hooks.sender.stop()


async def test_a_test_message_says_what_it_is(hooks: Hooks, receiver: Receiver):
    webhook = await hooks.make(receiver.url("/status/200"), "run.failed")
    made = await hooks.ask("POST", f"/{webhook['id']}/test", status=202)
    assert (made["type"], made["status"], made["eventId"]) == ("webhook.test", "pending", None)
    await hooks.send()
    said = verified(webhook["secret"], receiver.next())
    assert said["data"] == {"workspaceId": str(hooks.place.uuid), "webhookId": webhook["id"]}


async def test_what_waits_for_a_removed_webhook_is_not_sent(hooks: Hooks, receiver: Receiver):
    webhook = await hooks.make(receiver.url("/status/200"), "test.one")
    await hooks.happen("test.one")
    await hooks.sender._spread()
    await hooks.ask("DELETE", f"/{webhook['id']}")
    await hooks.send()
    assert receiver.taken() == []
    await hooks.ask("GET", f"/{webhook['id']}/deliveries", status=404)


async def test_deliveries_are_forgotten_after_their_time(hooks: Hooks, receiver: Receiver):
    webhook = await hooks.make(receiver.url("/status/200"), "test.one")
    await hooks.happen("test.one")
    await hooks.send()
    hooks.clock.advance(seconds=DELIVERIES_KEPT_FOR.total_seconds())
    await tidy(hooks.services)
    assert len(await hooks.deliveries(webhook)) == 1
    hooks.clock.advance(seconds=1)
    await tidy(hooks.services)
    assert await hooks.deliveries(webhook) == []


async def test_the_example_of_the_documentation_verifies(hooks: Hooks, receiver: Receiver):
    page = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
    example = page.partition("```python\n")[2].partition("```")[0]
    names: dict = {}
    exec(compile(example, "docs/webhooks.md", "exec"), names)
    webhook = await hooks.make(receiver.url("/status/200"), "test.one")
    await hooks.happen("test.one")
    await hooks.send()
    message = receiver.next()
    body = message["body"].encode()

    assert names["verified"](webhook["secret"], message["headers"], body)["type"] == "test.one"
    for headers, altered in (
        (message["headers"], body + b" "),
        (message["headers"] | {"webhook-id": "msg_other"}, body),
        (message["headers"] | {"webhook-timestamp": "1"}, body),
    ):
        with pytest.raises(ValueError, match=r"signature|old"):
            names["verified"](webhook["secret"], headers, altered)
