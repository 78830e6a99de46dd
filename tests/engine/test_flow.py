"""Runs that wait: for instants, events and other runs; every one of them goes on, whoever comes first."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from casework.clock import SystemClock
from casework.core.command import Assign, CancelRun, CancelStep, Complete, Take
from casework.core.errors import Conflict
from casework.engine.errands import DEPTH_MAX, Errands
from casework.engine.matching import match
from casework.engine.timers import Timers
from casework.store import signals
from casework.store.queue import as_errand
from casework.store.signals import NewSignal
from tests.engine.conftest import publish
from tests.engine.test_worker import ended, state_of

pytestmark = pytest.mark.anyio

PAID = {"event": "order.paid", "correlation": "=input.order"}


@pytest.fixture
def clock():
    """The database's timers go by its own clock, so the process's is the machine's."""
    return SystemClock()


@asynccontextmanager
async def moving(workshop):
    """Timers and errands at work."""
    services = workshop.services
    parts = (Timers(services.database, services.engine), Errands(services.database, services.engine, services.clock))
    for part in parts:
        await part.start()
    try:
        yield
    finally:
        for part in parts:
            await part.stop()


def definition(*tasks, key="flow2", **fields):
    return {"casework": 1, "key": key, "tasks": list(tasks), **fields}


async def flow(workshop, *tasks, **fields):
    return await publish(workshop.services, workshop.place, definition(*tasks, **fields))


def wait(key="a", **fields):
    return {"key": key, "kind": "wait", **fields}


def call(key="a", workflow="child", **fields):
    return {"key": key, "kind": "subworkflow", "workflow": workflow, **fields}


async def send(workshop, correlation="42", payload=None, seconds=3600):
    """Keep an event, as whoever sends one does first."""
    now = workshop.services.clock.now()
    async with workshop.services.database.write() as connection:
        expires_at = await connection.fetchval("select $1::timestamptz + make_interval(secs => $2)", now, seconds)
        new = NewSignal(
            workspace_id=workshop.place.id,
            name="order.paid",
            correlation=correlation,
            payload=payload,
            sent_at=now,
            expires_at=expires_at,
        )
        return await signals.insert(connection, new)


async def offer(workshop, correlation="42"):
    services = workshop.services
    await match(
        services.database, services.engine, workshop.place.id, f"order.paid {correlation}", services.clock.now()
    )


async def taken(workshop):
    return await workshop.rows("select id, run_id, step_number from signals where run_id is not null order by id")


async def test_a_wait_ends_at_its_instant(workshop):
    workflow_id = await flow(workshop, wait(**{"for": "1s"}))
    async with moving(workshop):
        run = await workshop.create(workflow_id=workflow_id)
        assert run.state == "paused"
        assert await ended(workshop, run.id) == "completed"
    late = "select extract(epoch from ended_at - try_resolve_at) from steps where try_resolve_at is not null"
    assert await workshop.rows(late) == []
    assert await workshop.value("select ended_at - created_at >= interval '1 second' from runs where id = $1", run.id)


async def test_an_event_that_comes_after_the_wait_is_taken_by_it(workshop):
    workflow_id = await flow(workshop, wait(**PAID))
    run = await workshop.create(workflow_id=workflow_id, input={"order": 42})
    signal = await send(workshop, payload={"sum": 7})
    await offer(workshop)
    assert await taken(workshop) == [(signal, run.id, 1)]
    assert await workshop.value("select output from runs where id = $1", run.id) == {"sum": 7}


async def test_an_event_that_comes_before_the_wait_is_found_by_it(workshop):
    workflow_id = await flow(workshop, wait(**PAID))
    await send(workshop, payload="early")
    async with moving(workshop):
        run = await workshop.create(workflow_id=workflow_id, input={"order": 42})
        assert await ended(workshop, run.id) == "completed"
    assert await workshop.value("select output from runs where id = $1", run.id) == "early"


