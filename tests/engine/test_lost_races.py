"""Commits of several processes do not get in each other's way; where somebody else does, the commit is run again."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from casework.core.command import Assign, CancelRun
from casework.engine.order import NewRun, Order
from casework.engine.service import Engine
from casework.entropy import new_uuid
from casework.operations.doctor import examine
from casework.store.database import COMMITS_AT_ONCE, SLOTS, Database, LostRace
from tests.engine.test_lost_answers import logging

pytestmark = pytest.mark.anyio


async def slots(stack: AsyncExitStack, database: Database) -> list[int]:
    """Where each of its engine's connections counts, all at work at once."""
    found = []
    for _ in range(COMMITS_AT_ONCE):
        connection = await stack.enter_async_context(database.commit())
        found.append(await connection.fetchval("select counting_slot()"))
    return found


async def test_no_two_connections_of_engines_count_in_one_slot(workshop):
    url = workshop.services.settings.database_url
    opened = [await Database.open(url, size=1) for _ in range(12)]
    try:
        async with AsyncExitStack() as stack:
            taken = [slot for one in opened for slot in await slots(stack, one)]
        assert len(set(taken)) == len(taken) == 12 * COMMITS_AT_ONCE
        assert min(taken) >= 0
        async with opened[0].write() as connection:
            assert await connection.fetchval("select counting_slot()") < 0
    finally:
        for one in opened:
            await one.close()


async def test_a_slot_is_free_again_when_its_connection_ends(workshop):
    url = workshop.services.settings.database_url
    for _ in range(8):
        one = await Database.open(url, size=1)
        async with AsyncExitStack() as stack:
            found = await slots(stack, one)
        await one.close()
        assert max(found) < 6 * COMMITS_AT_ONCE  # those that close may still be closing


async def test_engines_beyond_the_last_slot_share_one_and_their_counts_are_right(workshop):
    services, url = workshop.services, workshop.services.settings.database_url
    async with AsyncExitStack() as stack:
        others = await stack.enter_async_context(services.database.apart())
        await others.execute(
            "select pg_try_advisory_lock(hashtext('casework slots'), slot) from generate_series(0, $1::int - 1) slot",
            SLOTS,
        )
        engines = []
        for _ in range(3):
            database = await Database.open(url, size=2)
            stack.push_async_callback(database.close)
            async with AsyncExitStack() as both:
                assert max(await slots(both, database)) < 0
            engine = Engine(database, services.clock)
            await engine.start()
            stack.push_async_callback(engine.stop)
            engines.append(engine)
        made = await asyncio.gather(*(engine.create(new_run(workshop)) for engine in engines for _ in range(100)))
        cancel = CancelRun(reason="enough")
        await asyncio.gather(
            *(
                engines[number % 3].submit(
                    Order(workspace_id=workshop.place.id, run_id=one.run.id, command=cancel, actor=workshop.boss())
                )
                for number, one in enumerate(made)
            )
        )
    assert await workshop.value("select sum(count) from run_counts where state = 'cancelled'") == 300
    assert [finding async for finding in examine(url) if finding.breaches] == []


def new_run(workshop) -> NewRun:
    return NewRun(
        uuid=new_uuid(workshop.services.clock.now()),
        workspace_id=workshop.place.id,
        workflow_id=workshop.workflow_id,
        actor=workshop.boss(),
        member_id=workshop.people[0].member_id,
    )


async def test_a_commit_that_gave_way_to_another_transaction_is_run_again(workshop):
    run = await workshop.create()
    with logging() as warnings:
        async with workshop.services.database.write() as other:
            await other.execute(
                "set local deadlock_timeout = '30s'"
            )  # the engine's connection is the one that gives way
            await other.execute("select from runs where id = $1 for update", run.id)
            begun = asyncio.create_task(
                workshop.do(run.id, Assign(step=1, assignee=workshop.assignee(0), start_working=True))
            )
            await waiting(workshop)  # it has the person, and waits for the run
            await other.execute("select from members where id = $1 for update", workshop.people[0].member_id)
        after = await begun
    assert after.step(1).account_id == workshop.people[0].account_id
    assert "engine.race_lost" in warnings.getvalue()


async def test_whoever_gives_way_is_told_that_it_was_a_race(workshop):
    first, second = [(await workshop.create()).id for _ in range(2)]
    lock = "select from runs where id = $1 for update"
    async with workshop.services.database.write() as other:
        await other.execute("set local deadlock_timeout = '30s'")
        await other.execute(lock, first)

        async def both() -> None:
            async with workshop.services.database.write() as one:
                await one.execute(lock, second)
                await one.execute(lock, first)

        losing = asyncio.create_task(both())
        await waiting(workshop)
        await other.execute(lock, second)
        with pytest.raises(LostRace, match="try again"):
            await losing


async def waiting(workshop) -> None:
    """Return when some connection of this database waits for a lock."""
    query = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with asyncio.timeout(20):
        while True:
            if await workshop.value(query):
                return
            await asyncio.sleep(0.02)
