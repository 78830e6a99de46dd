"""Facts become messages: none is passed over, none is told twice, whatever order transactions end in."""

import asyncio

from casework.core.actor import SYSTEM
from casework.operations.webhook_sender import Sender
from casework.store import audit, outbox
from tests import people
from tests.documents import published, task
from tests.webhooks.conftest import Hooks

URL = "https://example.com/hook"


async def told(hooks: Hooks, webhook: dict) -> list[str]:
    """The types of a webhook's messages, in the order in which they were made."""
    return [one["type"] for one in reversed(await hooks.deliveries(webhook))]


async def spread(hooks: Hooks, limit: int = 1000) -> outbox.Spread:
    async with hooks.services.database.write() as connection:
        return await outbox.spread(connection, limit=limit, at=hooks.clock.now())


async def test_a_fact_that_becomes_visible_late_is_told(hooks: Hooks):
    webhook = await hooks.make(URL)
    await spread(hooks)
    before = await told(hooks, webhook)
    async with hooks.services.database.write() as slow:
        await audit.record(slow, hooks.place.id, SYSTEM, "test.slow", [{}], hooks.clock.now())
        await hooks.happen("test.quick")

        assert (await spread(hooks)).deliveries == 0, "the slow one has the lower id, and may still come"

    assert (await spread(hooks)).deliveries == 2
    assert await told(hooks, webhook) == [*before, "test.slow", "test.quick"]
    assert (await spread(hooks)).events == 0


async def test_a_fact_of_an_older_transaction_with_a_higher_id_is_told(hooks: Hooks):
    webhook = await hooks.make(URL)
    await spread(hooks)
    before = await told(hooks, webhook)
    async with hooks.services.database.write() as old:
        await old.execute("select pg_current_xact_id()")
        await hooks.happen("test.between")
        assert (await spread(hooks)).deliveries == 0
        await audit.record(old, hooks.place.id, SYSTEM, "test.old", [{}], hooks.clock.now())
    await spread(hooks)
    await hooks.happen("test.after")
    await spread(hooks)

    assert sorted((await told(hooks, webhook))[len(before) :]) == ["test.after", "test.between", "test.old"]


async def test_what_is_rolled_back_is_not_told(hooks: Hooks):
    webhook = await hooks.make(URL)
    await spread(hooks)
    before = await told(hooks, webhook)
    async with hooks.services.database.read() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await audit.record(connection, hooks.place.id, SYSTEM, "test.undone", [{}], hooks.clock.now())
        await transaction.rollback()
    await hooks.happen("test.done")
    await spread(hooks)

    assert (await told(hooks, webhook))[len(before) :] == ["test.done"]


async def test_every_fact_is_told_once_however_many_write_and_spread_at_once(hooks: Hooks):
    webhook = await hooks.make(URL, "test.many")
    writing = True

    async def write(number: int) -> None:
        for _ in range(25):
            async with hooks.services.database.write() as connection:
                facts = [{"by": number}, {"by": number}]
                await audit.record(connection, hooks.place.id, SYSTEM, "test.many", facts, hooks.clock.now())
                await asyncio.sleep(0.001 * (number % 3))

    async def read() -> None:
        while writing:
            await spread(hooks, limit=7)

    readers = [asyncio.create_task(read()) for _ in range(2)]
    await asyncio.gather(*(write(number) for number in range(4)))
    writing = False
    await asyncio.gather(*readers)
    while (await spread(hooks, limit=7)).events:
        pass

    async with hooks.services.database.read() as connection:
        found = await connection.fetch("select event_id from webhook_deliveries where webhook_id = $1", webhook["id"])
        events = await connection.fetch("select id from events where type = 'test.many'")
    assert sorted(row["event_id"] for row in found) == sorted(row["id"] for row in events)
    assert len(found) == 200


async def test_where_no_webhook_is_nothing_is_read_or_written(hooks: Hooks):
    await hooks.happen("test.unheard")
    async with hooks.services.database.read() as connection:
        before = await connection.fetchrow("select ctid, * from webhook_cursor")
    assert await spread(hooks) == outbox.Spread(events=0, deliveries=0)
    async with hooks.services.database.read() as connection:
        assert await connection.fetchrow("select ctid, * from webhook_cursor") == before


async def test_a_webhook_is_told_what_comes_after_it(hooks: Hooks):
    await hooks.happen("test.before")
    first = await hooks.make(URL, "test.before", "test.first", "test.second")
    await hooks.happen("test.first")
    second = await hooks.make(URL, "test.before", "test.first", "test.second")
    await hooks.happen("test.second")
    await spread(hooks)

    assert await told(hooks, first) == ["test.first", "test.second"]
    assert await told(hooks, second) == ["test.second"]


