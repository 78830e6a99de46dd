"""Due dates as they act by themselves: the engine looks when the database's clock says so."""

from contextlib import asynccontextmanager
from datetime import date, timedelta

import pytest

from casework.clock import SystemClock
from casework.core.actor import SYSTEM
from casework.core.calendar import Calendar, after
from casework.core.command import Assign, Look
from casework.engine.timers import Timers
from casework.store import calendars
from casework.store.database import Database
from tests.engine.conftest import publish, together

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock():
    """The database's timers go by its own clock, so the process's is the machine's."""
    return SystemClock()


async def begun(workshop, *tasks, **fields):
    """A run of a workflow of people's tasks."""
    definition = {"casework": 1, "key": "timed", "tasks": [{"kind": "human", **task} for task in tasks]}
    workflow_id = await publish(workshop.services, workshop.place, definition | fields)
    return await workshop.create(workflow_id=workflow_id)


@asynccontextmanager
async def looking(workshop):
    timers = Timers(workshop.services.database, workshop.services.engine)
    await timers.start()
    try:
        yield
    finally:
        await timers.stop()


async def told(workshop, run_id, event_type):
    """The data of the facts of that type, once there is one; waits for the database to tell."""
    query = "select data from events where run_id = $1 and type = $2 order by id"
    while not (rows := await workshop.rows(query, run_id, event_type)):
        await workshop.rows("select pg_sleep(0.02)")
    return [data for (data,) in rows]


@pytest.mark.timeout(30)
async def test_an_overdue_step_is_passed_over_by_itself(workshop):
    run = await begun(
        workshop,
        {"key": "a", "due": "1s", "on_overdue": {"remind": True, "then": "b"}, "next": [{"to": "b"}]},
        {"key": "b"},
    )
    async with looking(workshop):
        (skipped,) = await told(workshop, run.id, "step.skipped")
    assert skipped == {"reason": "overdue"}
    assert len(await told(workshop, run.id, "step.reminded")) == 1
    states = await workshop.rows("select task_key, state from steps where run_id = $1 order by number", run.id)
    assert states == [("a", "skipped"), ("b", "ready")]


@pytest.mark.timeout(30)
async def test_what_was_due_while_nobody_looked_is_done_once_however_many_look(workshop):
    run = await begun(workshop, {"key": "a", "due": "1s", "reminders": ["1s"], "requeue_after": "1s"})
    await workshop.do(run.id, Assign(step=1, assignee=workshop.assignee(1), start_working=True))
    await workshop.rows("select pg_sleep(2.1)")
    look = Look(step=1)
    await together(*(workshop.do(run.id, look, actor=SYSTEM) for _ in range(8)))
    async with looking(workshop):
        await told(workshop, run.id, "step.overdue")
    rows = await workshop.rows(
        "select type from events where run_id = $1 and type in ('step.overdue', 'step.reminded', 'step.requeued') "
        "order by id",
        run.id,
    )
    assert [kind for (kind,) in rows] == ["step.requeued", "step.reminded", "step.overdue"]
    state = await workshop.rows(
        "select state, is_overdue, lapsed_ids, try_resolve_at from steps where run_id=$1", run.id
    )
    assert state == [("ready", True, [workshop.people[1].account_id], None)]
    assert await workshop.value("select count(*) from work_periods where ended_at is null") == 0


async def test_business_hours_are_the_workspaces(workshop):
    calendar = Calendar(time_zone="America/New_York", hours=(((0, 60),),) * 7, holidays=frozenset({date(2020, 1, 1)}))
    database: Database = workshop.services.database
    async with database.write() as connection:
        await connection.execute(
            "insert into calendars (workspace_id, time_zone, hours, holidays, updated_at) values ($1, $2, $3, $4, $5)",
            workshop.place.id,
            calendar.time_zone,
            [list(map(list, spans)) for spans in calendar.hours],
            sorted(calendar.holidays),
            SystemClock().now(),
        )
        assert (await calendars.load(connection, [workshop.place.id]))[workshop.place.id] == calendar
    run = await begun(workshop, {"key": "a", "due": "10h"}, calendar="business")
    due_at = run.step(1).due_at
    assert due_at == after(calendar, run.created_at, 36_000)
    assert due_at - run.created_at > timedelta(days=9)
    kept = await workshop.value("select try_resolve_at from steps where run_id = $1", run.id)
    assert kept == due_at
