"""A workspace with thousands of things to do keeps none waiting that has one."""

import asyncio
from datetime import UTC, datetime

import pytest

from casework.core.command import CancelRun
from casework.core.errors import LimitExceeded
from casework.engine import service, waiting
from casework.engine.order import BULK, NewRun, Order, Pending
from casework.engine.waiting import Waiting
from casework.engine.worker import WORKER
from casework.entropy import new_uuid
from tests.engine.conftest import publish
from tests.engine.test_limits import limit_workspace, limited, runs_of, takers
from tests.engine.test_worker import definition, task
from tests.people import place as another_place

pytestmark = pytest.mark.anyio

MANY = 10_000
AT = datetime(2024, 2, 4, tzinfo=UTC)

# As many calls as it takes, of steps that are alike.
MULTIPLY = f"""
insert into jobs (priority, created, updated, heartbeat, execute_after, status, entrypoint, dedupe_key, payload,
                  headers)
select 100, created, updated, heartbeat, execute_after, status, entrypoint, dedupe_key || '/' || n, payload, headers
from jobs, generate_series(2, {MANY}) n
"""


@pytest.mark.parametrize("limits", [{}, {"concurrency": MANY}, {"rate": "9000/s"}])
async def test_ten_thousand_urgent_calls_of_one_workspace_keep_the_only_one_of_another_waiting_for_one(
    workshop, limits
):
    await limited(workshop, 1, **limits)
    await workshop.write(MULTIPLY)
    await workshop.write("analyze jobs")
    if limits:
        await limit_workspace(workshop, concurrency=MANY)
    async with takers(workshop) as (worker,):
        assert len(await worker.take(5)) == 5
        ours, other = workshop.place, await another_place(workshop.services, "Other")
        workshop.place = other
        flow = await publish(workshop.services, other, definition(task("a", limits=limits)))
        await runs_of(workshop, flow, 1, member_id=None, priority=1)
        taken = [job.workspace_id for _ in range(3) for job in await worker.take(1)]
        assert taken.index(other.id) <= 1
        assert sorted(taken) == sorted([ours.id, ours.id, other.id])


def pending(workspace_id: int, number: int, *, is_bulk: bool = False) -> Pending:
    order: Order | NewRun = Order(workspace_id=workspace_id, run_id=number, command=CancelRun(), actor=WORKER)
    if is_bulk:
        order = NewRun(uuid=new_uuid(AT), workspace_id=workspace_id, workflow_id=1, actor=WORKER, run_type=BULK)
    return Pending(order=order, answer=asyncio.get_running_loop().create_future(), run_id=number)


async def test_orders_are_taken_in_turns_and_in_a_workspace_in_the_order_in_which_they_came():
    row = Waiting()
    for number in range(MANY - 2):
        row.add(pending(1, number))
    row.add(pending(2, 1))
    row.add(pending(2, 2))
    first = row.take(6)
    assert [(one.order.workspace_id, one.run_id) for one in first] == [(1, 0), (2, 1), (1, 1), (2, 2), (1, 2), (1, 3)]
    assert len(row) == MANY - 6
    rest = row.take(2 * MANY)
    assert [one.run_id for one in rest] == list(range(4, MANY - 2))
    assert (len(row), row.take(5)) == (0, [])


async def test_what_a_workspace_brings_in_bulk_waits_beside_what_its_people_do():
    row = Waiting()
    for number in range(1_000):
        row.add(pending(1, number, is_bulk=True))
    row.add(pending(1, 7_000))
    row.add(pending(1, 7_001))
    assert [one.run_id for one in row.take(4)] == [0, 7_000, 1, 7_001]


async def test_a_workspace_that_fills_the_row_leaves_others_their_share(monkeypatch):
    monkeypatch.setattr(waiting, "WAITING_MAX", 10)
    row, theirs = Waiting(), pending(2, 1).order
    for number in range(10):
        assert row.has_room(pending(1, number).order)
        row.add(pending(1, number))
    assert not row.has_room(pending(1, 10).order)
    for number in range(5):
        assert row.has_room(theirs)
        row.add(pending(2, number))
    assert not row.has_room(theirs)
    assert row.has_room(pending(3, 1).order)


async def test_a_person_is_answered_while_thousands_wait_that_were_brought_in_bulk(workshop, monkeypatch):
    monkeypatch.setattr(service, "BATCH_MAX", 10)
    ended: list[str] = []

    async def make(name: str, **fields: object) -> None:
        await workshop.create(**fields)
        ended.append(name)

    await asyncio.gather(*(make("bulk", run_type=BULK) for _ in range(400)), make("person"))
    assert ended.index("person") < 200
    assert len(ended) == 401


async def test_a_workspace_that_fills_the_row_is_refused_and_another_is_not(workshop, monkeypatch):
    monkeypatch.setattr(waiting, "WAITING_MAX", 4)
    other = await another_place(workshop.services, "Other")
    flow = await publish(workshop.services, other, definition(task("a")))
    theirs = NewRun(uuid=new_uuid(AT), workspace_id=other.id, workflow_id=flow, actor=WORKER, input={"n": 1})
    *found, last = await asyncio.gather(
        *(workshop.create() for _ in range(8)), workshop.services.engine.create(theirs), return_exceptions=True
    )
    assert sum(isinstance(one, LimitExceeded) for one in found) == 4
    assert not isinstance(last, Exception), last
