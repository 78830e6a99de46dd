"""Limits: however many workers there are, no more is taken than a task and a workspace allow, and nothing is left."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import msgspec
import pytest
from pgqueuer.ports.repository import EntrypointExecutionParameter

from casework.clock import SystemClock
from casework.core.command import CancelRun, Claim, Report
from casework.core.definition import Limits
from casework.core.permission import MEMBER, SCOPES, Principal, grant
from casework.core.work import Done, Result, Tell, Work
from casework.engine.worker import WORKER
from casework.entropy import new_uuid
from casework.operations import limits, workflows
from casework.operations.doctor import examine
from casework.store import queue, turns
from tests.engine.conftest import publish
from tests.engine.test_worker import Hands, definition, ended, looking_after, task, working
from tests.people import place as another_place

pytestmark = pytest.mark.anyio

SILENT_AFTER = timedelta(seconds=30)


@pytest.fixture
def clock():
    return SystemClock()


class Taker:
    """A worker that takes calls, and does nothing with them unless it is told to."""

    def __init__(self, workshop, manager):
        self.workshop = workshop
        self.manager = manager
        self.uuid = new_uuid(workshop.services.clock.now())

    async def take(self, most):
        """The calls that it was given, the most urgent first."""
        kinds = {"function": EntrypointExecutionParameter(concurrency_limit=0)}
        found = await self.manager.queries.dequeue(most, kinds, self.manager.queue_manager_id, None, SILENT_AFTER)
        return [queue.as_job(job.payload) for job in found]

    async def begin(self, job):
        await self.workshop.do(job.run_id, Claim(step=job.step, attempt=job.attempt, worker=self.uuid), actor=WORKER)

    async def finish(self, job):
        await self.workshop.do(job.run_id, Report(step=job.step, attempt=job.attempt, output={}), actor=WORKER)

    async def is_idle_for(self):
        """Seconds until a rate lets something begin; None where nothing waits for one."""
        eta = await self.manager.queries.next_deferred_eta(["function"])
        return None if eta is None else eta.total_seconds()


@asynccontextmanager
async def takers(workshop, count=1):
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(count):
            listening = await stack.enter_async_context(workshop.services.database.apart())
            taking = await stack.enter_async_context(workshop.services.database.apart(turns.SESSION))
            made.append(Taker(workshop, queue.steps(listening, taking)[0]))
        yield made


async def runs_of(workshop, workflow_id, count, **fields):
    return await asyncio.gather(
        *(workshop.create(workflow_id=workflow_id, input={"n": 1}, **fields) for _ in range(count))
    )


async def limited(workshop, count, **fields):
    """A workflow of one task with these limits, and so many runs of it."""
    workflow_id = await publish(workshop.services, workshop.place, definition(task("a", limits=fields)))
    await runs_of(workshop, workflow_id, count)
    return workflow_id


def manager_of(place):
    principal = Principal(
        kind="cookie",
        account_id=place.manager.account_id,
        workspace_id=place.id,
        member_id=place.manager.member_id,
        scopes=SCOPES,
    )
    return grant(principal, MEMBER)


async def change(workshop, workflow_id, *tasks):
    source = workflows.Source(text=msgspec.json.encode(definition(*tasks)), media="json")
    await workflows.publish(workshop.services, manager_of(workshop.place), workflow_id, source)


async def limit_workspace(workshop, **fields):
    await limits.replace(workshop.services, manager_of(workshop.place), Limits(**fields), None)


async def later(workshop, seconds):
    """Let so many seconds pass for all rates: the starts were so much longer ago."""
    await workshop.write(f"update step_starts set at = at - interval '{seconds} seconds'")


async def assert_whole(workshop):
    """Nothing is left, and the doctor finds nothing."""
    assert await workshop.value("select count(*) from runs where state <> 'completed'") == 0
    url = workshop.services.settings.database_url
    assert [finding async for finding in examine(url) if finding.breaches] == []


async def test_workers_that_ask_at_the_same_moment_are_given_no_more_than_the_task_may_have(workshop):
    await limited(workshop, 12, concurrency=4)
    async with takers(workshop, 5) as workers:
        taken = [job for found in await asyncio.gather(*(one.take(3) for one in workers)) for job in found]
        assert len(taken) == 4
        for job in taken:
            await workers[0].begin(job)
        assert [await one.take(3) for one in workers] == [[]] * 5
        await workers[0].finish(taken[0])
        await workers[0].finish(taken[1])
        found = await asyncio.gather(*(one.take(3) for one in workers))
    assert sum(map(len, found)) == 2


async def test_a_rate_is_kept_and_the_next_one_is_due_when_the_first_is_long_enough_ago(workshop):
    await limited(workshop, 7, rate="3/m")
    async with takers(workshop) as (worker,):
        assert len(await worker.take(10)) == 3
        assert await worker.take(10) == []
        assert 0 < await worker.is_idle_for() <= 60
        await later(workshop, 30)
        assert await worker.take(10) == []
        assert 0 < await worker.is_idle_for() <= 30
        await later(workshop, 30)
        assert len(await worker.take(2)) == 2
        assert len(await worker.take(2)) == 1
        assert 30 < await worker.is_idle_for() <= 60
        await later(workshop, 60)
        assert len(await worker.take(10)) == 1
        await later(workshop, 60)
        assert await worker.is_idle_for() is None


async def test_a_call_that_is_void_does_not_count_as_a_start(workshop):
    workflow_id = await publish(workshop.services, workshop.place, definition(task("a", limits={"rate": "2/h"})))
    for run in await runs_of(workshop, workflow_id, 2):
        await workshop.do(run.id, CancelRun(reason="enough"))
    await runs_of(workshop, workflow_id, 2)
    async with takers(workshop) as (worker,):
        void, wanted = await worker.take(2), await worker.take(2)
        assert await worker.take(2) == []
    assert {job.run_id for job in void}.isdisjoint(job.run_id for job in wanted)
    assert len(wanted) == 2


async def test_a_limit_counts_all_versions_and_the_newest_one_says_how_many(workshop):
    workflow_id = await limited(workshop, 6, concurrency=1)
    async with takers(workshop) as (worker,):
        (first,) = await worker.take(10)
        await change(workshop, workflow_id, task("a", limits={"concurrency": 3}))
        await runs_of(workshop, workflow_id, 2)
        more = await worker.take(10)
        assert len(more) == 2
        await change(workshop, workflow_id, task("a", limits={"concurrency": 2}))
        for job in (first, *more):
            await worker.begin(job)
        await worker.finish(first)
        assert await worker.take(10) == []
        await worker.finish(more[0])
        assert len(await worker.take(10)) == 1
        await change(workshop, workflow_id, task("a"))
        assert len(await worker.take(10)) == 4


async def test_a_workspaces_limit_holds_for_all_its_tasks_together_and_can_be_changed_while_they_wait(workshop):
    for key in ("one", "two"):
        workflow_id = await publish(workshop.services, workshop.place, definition(task("a"), key=key))
        await runs_of(workshop, workflow_id, 4)
    async with takers(workshop) as (worker,):
        begun = await worker.take(2)
        for job in begun:
            await worker.begin(job)
        await limit_workspace(workshop, concurrency=3)
        assert len(await worker.take(10)) == 1
        await limit_workspace(workshop, rate="2/d")
        assert len(await worker.take(10)) == 2
        assert await worker.take(10) == []
        await limit_workspace(workshop)
        assert len(await worker.take(10)) == 3


async def test_a_step_that_was_cancelled_has_its_place_until_its_worker_lets_go(workshop):
    workflow_id = await limited(workshop, 0, concurrency=1)
    (run,) = await runs_of(workshop, workflow_id, 1)
    async with takers(workshop) as (worker,):
        (job,) = await worker.take(10)
        await worker.begin(job)
        await runs_of(workshop, workflow_id, 1)
        await workshop.do(run.id, CancelRun(reason="enough"))
        assert await worker.take(10) == []
        await workshop.write("delete from jobs where status = 'picked'")
        assert len(await worker.take(10)) == 1


async def test_a_call_whose_worker_fell_silent_goes_to_another_with_the_place_that_it_has(workshop):
    await limited(workshop, 2, concurrency=1, rate="1/d")
    async with takers(workshop, 2) as (dead, alive):
        taken = await dead.take(10)
        assert await alive.take(10) == []
        await workshop.write("update jobs set heartbeat = now() - interval '1 min' where status = 'picked'")
        assert await alive.take(10) == taken
        await alive.begin(taken[0])
        await alive.finish(taken[0])
        assert await alive.take(10) == []  # the rate's only start was spent, once


async def test_what_has_no_limit_does_not_wait_behind_what_has(workshop):
    fields = {"concurrency": 1}
    workflow_id = await publish(
        workshop.services, workshop.place, definition(task("a", limits=fields), task("b"), start=["a", "b"])
    )
    await runs_of(workshop, workflow_id, 3, priority=90)
    async with takers(workshop) as (worker,):
        taken = await worker.take(10)
        assert sorted(job.step for job in taken) == [1, 2, 2, 2]
        waiting = await queue_depth(workshop)
    assert (waiting.queued, waiting.limited) == (2, 2)


async def queue_depth(workshop):
    async with workshop.services.database.read() as connection:
        (depth,) = await queue.depths(connection)
    return depth


async def test_a_workspace_with_one_call_waits_for_one_of_each_other_workspace(workshop):
    await limited(workshop, 40)
    other = await another_place(workshop.services, "Other")
    other_flow = await publish(workshop.services, other, definition(task("a")))
    async with takers(workshop) as (worker,):
        before = [job.workspace_id for _ in range(3) for job in await worker.take(1)]
        workshop.place, ours = other, workshop.place
        await runs_of(workshop, other_flow, 2, member_id=None)
        after = [job.workspace_id for _ in range(4) for job in await worker.take(1)]
        assert before == [ours.id] * 3
        assert after == [other.id, ours.id, other.id, ours.id]
        await runs_of(workshop, other_flow, 3, member_id=None)
        assert sorted(job.workspace_id for job in await worker.take(4)) == sorted([ours.id, other.id] * 2)


async def test_within_a_workspace_the_more_urgent_goes_first(workshop):
    workflow_id = await limited(workshop, 3, concurrency=50)
    (urgent,) = await runs_of(workshop, workflow_id, 1, priority=90)
    async with takers(workshop) as (worker,):
        assert [job.run_id for job in await worker.take(1)] == [urgent.id]


async def test_many_workspaces_that_have_no_room_do_not_hide_one_that_has(workshop):
    await limit_workspace(workshop, rate="1/d")
    await limited(workshop, 2)
    for number in range(turns.PLACES + 3):
        other = await another_place(workshop.services, f"Other {number}")
        workflow_id = await publish(workshop.services, other, definition(task("a", limits={"rate": "1/d"})))
        workshop.place = other
        await runs_of(workshop, workflow_id, 2, member_id=None)
    async with takers(workshop) as (worker,):
        while await worker.take(10):
            pass
        await workshop.write("delete from step_starts where workspace_id = (select max(id) from workspaces)")
        assert [job.workspace_id for job in await worker.take(10)] == [other.id]


# With workers that do the work


class Watched(Hands):
    """Counts how many it has in hand at once."""

    def __init__(self) -> None:
        super().__init__(self._hold)
        self.now = self.most = 0

    async def _hold(self, work: Work, _tell: Tell) -> Result:
        self.now += work.task.key == "b"
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)  # others may come in
        self.now -= work.task.key == "b"
        return Done(output={})


@asynccontextmanager
async def several(workshop, hands, count):
    """So many workers, whose leases last however slow the machine is."""
    async with AsyncExitStack() as stack:
        for number in range(count):
            await stack.enter_async_context(working(workshop, hands, f"number {number}", lease_seconds=600))
        yield


async def test_several_workers_never_have_more_in_hand_than_allowed_and_leave_nothing(workshop):
    hands = Watched()
    tasks = (task("a", next=[{"to": "b"}]), task("b", limits={"concurrency": 2}))
    workflow_id = await publish(workshop.services, workshop.place, definition(*tasks))
    async with several(workshop, hands, 3):
        for run in await runs_of(workshop, workflow_id, 25):
            assert await ended(workshop, run.id) == "completed"
    assert 0 < hands.most <= 2
    assert len(hands.asked) == 50
    await assert_whole(workshop)


async def test_a_worker_goes_on_by_itself_when_the_next_one_is_due(workshop):
    hands = Watched()
    workflow_id = await publish(workshop.services, workshop.place, definition(task("b", limits={"rate": "4/s"})))
    async with several(workshop, hands, 2):
        for run in await runs_of(workshop, workflow_id, 9):
            assert await ended(workshop, run.id) == "completed"
    starts = [at for (at,) in await workshop.rows("select at from step_starts order by at")]
    assert len(starts) == 9
    assert all(after - before >= timedelta(seconds=1) for before, after in zip(starts, starts[4:], strict=False))
    await assert_whole(workshop)


async def test_workers_hear_of_it_when_a_limit_is_lifted(workshop):
    hands = Watched()
    fields = {"rate": "1/d"}
    workflow_id = await publish(workshop.services, workshop.place, definition(task("a", limits=fields)))
    async with several(workshop, hands, 2):
        runs = await runs_of(workshop, workflow_id, 3)
        await hands.at_work()
        await change(workshop, workflow_id, task("a"))
        for run in runs:
            assert await ended(workshop, run.id) == "completed"
    assert len(hands.asked) == 3
    await assert_whole(workshop)


async def test_a_worker_that_dies_frees_its_places_when_its_step_is_taken_over(workshop):
    never = asyncio.Event()

    async def hang(work: Work, _tell: Tell) -> Result:
        if work.attempt == 1 and work.run_id == first.id:
            await never.wait()
        return Done(output={})

    hands = Hands(hang)
    workflow_id = await publish(workshop.services, workshop.place, definition(task("a", limits={"concurrency": 1})))
    (first,) = await runs_of(workshop, workflow_id, 1)
    async with working(workshop, hands, "stalls", lease_seconds=600):
        await hands.at_work()
        (second,) = await runs_of(workshop, workflow_id, 1)
        await workshop.write("update workers set lease_until = clock_timestamp() - interval '1 second'")
        async with working(workshop, hands, "goes on"), looking_after(workshop):
            assert await ended(workshop, second.id) == "completed"
            assert await ended(workshop, first.id) == "completed"
    await assert_whole(workshop)
