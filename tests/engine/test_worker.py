"""Workers: every step is performed to its end, whoever dies meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from casework.clock import SystemClock
from casework.core.command import Assign, CancelRun, Complete
from casework.core.work import Ask, Done, Failed, Result, Suspended, Tell, Work
from casework.engine.leases import takeover
from casework.engine.timers import Timers
from casework.engine.worker import Terms, Worker
from tests.engine.conftest import publish

pytestmark = pytest.mark.anyio

LEASE_SECONDS = 0.6


class Hands:
    """Performs as it is told, and notes what it was asked."""

    def __init__(self, act: Callable[[Work, Tell], Awaitable[Result]]) -> None:
        self.act = act
        self.asked: list[Work] = []
        self._begun = asyncio.Event()

    async def at_work(self) -> None:
        """Return when a first attempt has begun."""
        await asyncio.wait_for(self._begun.wait(), 20)

    async def perform(self, work: Work, tell: Tell) -> Result:
        self.asked.append(work)
        self._begun.set()
        return await self.act(work, tell)


async def echo(work: Work, _tell: Tell) -> Result:
    return Done(output=work.data["arguments"])


@pytest.fixture
def clock():
    """The database's timers go by its own clock, so the process's is the machine's."""
    return SystemClock()


def task(key: str, **fields: object) -> dict[str, object]:
    return {"key": key, "kind": "function", "function": key, "arguments": {"n": "=input.n"}, **fields}


def definition(*tasks: dict[str, object], **fields: object) -> dict[str, object]:
    return {"casework": 1, "key": "auto", "tasks": list(tasks), **fields}


@asynccontextmanager
async def working(
    workshop, hands: Hands, name: str = "one", lease_seconds: float = LEASE_SECONDS
) -> AsyncIterator[Worker]:
    worker = Worker(
        workshop.services.database,
        workshop.services.engine,
        SystemClock(),
        {"function": hands},
        Terms(name=name, lease_seconds=lease_seconds),
    )
    await worker.start()
    try:
        yield worker
    finally:
        await worker.stop(within_seconds=1)


@asynccontextmanager
async def looking_after(workshop) -> AsyncIterator[None]:
    timers = Timers(workshop.services.database, workshop.services.engine)
    rescue = takeover(workshop.services.database, workshop.services.engine, lease_seconds=LEASE_SECONDS)
    await timers.start()
    await rescue.start()
    try:
        yield
    finally:
        await rescue.stop()
        await timers.stop()


async def state_of(workshop, run_id: int, *states: str) -> str:
    """The state of the run when it is first one of those."""
    async with asyncio.timeout(20):
        while True:  # what is looked at is another process's affair in a real installation, so it is asked for
            state = await workshop.value("select state from runs where id = $1", run_id)
            if state in states:
                return state
            await asyncio.sleep(0.02)


async def ended(workshop, run_id: int) -> str:
    """The state that the run ends in."""
    return await state_of(workshop, run_id, "completed", "failed", "cancelled")


async def begun(workshop, *tasks: dict[str, object], **fields: object) -> int:
    """The id of a run of a workflow of those tasks."""
    workflow_id = await publish(workshop.services, workshop.place, definition(*tasks, **fields))
    return (await workshop.create(workflow_id=workflow_id, input={"n": 7})).id


async def test_three_steps_in_a_row_are_performed_and_the_run_completes(workshop):
    hands = Hands(echo)
    async with working(workshop, hands):
        run_id = await begun(workshop, task("a", next=[{"to": "b"}]), task("b", next=[{"to": "c"}]), task("c"))
        assert await ended(workshop, run_id) == "completed"
    assert [work.task.key for work in hands.asked] == ["a", "b", "c"]
    assert await workshop.value("select output from runs where id = $1", run_id) == {"n": 7}
    states = await workshop.rows("select state, attempt, worker from steps order by number")
    assert states == [("completed", 1, None)] * 3
    assert await workshop.value("select count(*) from workers") == 0


async def test_what_fails_is_tried_again_and_then_the_run_fails(workshop):
    async def refuse(_work: Work, _tell: Tell) -> Result:
        return Failed(code="busy", message="Not now.")

    hands = Hands(refuse)
    async with working(workshop, hands), looking_after(workshop):
        run_id = await begun(workshop, task("a", retry={"attempts": 3, "backoff": "1s", "max": "1s"}))
        assert await ended(workshop, run_id) == "failed"
    assert [work.attempt for work in hands.asked] == [1, 2, 3]
    assert len({work.key for work in hands.asked}) == 1
    assert await workshop.value("select error from runs where id = $1", run_id) == {
        "code": "busy",
        "message": "Not now.",
        "task": "a",
        "attempt": 3,
    }


async def test_an_exception_is_a_failure_with_its_words(workshop):
    async def stumble(_work: Work, _tell: Tell) -> Result:
        message = "no such column"
        raise LookupError(message)

    async with working(workshop, Hands(stumble)):
        run_id = await begun(workshop, task("a"))
        assert await ended(workshop, run_id) == "failed"
    error = await workshop.value("select error from runs where id = $1", run_id)
    assert (error["code"], error["message"]) == ("error", "LookupError: no such column")


