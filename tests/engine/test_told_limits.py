"""A step that waits because of a limit says so, and for which; nobody else is told to wait."""

import pytest

from casework.clock import SystemClock
from casework.operations import run_steps
from tests.engine.conftest import publish
from tests.engine.test_limits import later, limit_workspace, limited, manager_of, runs_of, takers
from tests.engine.test_worker import definition, task
from tests.people import place as another_place

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock():
    return SystemClock()


async def told(workshop):
    """What each step is told, in the order of the runs: (whose limit, which, how many of how many)."""
    found = []
    for (run_id,) in await workshop.rows("select id from runs where workspace_id = $1 order by id", workshop.place.id):
        page = await run_steps.page(workshop.services, manager_of(workshop.place), run_id, limit=50, offset=0)
        for one in page.items:
            waits = [(wait.is_of_task, wait.kind, wait.used, wait.allowed, wait.seconds) for wait in one.waits]
            found.append(waits)
    return found


async def test_only_what_cannot_be_taken_because_a_task_is_full_is_told_to_wait(workshop):
    await limited(workshop, 3, concurrency=2)
    async with takers(workshop) as (worker,):
        assert await told(workshop) == [[], [], []]
        first, second = await worker.take(5)
        full = [(True, "concurrency", 2, 2, None)]
        assert await told(workshop) == [[], [], full]  # the two have not begun, and are not told to wait
        await worker.begin(first)
        await worker.begin(second)
        assert await told(workshop) == [[], [], full]
        await worker.finish(first)
        assert await told(workshop) == [[], [], []]


async def test_a_rate_and_the_limit_of_the_workspace_are_told_beside_the_tasks_own(workshop):
    await limited(workshop, 3, rate="2/m", concurrency=2)
    await limit_workspace(workshop, concurrency=1, rate="5/h")
    async with takers(workshop) as (worker,):
        (first,) = await worker.take(5)
        await worker.begin(first)
        crowded = [(False, "concurrency", 1, 1, None)]
        assert await told(workshop) == [[], crowded, crowded]
        await worker.finish(first)
        (second,) = await worker.take(5)
        await worker.begin(second)
        assert await told(workshop) == [[], [], [(True, "rate", 2, 2, 60), *crowded]]
        await worker.finish(second)
        await later(workshop, 60)
        assert await told(workshop) == [[], [], []]


async def test_what_others_do_in_their_workspace_keeps_nobody_waiting(workshop):
    await limit_workspace(workshop, concurrency=1)
    await limited(workshop, 2)
    other = await another_place(workshop.services, "Other")
    other_flow = await publish(workshop.services, other, definition(task("a")))
    async with takers(workshop) as (worker,):
        (ours,) = await worker.take(5)
        await worker.begin(ours)
        workshop.place, _ = other, workshop.place
        await runs_of(workshop, other_flow, 1, member_id=None)
        await limit_workspace(workshop, concurrency=1)
        assert await told(workshop) == [[]]
        (theirs,) = await worker.take(5)
        assert theirs.workspace_id == other.id
