"""A call to a worker that is lost is made again; what cannot be kept ends the attempt instead of hanging."""

import asyncio
import subprocess
import sys

import pytest

from casework.clock import SystemClock
from casework.core.command import Recall
from casework.core.work import Done, Result, Tell, Work
from casework.engine.leases import recalling
from casework.engine.reporting import OUTPUT_MAX
from tests.engine.test_worker import Hands, begun, echo, ended, looking_after, task, working

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock():
    return SystemClock()


async def test_a_worker_killed_between_taking_a_job_and_claiming_the_step_holds_nobody_up(workshop, database_url):
    run_id = await begun(workshop, task("a"))
    command = [sys.executable, "-m", "tests.engine.takes_and_hangs", database_url]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"taken\n"
    finally:
        process.kill()
        await process.wait()
    assert await workshop.rows("select status, state from jobs, steps") == [("picked", "queued")]
    await workshop.write("update jobs set heartbeat = now() - interval '1 min'")  # it was silent for so long
    hands = Hands(echo)
    async with working(workshop, hands):
        assert await ended(workshop, run_id) == "completed"
    assert [work.attempt for work in hands.asked] == [1]


async def test_a_job_that_is_gone_is_found_and_the_step_performed_once(workshop):
    run_id = await begun(workshop, task("a"))
    await workshop.write("delete from jobs")
    hands = Hands(echo)
    recalls = recalling(workshop.services.database, workshop.services.engine, lease_seconds=0.2)
    async with working(workshop, hands):
        await recalls.start()
        try:
            assert await ended(workshop, run_id) == "completed"
        finally:
            await recalls.stop()
    assert [work.attempt for work in hands.asked] == [1]
    assert await workshop.rows("select count(*) from events where type = 'step.recalled'") == [(1,)]


async def test_a_step_that_is_called_to_is_not_called_again(workshop):
    run_id = await begun(workshop, task("a"))
    recalls = recalling(workshop.services.database, workshop.services.engine, lease_seconds=600)
    await recalls.start()
    await recalls.stop()  # after its first round
    assert await workshop.value("select count(*) from jobs") == 1
    await workshop.do(run_id, Recall(step=1))  # what two rounds that see the same would do
    hands = Hands(echo)
    async with working(workshop, hands):
        assert await ended(workshop, run_id) == "completed"
    assert len(hands.asked) == 1


@pytest.mark.parametrize(
    ("output", "code", "word"),
    [
        ("x" * OUTPUT_MAX, "too_large", "4,194,304"),
        ("a\x00b", "output", "cannot hold"),
        (object(), "output", "cannot hold"),
    ],
    ids=["too long", "not for the database", "no JSON"],
)
async def test_an_output_that_cannot_be_kept_fails_the_step_and_says_why(workshop, output, code, word):
    async def give(_work: Work, _tell: Tell) -> Result:
        return Done(output=output)

    async with working(workshop, Hands(give)), looking_after(workshop):
        run_id = await begun(workshop, task("a"))
        assert await ended(workshop, run_id) == "failed"
    error = await workshop.value("select error from runs where id = $1", run_id)
    assert error["code"] == code
    assert word in error["message"]