@pytest.mark.parametrize("first", ["event", "wait"])
async def test_an_event_and_a_wait_that_do_not_see_each_other_meet_all_the_same(workshop, first):
    """Both are written before either is committed; whoever commits last finds the other."""
    workflow_id = await flow(workshop, wait(**PAID))
    services = workshop.services
    now = services.clock.now()
    insert = """insert into signals (workspace_id, name, correlation, payload, sent_at, expires_at)
                values ($1, 'order.paid', '42', '"race"', $2::timestamptz, $2::timestamptz + interval '1 hour')"""
    async with moving(workshop), services.database.apart() as other:
        if first == "wait":
            transaction = other.transaction()
            await transaction.start()
            await other.execute(insert, workshop.place.id, now)
            run = await workshop.create(workflow_id=workflow_id, input={"order": 42})
            await offer(workshop)  # as the wait's errand does: the event is not visible yet
            assert await taken(workshop) == []
            await transaction.commit()
            await offer(workshop)  # as whoever sent it does next
        else:
            transaction = other.transaction()
            await transaction.start()
            await other.execute("lock table steps in share mode")  # the wait is decided, and cannot be written
            creating = asyncio.create_task(workshop.create(workflow_id=workflow_id, input={"order": 42}))
            await other.execute(insert, workshop.place.id, now)
            await transaction.commit()
            await offer(workshop)
            run = await creating
        assert await ended(workshop, run.id) == "completed"
    assert len(await taken(workshop)) == 1


async def test_of_many_events_and_waits_each_takes_one_in_order(workshop):
    workflow_id = await flow(workshop, wait(**PAID))
    runs = [await workshop.create(workflow_id=workflow_id, input={"order": 42}) for _ in range(5)]
    sent = [await send(workshop, payload=n) for n in range(4)]
    await asyncio.gather(*(offer(workshop) for _ in range(6)))
    pairs = await taken(workshop)
    assert [pair[0] for pair in pairs] == sent
    assert sorted(pair[1] for pair in pairs) == [run.id for run in runs[:4]]
    assert await workshop.value("select state from runs where id = $1", runs[4].id) == "paused"


async def test_an_event_is_taken_once(workshop):
    workflow_id = await flow(workshop, wait(**PAID))
    runs = [await workshop.create(workflow_id=workflow_id, input={"order": 42}) for _ in range(2)]
    signal = await send(workshop)
    command = Take(step=1, signal=signal, name="order.paid", correlation="42", payload=None)
    results = await asyncio.gather(*(workshop.do(run.id, command) for run in runs), return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "Run"]
    with pytest.raises(Conflict, match="taken already"):
        await workshop.do(runs[1].id, command)


async def test_an_event_whose_time_is_over_is_not_taken(workshop):
    workflow_id = await flow(workshop, wait(**PAID))
    run = await workshop.create(workflow_id=workflow_id, input={"order": 42})
    await send(workshop, seconds=1e-6)
    await offer(workshop)
    assert await workshop.value("select state from runs where id = $1", run.id) == "paused"


# Sub-runs


async def test_a_sub_runs_output_is_the_steps(workshop):
    await flow(workshop, {"key": "x", "kind": "set", "values": {"m": "=input.n + 1"}}, key="child")
    workflow_id = await flow(workshop, call(input={"n": "=input.n"}))
    async with moving(workshop):
        run = await workshop.create(workflow_id=workflow_id, input={"n": 4})
        assert await ended(workshop, run.id) == "completed"
    assert await workshop.value("select output from runs where id = $1", run.id) == {"m": 5}
    child = "select run_type, ran_by_type, parent_step, member_id from runs where parent_run_id = $1"
    assert await workshop.rows(child, run.id) == [("sub_workflow", "system", 1, workshop.people[0].member_id)]


async def test_a_person_works_in_a_sub_run_and_the_run_above_goes_on(workshop):
    await flow(workshop, {"key": "x", "kind": "human"}, key="child")
    workflow_id = await flow(workshop, call())
    async with moving(workshop):
        run = await workshop.create(workflow_id=workflow_id)
        child = await child_of(workshop, run.id)
        await workshop.do(child, Assign(step=1, assignee=workshop.assignee(0)))
        await workshop.do(child, Complete(step=1, data={"ok": True}))
        assert await ended(workshop, run.id) == "completed"
    assert await workshop.value("select output from runs where id = $1", run.id) == {"ok": True}


async def child_of(workshop, run_id):
    async with asyncio.timeout(20):
        while True:
            found = await workshop.rows("select id from runs where parent_run_id = $1", run_id)
            if found:
                return found[0][0]
            await asyncio.sleep(0.02)


