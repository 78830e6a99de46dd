"""A worker in the process that commits begins what is reached without being called to it, as far as it has room."""

import asyncio

import pytest

from casework.clock import SystemClock
from casework.core.errors import Conflict
from casework.core.work import Done, Result, Tell, Work
from casework.engine.worker import Terms, Worker
from tests.engine.conftest import publish
from tests.engine.test_worker import Hands, begun, definition, echo, ended, task, working

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock():
    return SystemClock()


async def at_hand(worker: Worker) -> None:
    """Once the worker has found the queue empty: what waits there has its turn first."""
    for _ in range(3_000):
        if worker.offer() is not None:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("The worker never had room.")


async def test_a_run_that_is_made_beside_a_worker_needs_no_call(workshop):
    hands = Hands(echo)
    async with working(workshop, hands) as worker:
        await at_hand(worker)
        run_id = await begun(workshop, task("a", next=[{"to": "b"}]), task("b"))
        assert await ended(workshop, run_id) == "completed"
    assert [(work.task.key, work.attempt) for work in hands.asked] == [("a", 1), ("b", 1)]
    assert await workshop.value("select count(*) from job_log") == 0
    assert await workshop.rows("select type from events where step_number = 1 order by id") == [
        ("step.created",),
        ("step.started",),
        ("step.completed",),
    ]


async def test_what_a_worker_has_no_room_for_goes_to_the_queue_and_waits_there(workshop):
    free = asyncio.Event()

    async def wait(work: Work, _tell: Tell) -> Result:
        await free.wait()
        return Done(output=work.data["arguments"])

    hands = Hands(wait)
    workflow_id = await publish(workshop.services, workshop.place, definition(task("a")))
    services = workshop.services
    worker = Worker(
        services.database, services.engine, SystemClock(), {"function": hands}, Terms(name="small", concurrency=2)
    )
    await worker.start()
    try:
        await at_hand(worker)
        runs = [await workshop.create(workflow_id=workflow_id, input={"n": n}) for n in range(4)]
        assert await workshop.rows("select state from steps order by id") == [
            ("in_progress",),
            ("in_progress",),
            ("queued",),
            ("queued",),
        ]
        assert await workshop.rows("select status from jobs") == [("queued",)] * 2
        free.set()
        for run in runs:
            assert await ended(workshop, run.id) == "completed"
    finally:
        await worker.stop()
    assert len(hands.asked) == 4


async def test_room_that_was_kept_for_a_refused_run_is_free_again(workshop):
    hands = Hands(echo)
    workflow_id = await publish(workshop.services, workshop.place, definition(task("a")))
    async with working(workshop, hands) as worker:
        run = await workshop.create(workflow_id=workflow_id, input={"n": 1}, external_id="same")
        assert await ended(workshop, run.id) == "completed"
        for _ in range(40):  # more often than it has room
            with pytest.raises(Conflict):
                await workshop.create(workflow_id=workflow_id, input={"n": 1}, external_id="same")
        await at_hand(worker)
    assert len(hands.asked) == 1


async def test_an_attempt_that_its_worker_never_heard_of_is_given_back_and_performed(workshop):
    run_id = await begun(workshop, task("a"))
    await workshop.write("delete from jobs")
    hands = Hands(echo)
    async with working(workshop, hands) as worker:
        await workshop.write(  # as it is where the connection broke between the commit and its answer
            f"""update steps set state = 'in_progress', attempt = 1, worker = '{worker.uuid}',
                                 attempt_at = created_at, started_at = created_at"""
        )
        assert await ended(workshop, run_id) == "completed"
    assert [work.attempt for work in hands.asked] == [2]


async def test_a_worker_that_stops_is_given_nothing_more(workshop):
    hands = Hands(echo)
    async with working(workshop, hands):
        pass
    run_id = await begun(workshop, task("a"))
    assert await workshop.rows("select state from steps where run_id = $1", run_id) == [("queued",)]
    assert hands.asked == []
