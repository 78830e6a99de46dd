"""Steps come to people by themselves: to whom it is right, once, and never beyond what they may have."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from casework.core.command import Assign, Complete, Look, Reassign, Unassign
from casework.core.errors import Conflict
from casework.core.permission import Principal, grant, own_or
from casework.engine.distributor import Distributor
from casework.engine.service import Engine
from casework.operations import capacity as capacity_operations
from casework.store.database import Database
from tests.engine.conftest import publish, together

pytestmark = pytest.mark.anyio


async def published(workshop, *tasks, **fields):
    definition = {"casework": 1, "key": "desk", "tasks": [{"kind": "human", **task} for task in tasks]}
    workflow_id = await publish(workshop.services, workshop.place, definition | fields)
    for who in workshop.people:
        await workshop.write(
            "insert into workflow_grants (workspace_id, workflow_id, member_id, level) "
            f"values ({workshop.place.id}, {workflow_id}, {who.member_id}, 'use')"
        )
    # The Manager belongs to every project, and is not one of those who work.
    await workshop.write(f"update members set is_available = false where id = {workshop.place.manager.member_id}")
    return workflow_id


async def capacity(workshop, number, count):
    await workshop.write(f"update members set capacity = {count} where id = {workshop.people[number].member_id}")


def distributor(workshop):
    return Distributor(workshop.services.database, workshop.services.engine)


async def hand_out(workshop):
    """Hand out until nobody could be given anything."""
    rounds = distributor(workshop)
    while await rounds.round():
        pass


async def holders(workshop):
    """The number of the person who has each run's first open step, by run; None where nobody has."""
    numbers = {who.account_id: number for number, who in enumerate(workshop.people)}
    rows = await workshop.rows("select run_id, account_id from steps where ended_at is null order by run_id, number")
    return [numbers.get(account_id) for _, account_id in rows]


async def test_least_loaded_spreads_the_work_and_says_so(workshop):
    workflow_id = await published(workshop, {"key": "a", "distribute": "least_loaded"})
    runs = [await workshop.create(workflow_id=workflow_id) for _ in range(6)]
    await hand_out(workshop)
    assert sorted(await holders(workshop)) == [0, 0, 1, 1, 2, 2]
    query = "select data, actor_kind from events where run_id = $1 and type = 'step.assigned'"
    ((data, kind),) = await workshop.rows(query, runs[0].id)
    assert (data["distribute"], kind) == ("least_loaded", "system")


async def test_in_turn_goes_on_where_the_last_round_ended(workshop):
    workflow_id = await published(workshop, {"key": "a", "distribute": "round_robin"})
    for _ in range(2):
        await together(*(workshop.create(workflow_id=workflow_id) for _ in range(4)))
        await hand_out(workshop)
    assert sorted(await holders(workshop)) == [0, 0, 0, 1, 1, 1, 2, 2]


async def test_a_case_comes_back_to_whoever_worked_on_it(workshop):
    workflow_id = await published(workshop, {"key": "a", "next": [{"to": "b"}]}, {"key": "b", "distribute": "sticky"})
    run = await workshop.create(workflow_id=workflow_id)
    await workshop.finish(run.id, 1, 2)
    await capacity(workshop, 2, 1)
    await hand_out(workshop)
    assert await holders(workshop) == [2]
    other = await workshop.create(workflow_id=workflow_id)
    await workshop.do(other.id, Assign(step=1, assignee=workshop.assignee(2)))
    await workshop.do(other.id, Complete(step=1, data={}))
    await hand_out(workshop)
    assert (await holders(workshop))[1] in (0, 1)


async def test_what_nobody_has_room_for_waits_and_is_handed_out_by_urgency(workshop):
    workflow_id = await published(workshop, {"key": "a", "distribute": "least_loaded"})
    for number in range(3):
        await capacity(workshop, number, 0)
    low, high, old = [
        (await workshop.create(workflow_id=workflow_id, priority=priority)).id for priority in (10, 60, 20)
    ]
    await workshop.write(f"update steps set created_at = created_at - interval '50 hours' where run_id = {old}")
    await hand_out(workshop)
    assert await holders(workshop) == [None, None, None]
    seen = []
    for count in (1, 2, 3):
        await capacity(workshop, 1, count)
        await hand_out(workshop)
        seen.append([holder is not None for holder in await holders(workshop)])
    assert [low, high, old] == sorted([low, high, old])
    assert seen == [[False, False, True], [False, True, True], [True, True, True]]


async def test_who_is_not_available_is_handed_nothing_and_may_be_given_work(workshop):
    workflow_id = await published(workshop, {"key": "a", "distribute": "least_loaded"})
    await workshop.write("update members set is_available = false")
    run = await workshop.create(workflow_id=workflow_id)
    await hand_out(workshop)
    assert await holders(workshop) == [None]
    handed = Assign(step=1, assignee=workshop.assignee(0), is_bounded=True, distribute="least_loaded")
    with pytest.raises(Conflict, match="not available"):
        await workshop.do(run.id, handed)
    await workshop.do(run.id, Assign(step=1, assignee=workshop.assignee(0), is_bounded=True))
    assert await holders(workshop) == [0]