async def test_what_goes_wrong_in_a_sub_run_goes_up_and_what_is_cancelled_goes_down(workshop):
    await flow(workshop, {"key": "x", "kind": "human"}, key="child")
    workflow_id = await flow(workshop, call())
    async with moving(workshop):
        up, down = [await workshop.create(workflow_id=workflow_id) for _ in range(2)]
        await workshop.do(await child_of(workshop, up.id), CancelStep(step=1))
        assert await ended(workshop, up.id) == "failed"
        child = await child_of(workshop, down.id)
        await workshop.do(down.id, CancelRun(reason="enough"))
        assert await ended(workshop, child) == "cancelled"
    error = await workshop.value("select error from runs where id = $1", up.id)
    assert error["code"] == "subworkflow"
    assert "cancelled: Its last activity was cancelled." in error["message"]
    assert await workshop.value("select cancel_reason from runs where id = $1", child) == (
        "The run above it went on without it."
    )


async def test_errands_that_are_run_again_change_nothing(workshop):
    await flow(workshop, {"key": "x", "kind": "set", "values": {"m": 1}}, key="child")
    workflow_id = await flow(workshop, call())
    run = await workshop.create(workflow_id=workflow_id)
    services = workshop.services
    errands = Errands(services.database, services.engine, services.clock)
    jobs = [as_errand(row[0]) for row in await workshop.rows("select payload from jobs where entrypoint = 'errand'")]
    await asyncio.gather(*(errands.run(job) for job in jobs * 3))
    jobs = [as_errand(row[0]) for row in await workshop.rows("select payload from jobs where entrypoint = 'errand'")]
    assert sorted(job.what for job in jobs) == ["make", "tell"]
    for job in jobs * 2:
        await errands.run(job)
    assert await workshop.value("select state from runs where id = $1", run.id) == "completed"
    assert await workshop.value("select count(*) from runs where parent_run_id = $1", run.id) == 1


async def test_a_sub_run_of_a_step_that_was_cancelled_meanwhile_is_not_made(workshop):
    await flow(workshop, {"key": "x", "kind": "human"}, key="child")
    workflow_id = await flow(workshop, call())
    run = await workshop.create(workflow_id=workflow_id)
    await workshop.do(run.id, CancelRun(reason=None))
    async with moving(workshop):
        marker = await workshop.create(workflow_id=workflow_id)
        await child_of(workshop, marker.id)
    assert await workshop.value("select count(*) from runs where parent_run_id = $1", run.id) == 0


async def test_workflows_that_call_each_other_in_a_circle_come_to_an_end(workshop):
    workflow_id = await flow(workshop, call(workflow="flow2"))
    async with moving(workshop):
        run = await workshop.create(workflow_id=workflow_id)
        assert await ended(workshop, run.id) == "failed"
    assert await workshop.value("select count(*) from runs") == DEPTH_MAX + 1
    assert "nested 8 deep" in (await workshop.value("select error from runs where id = $1", run.id))["message"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"version": 9}, "has no version 9"),
        ({"input": {"n": "x"}}, "The input does not fit the workflow's schema. input/n:"),
    ],
)
async def test_a_sub_run_that_cannot_be_made_fails_the_step(workshop, fields, words):
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    await flow(workshop, {"key": "x", "kind": "human"}, key="child", input=schema)
    workflow_id = await flow(workshop, call(**fields))
    async with moving(workshop):
        run = await workshop.create(workflow_id=workflow_id)
        assert await ended(workshop, run.id) == "failed"
    assert words in (await workshop.value("select error from runs where id = $1", run.id))["message"]


async def test_a_workflow_that_was_archived_since_takes_no_sub_runs(workshop):
    await flow(workshop, {"key": "x", "kind": "human"}, key="child")
    workflow_id = await flow(workshop, call())
    await workshop.write("update workflows set archived_at = updated_at where key = 'child'")
    async with moving(workshop):
        run = await workshop.create(workflow_id=workflow_id)
        assert await ended(workshop, run.id) == "failed"
    error = await workshop.value("select error from runs where id = $1", run.id)
    assert error["message"] == "There is no workflow child."


async def test_nobody_waits_for_a_detached_sub_run(workshop):
    await flow(workshop, {"key": "x", "kind": "human"}, key="child")
    workflow_id = await flow(workshop, call(detached=True))
    async with moving(workshop):
        run = await workshop.create(workflow_id=workflow_id)
        assert await ended(workshop, run.id) == "completed"
        child = await child_of(workshop, run.id)
        assert await state_of(workshop, child, "pending") == "pending"
    assert (await workshop.value("select output from runs where id = $1", run.id))["runId"] == child