async def test_what_takes_too_long_is_cut_off(workshop):
    async def dawdle(_work: Work, _tell: Tell) -> Result:
        await asyncio.Event().wait()
        raise AssertionError

    async with working(workshop, Hands(dawdle)):
        run_id = await begun(workshop, task("a", timeout="1s"))
        assert await ended(workshop, run_id) == "failed"
    assert (await workshop.value("select error from runs where id = $1", run_id))["code"] == "timeout"


async def test_a_dead_workers_step_is_taken_over_and_its_late_word_is_refused(workshop):
    released, reported = asyncio.Event(), asyncio.Event()

    async def hang(work: Work, tell: Tell) -> Result:
        if work.attempt == 1:
            await released.wait()
            with pytest.raises(asyncio.CancelledError):
                await tell({"late": True})
            reported.set()
        return Done(output={"attempt": work.attempt})

    hands = Hands(hang)
    async with working(workshop, hands, "stalls", lease_seconds=600):
        run_id = await begun(workshop, task("a", retry={"attempts": 1}))
        await hands.at_work()
        await workshop.write("update workers set lease_until = clock_timestamp() - interval '1 second'")
        async with working(workshop, hands, "takes over"), looking_after(workshop):
            assert await ended(workshop, run_id) == "completed"
        released.set()
        await asyncio.wait_for(reported.wait(), 10)
    assert await workshop.value("select output from runs where id = $1", run_id) == {"attempt": 2}
    assert await workshop.rows("select failures, attempt from steps where run_id = $1", run_id) == [(0, 2)]


async def test_a_worker_that_stops_gives_back_what_it_cannot_finish(workshop):
    async def hang(work: Work, _tell: Tell) -> Result:
        if work.attempt == 1:
            await asyncio.Event().wait()
        return Done(output={"attempt": work.attempt})

    hands = Hands(hang)
    async with working(workshop, hands):
        run_id = await begun(workshop, task("a"))
        await hands.at_work()
    assert await workshop.rows("select state, worker from steps where run_id = $1", run_id) == [("queued", None)]
    async with working(workshop, hands):
        assert await ended(workshop, run_id) == "completed"


async def test_what_is_cancelled_is_left_off_within_the_lease(workshop):
    left = asyncio.Event()

    async def hang(_work: Work, _tell: Tell) -> Result:
        try:
            await asyncio.Event().wait()
        finally:
            left.set()
        raise AssertionError

    hands = Hands(hang)
    async with working(workshop, hands):
        run_id = await begun(workshop, task("a"))
        await hands.at_work()
        await workshop.do(run_id, CancelRun(reason="enough"))
        await asyncio.wait_for(left.wait(), 10)
    assert await workshop.rows("select state, worker from steps where run_id = $1", run_id) == [("cancelled", None)]


async def test_people_answer_what_a_worker_asks_and_it_goes_on(workshop):
    form = {"type": "object", "required": ["ok"], "properties": {"ok": {"type": "boolean"}}}

    async def ask(work: Work, tell: Tell) -> Result:
        if "answers" not in work.data:
            await tell({"said": "thinking"}, {"turns": 1}, ())
            asks = tuple(Ask(key=key, name=f"May I {key}?", form=form) for key in ("x", "y"))
            return Suspended(asks=asks, memory={"turns": 2})
        answers = {key: one["output"] for key, one in work.data["answers"].items()}
        return Done(output={"memory": work.memory, **answers})

    hands = Hands(ask)
    async with working(workshop, hands):
        run_id = await begun(workshop, task("a"))
        await state_of(workshop, run_id, "paused")
        assert await workshop.rows("select name from steps where kind = 'human' order by number") == [
            ("May I x?",),
            ("May I y?",),
        ]
        for number in (2, 3):
            await workshop.do(run_id, Assign(step=number, assignee=workshop.assignee(0)))
            await workshop.do(run_id, Complete(step=number, data={"ok": number == 2}))
        assert await ended(workshop, run_id) == "completed"
    assert await workshop.value("select output from runs where id = $1", run_id) == {
        "memory": {"turns": 2},
        "x": {"ok": True},
        "y": {"ok": False},
    }
    assert len(hands.asked) == 2


async def test_many_runs_are_performed_once_each_by_two_workers(workshop):
    hands = Hands(echo)
    workflow_id = await publish(workshop.services, workshop.place, definition(task("a", next=[{"to": "b"}]), task("b")))
    async with working(workshop, hands, "one"), working(workshop, hands, "two"):
        runs = await asyncio.gather(*(workshop.create(workflow_id=workflow_id, input={"n": n}) for n in range(60)))
        for run in runs:
            assert await ended(workshop, run.id) == "completed"
    assert sorted((work.run_id, work.task.key) for work in hands.asked) == sorted(
        (run.id, key) for run in runs for key in ("a", "b")
    )
