"""What a process does not hear of, or fails at for no reason that anybody foresaw, is done all the same."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from io import StringIO

import asyncpg
import pytest

from casework import logs
from casework.clock import SystemClock
from casework.core.command import CancelRun, Claim
from casework.core.work import Done, Result, Tell, Work
from casework.engine.distributor import Distributor
from casework.engine.errands import Errands
from casework.engine.timers import Timers
from casework.store.queue import as_errand
from tests.databases import TEMPLATE, named
from tests.engine.conftest import publish
from tests.engine.test_flow import call, flow, wait
from tests.engine.test_worker import Hands, begun, echo, ended, task, working

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock():
    return SystemClock()


@asynccontextmanager
async def missing(workshop, table: str) -> AsyncIterator[None]:
    """The database is without a table until the block ends: an error that is in no list."""
    await workshop.write(f"alter table {table} rename to lost")
    try:
        yield
    finally:
        await workshop.write(f"alter table lost rename to {table}")


@contextmanager
def logging() -> Iterator[StringIO]:
    """What is logged in the block."""
    stream = StringIO()
    logs.configure(level="warning", form="json", stream=stream)
    try:
        yield stream
    finally:
        logs.configure(level="critical", form="console")


async def told(stream: StringIO, event: str) -> None:
    """Return when that was logged."""
    async with asyncio.timeout(20):
        while True:
            if event in stream.getvalue():
                return
            await asyncio.sleep(0.02)


async def test_an_attempt_that_a_worker_claimed_without_hearing_of_it_is_given_to_others(workshop):
    run_id = await begun(workshop, task("a"))
    await workshop.write("delete from jobs")
    hands = Hands(echo)
    async with working(workshop, hands) as worker:
        # What a commit leaves whose answer is lost: asked again, it is refused, as the attempt has begun.
        await workshop.do(run_id, Claim(step=1, attempt=1, worker=worker.uuid))
        assert await ended(workshop, run_id) == "completed"
    assert [work.attempt for work in hands.asked] == [2]


async def test_an_attempt_under_way_is_not_given_back_however_often_the_lease_is_renewed(workshop):
    over = asyncio.Event()

    async def hold_on(work: Work, _tell: Tell) -> Result:
        await over.wait()
        return Done(output=work.attempt)

    hands = Hands(hold_on)
    async with working(workshop, hands, lease_seconds=0.3) as worker:
        run_id = await begun(workshop, task("a"))
        await hands.at_work()
        lease = "select lease_until from workers where uuid = $1"
        seen = {await workshop.value(lease, worker.uuid)}
        async with asyncio.timeout(20):
            while len(seen) < 5:
                seen.add(await workshop.value(lease, worker.uuid))
                await asyncio.sleep(0.02)
        over.set()
        assert await ended(workshop, run_id) == "completed"
    assert await workshop.value("select output from runs where id = $1", run_id) == 1


async def test_a_sub_run_that_was_made_for_a_step_which_is_over_is_cancelled_by_whoever_comes_next(workshop):
    await flow(workshop, {"key": "x", "kind": "human"}, key="child")
    run = await workshop.create(workflow_id=await flow(workshop, call()))
    services = workshop.services
    errands = Errands(services.database, services.engine, services.clock, lease_seconds=1)
    (job,) = [as_errand(row[0]) for row in await workshop.rows("select payload from jobs")]
    await errands.run(job)
    await workshop.do(run.id, CancelRun(reason=None))
    # Its cancelling looked for the sub-run before that was there, and who made it died before they could look again.
    await workshop.write("delete from jobs")
    await errands.run(job)
    assert await workshop.value("select state from runs where parent_run_id = $1", run.id) == "cancelled"


async def test_timers_go_on_after_an_error_that_nobody_foresaw(workshop):
    run = await workshop.create(workflow_id=await flow(workshop, wait(**{"for": "1s"})))
    timers = Timers(workshop.services.database, workshop.services.engine)
    with logging() as said:
        async with missing(workshop, "steps"):
            await timers.start()
            await told(said, "periodic.failed")
        assert await ended(workshop, run.id) == "completed"
        await timers.stop()


async def handed(workshop) -> None:
    """Return when the only step was handed to somebody."""
    async with asyncio.timeout(20):
        while True:
            if await workshop.value("select state from steps") == "assigned":
                return
            await asyncio.sleep(0.02)


async def test_work_is_handed_out_after_an_error_that_nobody_foresaw(workshop):
    distributor = Distributor(workshop.services.database, workshop.services.engine)
    tasks = [{"key": "a", "kind": "human", "distribute": "round_robin"}]
    workflow_id = await publish(workshop.services, workshop.place, {"casework": 1, "key": "handed", "tasks": tasks})
    await workshop.create(workflow_id=workflow_id)
    with logging() as said:
        async with missing(workshop, "steps"):
            await distributor.start()
            await told(said, "distributor.failed")
        await handed(workshop)
        await distributor.stop()


async def test_an_errand_that_fails_for_a_reason_that_nobody_foresaw_is_run_again(workshop):
    await flow(workshop, {"key": "x", "kind": "set", "values": {"m": 1}}, key="child")
    services = workshop.services
    run = await workshop.create(workflow_id=await flow(workshop, call()))
    errands = Errands(services.database, services.engine, services.clock, lease_seconds=1)
    with logging() as said:
        async with missing(workshop, "tasks"):
            await errands.start()
            await told(said, "errands.failed")
        assert await ended(workshop, run.id) == "completed"
        await errands.stop()


async def test_a_worker_is_stopped_while_it_cannot_listen(workshop, database_url):
    name = database_url.partition("?")[0].rpartition("/")[2]
    outside = await asyncpg.connect(named(database_url.replace(f"/{name}?", f"/{TEMPLATE}?"), "postgres"))
    with logging() as said:
        # A connection that is lost before it is listened to is missed when the queue is looked at again: after a lease.
        async with working(workshop, Hands(echo), lease_seconds=5):
            try:
                await cut_off(outside, name, said)
                await outside.execute(f"alter database {name} allow_connections false")
                await told(said, "not currently accepting connections")
            finally:
                await outside.close()
    assert await workshop.value("select count(*) from workers") == 0


async def cut_off(outside: asyncpg.Connection, name: str, said: StringIO) -> None:
    """End the connections on which the queue is listened to, until the worker says that it lost one."""
    ended = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and query like '%jobs%'"
    async with asyncio.timeout(60):
        while "worker.queue_lost" not in said.getvalue():  # one that is not listened to yet is missed only later
            await outside.fetch(ended, name)
            await asyncio.sleep(0.02)