async def test_who_did_nothing_is_not_handed_the_same_again(workshop, clock):
    workflow_id = await published(workshop, {"key": "a", "distribute": "least_loaded", "requeue_after": "30m"})
    run = await workshop.create(workflow_id=workflow_id)
    seen = set()
    for _ in range(3):
        await hand_out(workshop)
        seen.update(await holders(workshop))
        clock.advance(seconds=1800)
        await workshop.do(run.id, Look(step=1))
    await hand_out(workshop)
    assert seen == {0, 1, 2}
    assert await holders(workshop) == [None]


async def test_a_capacity_bounds_what_people_take_and_not_what_a_supervisor_gives(workshop):
    workflow_id = await published(workshop, {"key": "a"})
    await capacity(workshop, 0, 1)
    runs = [(await workshop.create(workflow_id=workflow_id)).id for _ in range(3)]
    take = Assign(step=1, assignee=workshop.assignee(0), is_bounded=True)
    results = await together(*(workshop.do(run_id, take, actor=workshop.actor(0)) for run_id in runs))
    refused = [result for result in results if isinstance(result, Conflict)]
    assert len(refused) == 2
    assert "as many activities as their capacity allows" in str(refused[0])
    (left, last) = [run_id for run_id, result in zip(runs, results, strict=True) if result in refused]
    await workshop.do(left, Assign(step=1, assignee=workshop.assignee(0)))
    assert sorted(await holders(workshop), key=str) == [0, 0, None]
    await workshop.do(last, Assign(step=1, assignee=workshop.assignee(1)))
    with pytest.raises(Conflict):
        await workshop.do(last, Reassign(step=1, assignee=workshop.assignee(0), is_bounded=True))
    await workshop.do(left, Reassign(step=1, assignee=workshop.assignee(0), is_bounded=True))


async def test_room_that_one_order_makes_another_of_the_same_commit_may_take(workshop):
    workflow_id = await published(workshop, {"key": "a"})
    await capacity(workshop, 0, 1)
    first, second = [(await workshop.create(workflow_id=workflow_id)).id for _ in range(2)]
    take = Assign(step=1, assignee=workshop.assignee(0), is_bounded=True)
    await workshop.do(first, take)
    results = await together(workshop.do(first, Unassign(step=1)), workshop.do(second, take))
    assert not any(isinstance(result, Exception) for result in results)
    assert await holders(workshop) == [None, 0]


@asynccontextmanager
async def another_process(workshop):
    """A second engine over the same database, with connections of its own."""
    database = await Database.open(workshop.services.settings.database_url, size=4)
    engine = Engine(database, workshop.services.clock)
    await engine.start()
    try:
        yield Distributor(database, engine)
    finally:
        await engine.stop()
        await database.close()


async def all_assigned(workshop, count):
    """Return when so many steps are somebody's; the database is asked, as any reader would."""
    async with asyncio.timeout(20):
        while await workshop.value("select count(*) from steps where state = 'assigned'") < count:
            await workshop.rows("select pg_sleep(0.02)")


async def test_many_who_become_available_at_once_get_each_step_once_and_not_too_much(workshop):
    people = [await workshop.place.member() for _ in range(16)]
    workshop.people = people
    workflow_id = await published(workshop, {"key": "a", "distribute": "least_loaded"})
    await workshop.write("update members set is_available = false")
    await workshop.write("update workspaces set capacity = 2")
    await together(*(workshop.create(workflow_id=workflow_id) for _ in range(40)))

    async def comes(who):
        principal = Principal(
            kind="cookie", account_id=who.account_id, workspace_id=workshop.place.id, member_id=who.member_id
        )
        allowed = grant(principal, own_or("members:write"))
        await capacity_operations.set_available(
            workshop.services, allowed, who.member_id, is_available=True, claim=None
        )

    async with another_process(workshop) as other:
        mine = distributor(workshop)
        await mine.start()
        await other.start()
        try:
            await asyncio.gather(*(comes(who) for who in people))
            await all_assigned(workshop, 32)
            done = await workshop.rows("select run_id, account_id from steps where state = 'assigned' limit 4")
            await asyncio.gather(*(workshop.do(run_id, Complete(step=1, data={})) for run_id, _ in done))
            await all_assigned(workshop, 32)
        finally:
            await mine.stop()
            await other.stop()
    held = await workshop.rows("select count(*) from steps where state = 'assigned' group by account_id")
    assert held == [(2,)] * 16
    facts = await workshop.rows("select count(*) from events where type = 'step.assigned' group by run_id")
    assert facts == [(1,)] * 36


async def test_what_a_distributor_that_died_left_is_found_by_the_next(workshop):
    workflow_id = await published(workshop, {"key": "a", "distribute": "round_robin"})
    await workshop.create(workflow_id=workflow_id)
    workshop.services.engine.stirred.clear()  # nobody was told of it
    rounds = distributor(workshop)
    await rounds.start()
    try:
        await all_assigned(workshop, 1)
    finally:
        await rounds.stop()