async def test_a_webhook_is_told_what_it_asked_for_in_its_own_workspace(hooks: Hooks):
    elsewhere = await people.place(hooks.services, "Elsewhere")
    one, two, every = await hooks.make(URL, "test.one"), await hooks.make(URL, "test.two"), await hooks.make(URL)
    await hooks.happen("test.one", "test.three")
    await hooks.happen("test.one", place=elsewhere)
    await spread(hooks)

    assert (await told(hooks, one), await told(hooks, two)) == (["test.one"], [])
    assert await told(hooks, every) == ["webhook.created", "test.one", "test.three"], "its own beginning is its first"


async def test_a_disabled_webhook_is_told_what_comes_after_it_is_enabled(hooks: Hooks):
    webhook = await hooks.make(URL, "test.one", "test.two")
    await hooks.ask("PUT", f"/{webhook['id']}", {"disabled": True})
    await hooks.happen("test.one")
    await spread(hooks)
    await hooks.ask("PUT", f"/{webhook['id']}", {"disabled": False})
    await hooks.happen("test.two")
    await spread(hooks)

    assert await told(hooks, webhook) == ["test.two"]


async def test_a_message_holds_ids_and_states_and_nothing_that_people_wrote(hooks: Hooks):
    document = {"casework": 1, "key": "leave", "name": "Leave", "tasks": [task("ask")]}
    workflow = await published(hooks.client, hooks.place, document)
    other = await published(hooks.client, hooks.place, {**document, "key": "other"})
    webhook = await hooks.make(URL, "run.started", "run.cancelled", workflowId=workflow["id"])
    runs = []
    for one in (workflow, other):
        body = {"workflowId": one["id"], "title": "zq7private", "input": {"private": "zq7private"}}
        answer = await hooks.client.post(
            f"{hooks.place.path}/assignments", json=body, headers=hooks.place.manager.headers
        )
        runs.append(answer.json())
    await hooks.client.post(
        f"{hooks.place.path}/assignments/{runs[0]['id']}/cancel",
        json={"reason": "zq7private"},
        headers=hooks.place.manager.headers,
    )
    await spread(hooks)

    last, first = await hooks.deliveries(webhook)
    assert (first["type"], last["type"]) == ("run.started", "run.cancelled")
    payload = (await hooks.ask("GET", f"/{webhook['id']}/deliveries/{last['id']}"))["payload"]
    assert payload == {
        "type": "run.cancelled",
        "timestamp": "2024-02-04T12:00:00.000Z",
        "data": {
            "eventId": last["eventId"],
            "workspaceId": str(hooks.place.uuid),
            "assignmentId": runs[0]["id"],
            "runId": runs[0]["uuid"],
            "status": "cancelled",
            "workflowId": workflow["id"],
            "workflowKey": "leave",
            "step": None,
            "taskKey": None,
            "revision": payload["data"]["revision"],
            "actor": {"kind": "member", "id": hooks.place.manager.member_id},
        },
    }


async def test_after_a_dump_was_restored_elsewhere_nothing_is_lost_or_told_twice(hooks: Hooks):
    webhook = await hooks.make(URL, "test.told", "test.untold", "test.new")
    await hooks.happen("test.told")
    await spread(hooks)
    await hooks.happen("test.untold")
    async with hooks.services.database.write() as connection:
        # As another cluster leaves it: transactions of long ago bear numbers that this one has not reached.
        await connection.execute("alter table events disable trigger events_append_only")
        await connection.execute("update events set xact_id = '9000000000000'::xid8")
        await connection.execute("alter table events enable trigger events_append_only")
        await connection.execute("update webhooks set after_xact = '8000000000000'::xid8")
        await connection.execute("update webhook_cursor set xact_id = '8000000000001'::xid8, cluster = 1")
    assert (await spread(hooks)).deliveries == 1
    await hooks.happen("test.new")
    assert (await spread(hooks)).deliveries == 1

    assert await told(hooks, webhook) == ["test.told", "test.untold", "test.new"]


async def test_a_sender_makes_messages_of_more_facts_than_fit_one_transaction(hooks: Hooks, monkeypatch):
    monkeypatch.setattr("casework.operations.webhook_sender.EVENTS_AT_ONCE", 3)
    webhook = await hooks.make("https://nobody.invalid/", "test.many")
    for _ in range(10):
        await hooks.happen("test.many")
    await Sender(hooks.services).tick()
    await hooks.sender.idle()

    assert len(await told(hooks, webhook)) == 10
