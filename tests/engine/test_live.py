"""The hub: told at once here, soon elsewhere; what is lost is known to be lost."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from casework.core.command import CancelRun
from casework.core.errors import Unavailable
from casework.engine import live
from casework.engine.live import HINTS_MAX, LOOK_AGAIN, Hub, Subscription, packed, workspace_topic
from casework.store.line import PAYLOAD_BYTES_MAX
from tests.engine.conftest import Workshop

SOON = 20
AGAIN = {"type": LOOK_AGAIN}


@pytest.fixture
async def hubs(database_url: str) -> AsyncIterator[tuple[Hub, Hub]]:
    """Two processes' hubs over one database."""
    found = Hub(database_url), Hub(database_url)
    for hub in found:
        await hub.start()
    yield found
    for hub in found:
        await hub.stop()


async def test_a_hint_is_there_at_once_in_the_process_and_soon_in_another(hubs):
    here, there = hubs
    with here.subscribe("a") as near, there.subscribe("a", "b") as far, there.subscribe("c") as other:
        here.publish(("a", "b"), {"type": "x", "n": 1})
        assert near.drain() == [{"type": "x", "n": 1}]
        assert await far.next(seconds=SOON) == {"type": "x", "n": 1}
        assert far.drain() == other.drain() == []


async def test_nobody_hears_what_was_told_before_or_after_listening(hubs):
    here, _ = hubs
    here.publish(("a",), {"type": "x"})
    with here.subscribe("a") as reader:
        assert reader.drain() == []
    here.publish(("a",), {"type": "x"})
    assert reader.drain() == []


async def test_the_same_hint_is_carried_once_but_what_is_said_as_often_as_it_is_said(hubs):
    here, there = hubs
    with there.subscribe("a") as far:
        for _ in range(3):
            here.publish(("a",), {"type": "x"})
        for _ in range(3):
            here.say("a", {"type": "delta", "text": "ha"})
        here.say("a", {"type": "done"})
        heard = []
        while not heard or heard[-1]["type"] != "done":
            heard.append(await far.next(seconds=SOON))
    assert [hint["type"] for hint in heard] == ["x", "delta", "delta", "delta", "done"]


async def test_a_reader_that_does_not_read_is_told_to_look_again_and_costs_no_more(hubs):
    here, _ = hubs
    with here.subscribe("a") as reader:
        for number in range(HINTS_MAX):
            here.publish(("a",), {"type": "x", "n": number})
        assert len(reader.drain()) == HINTS_MAX
        for number in range(10 * HINTS_MAX + 1):
            here.publish(("a",), {"type": "x", "n": number})
        waiting = reader.drain()
    assert waiting[0] == AGAIN
    assert len(waiting) <= HINTS_MAX


async def test_what_is_too_large_for_the_line_is_a_reason_to_look(hubs):
    here, there = hubs
    large = {"type": "delta", "text": "x" * PAYLOAD_BYTES_MAX}
    with here.subscribe("a") as near, there.subscribe("a") as far:
        here.say("a", large)
        assert near.drain() == [large]
        assert await far.next(seconds=SOON) == AGAIN


async def test_a_line_that_breaks_is_made_anew_and_everybody_looks_again(hubs, database_url):
    here, there = hubs
    with here.subscribe("a") as near, there.subscribe("b") as far:
        connection = await asyncpg.connect(database_url)
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and application_name = 'casework line'"
        )
        assert await near.next(seconds=SOON) == AGAIN
        assert await far.next(seconds=SOON) == AGAIN
        near.drain(), far.drain()
        while (heard := await far.next(seconds=0.2)) != {"type": "x"}:  # the other's line may take a moment longer
            assert heard in (None, AGAIN)
            here.publish(("b",), {"type": "x"})
        await connection.close()


async def test_while_there_is_no_line_a_bounded_number_of_words_waits(hubs, monkeypatch):
    monkeypatch.setattr(live, "OUTBOX_MAX", 5)
    here, there = hubs
    with there.subscribe("a") as far:
        for number in range(6):
            here.say("a", {"type": "x", "n": number})
        assert await far.next(seconds=SOON) == AGAIN
        assert far.drain() == []


async def test_a_hub_does_not_start_where_no_database_answers():
    with pytest.raises(Unavailable):
        await Hub("postgresql://nobody@127.0.0.1:1/nothing").start()


async def test_words_are_packed_into_as_few_payloads_as_hold_them():
    words = [b'"%s"' % (b"x" * size) for size in (10, 4_000, 3_000, 5_000, 2_000, 1)]
    payloads = packed(words)
    assert len(payloads) == 2
    assert all(len(payload.encode()) <= PAYLOAD_BYTES_MAX for payload in payloads)
    assert "".join(payloads).count("x") == 14_011
    assert packed([]) == []


async def test_a_commit_tells_which_runs_it_changed_and_a_refusal_tells_nothing(workshop: Workshop):
    hub = workshop.services.live
    with hub.subscribe(workspace_topic(workshop.place.id)) as reader:
        run = await workshop.create()
        hint = {
            "type": "run.changed",
            "runId": run.id,
            "workflowId": workshop.workflow_id,
            "memberId": run.member_id,
            "chatId": None,
        }
        assert reader.drain() == [hint]
        await workshop.do(run.id, CancelRun())
        assert reader.drain() == [hint]
        with pytest.raises(Exception, match="ended"):
            await workshop.do(run.id, CancelRun())
        assert reader.drain() == []


async def test_a_batch_of_many_runs_tells_of_each(workshop: Workshop, hubs):
    _, there = hubs
    with there.subscribe(workspace_topic(workshop.place.id)) as far:
        runs = await asyncio.gather(*(workshop.create() for _ in range(100)))
        told = set()
        while len(told) < len(runs):
            told.add((await far.next(seconds=SOON))["runId"])
    assert told == {run.id for run in runs}


async def test_a_subscription_waits_no_longer_than_it_is_told_to():
    assert await Subscription().next(seconds=0.001) is None
