"""The commit loop: what was answered is committed, once, whatever it was committed with."""

import asyncio

import pytest
from msgspec.structs import replace

from casework.core.claim import AlreadyClaimed
from casework.core.command import Assign, CancelRun, Complete, Pause, Process, Save, Select, Unassign, Update
from casework.core.errors import Conflict, Invalid, LimitExceeded, NotFound, PreconditionFailed, Unavailable
from casework.engine import service, waiting
from casework.engine.service import Engine
from tests.engine.conftest import claim, publish, together

pytestmark = pytest.mark.anyio


async def test_a_run_is_made_with_its_chat_its_first_step_and_its_events(workshop):
    run = await workshop.create(title="A case", opens_chat=True)
    assert await workshop.rows("select state, revision, title, steps_count from runs") == [("pending", 1, "A case", 1)]
    assert await workshop.rows("select title, member_id from chats") == [("A case", workshop.people[0].member_id)]
    assert await workshop.value("select chat_id is not null from runs where id = $1", run.id)
    assert await workshop.rows("select task_key, state from steps") == [("a", "ready")]
    assert await workshop.rows("select type, revision from events where run_id = $1 order by id", run.id) == [
        ("run.started", 1),
        ("step.created", 1),
    ]
    assert await workshop.counts() == {"a": 1}


async def test_a_case_goes_through_to_its_end(workshop, clock):
    run = await workshop.create()
    await workshop.do(run.id, Assign(step=1, assignee=workshop.assignee(0), start_working=True))
    clock.advance(seconds=90)
    await workshop.do(run.id, Complete(step=1, data={"n": 5}))
    assert await workshop.counts() == {"b": 1}
    done = await workshop.finish(run.id, 2)
    assert done.state == "completed"
    assert await workshop.counts() == {}
    assert await workshop.rows("select state, working_ms, output from runs") == [("completed", 90_000, {})]
    assert await workshop.rows(
        "select extract(epoch from ended_at - started_at)::int from work_periods order by id"
    ) == [
        (90,),
        (0,),
    ]


async def test_many_orders_in_one_commit_are_each_answered(workshop):
    runs = await together(*(workshop.create(title=str(n)) for n in range(50)))
    assert sorted(run.title for run in runs) == sorted(str(n) for n in range(50))
    await together(*(workshop.finish(run.id, 1, n=2) for run in runs))
    assert await workshop.counts() == {"b": 50}
    assert await workshop.value("select count(*) from work_periods where ended_at is null") == 0


async def test_orders_on_one_run_in_one_commit_follow_each_other(workshop):
    run = await workshop.create()
    results = await together(
        workshop.do(run.id, Assign(step=1, assignee=workshop.assignee(0), start_working=True)),
        workshop.do(run.id, Save(step=1, data={"n": 2})),
        workshop.do(run.id, Complete(step=1, data={})),
        workshop.do(run.id, Assign(step=2, assignee=workshop.assignee(1))),
        workshop.do(run.id, Complete(step=1, data={})),
    )
    assert [type(one).__name__ for one in results] == ["Run", "Run", "Run", "Run", "Conflict"]
    assert await workshop.value("select revision from runs") == 5
    assert await workshop.rows("select task_key, state from steps order by number") == [
        ("a", "completed"),
        ("b", "assigned"),
    ]


async def test_one_of_many_wins(workshop):
    run = await workshop.create()
    results = await together(*(workshop.do(run.id, Assign(step=1, assignee=workshop.assignee(n))) for n in (0, 1, 2)))
    assert [isinstance(one, Conflict) for one in results] == [False, True, True]


async def test_a_refused_order_changes_nothing(workshop):
    run = await workshop.create()
    before = await workshop.rows("select * from runs"), await workshop.rows("select * from steps")
    with pytest.raises(Conflict):
        await workshop.do(run.id, Complete(step=1, data={}))
    assert (await workshop.rows("select * from runs"), await workshop.rows("select * from steps")) == before
    assert await workshop.value("select count(*) from events where run_id is not null") == 2


async def test_another_workspace_s_run_is_not_found(workshop):
    run = await workshop.create()
    with pytest.raises(NotFound):
        await workshop.do(run.id, CancelRun(), workspace_id=workshop.place.id + 1)
    with pytest.raises(NotFound):
        await workshop.do(run.id + 1, CancelRun())


class TestWhatCannotBeStarted:
    async def test_an_absent_workflow(self, workshop):
        with pytest.raises(NotFound):
            await workshop.create(workflow_id=987_654)

    async def test_an_absent_version(self, workshop):
        with pytest.raises(Invalid, match="no version 9"):
            await workshop.create(version_number=9)

    async def test_an_absent_task(self, workshop):
        with pytest.raises(Invalid, match="no task z"):
            await workshop.create(start_task="z")

    async def test_an_archived_workflow(self, workshop):
        async with workshop.services.database.write() as connection:
            await connection.execute("update workflows set archived_at = now()")
        with pytest.raises(Conflict, match="archived"):
            await workshop.create()

    async def test_input_that_does_not_fit(self, workshop):
        definition = {
            "casework": 1,
            "key": "typed",
            "input": {"type": "object", "required": ["n"]},
            "tasks": [{"key": "a", "kind": "human"}],
        }
        workflow_id = await publish(workshop.services, workshop.place, definition)
        with pytest.raises(Invalid):
            await workshop.create(workflow_id=workflow_id, input={}, opens_chat=True)
        assert await workshop.value("select count(*) from runs") == 0
        assert await workshop.value("select count(*) from chats") == 0

    async def test_the_same_external_id_twice(self, workshop):
        await workshop.create(external_id="x")
        with pytest.raises(Conflict, match="external id"):
            await workshop.create(external_id="x")


async def test_conditions_see_the_member_even_when_a_run_is_made(workshop):
    definition = {
        "casework": 1,
        "key": "fan",
        "tasks": [{"key": "a", "kind": "human", "for_each": "member.labels"}],
    }
    workflow_id = await publish(workshop.services, workshop.place, definition)
    async with workshop.services.database.write() as connection:
        await connection.execute("update members set labels = '{x,y}' where id = $1", workshop.people[0].member_id)
    run = await workshop.create(workflow_id=workflow_id)
    assert [step.item for step in run.steps if step.parent] == ["x", "y"]


class TestHandsOnOneThing:
    async def test_starting_in_another_run_pauses_the_first(self, workshop, clock):
        first, second = await workshop.create(), await workshop.create()
        await workshop.do(first.id, Assign(step=1, assignee=workshop.assignee(0), start_working=True))
        await workshop.do(second.id, Assign(step=1, assignee=workshop.assignee(0)))
        clock.advance(seconds=5)
        await workshop.do(second.id, Process(step=1), actor=workshop.actor(0))
        assert await workshop.rows("select state from steps order by run_id") == [("paused",), ("in_progress",)]
        assert await workshop.rows("select state from runs order by id") == [("paused",), ("running",)]
        assert await workshop.rows("select run_id from work_periods where ended_at is null") == [(second.id,)]

    async def test_many_starts_of_one_person_in_one_commit_leave_one_open(self, workshop):
        runs = [await workshop.create() for _ in range(8)]
        await together(
            *(workshop.do(run.id, Assign(step=1, assignee=workshop.assignee(0), start_working=True)) for run in runs)
        )
        assert await workshop.value("select count(*) from work_periods where ended_at is null") == 1
        assert await workshop.value("select count(*) from steps where state = 'in_progress'") == 1
        assert await workshop.value("select count(*) from steps where state = 'paused'") == 7

    async def test_two_processes_that_start_the_same_person_agree(self, workshop, services):
        other = Engine(services.database, services.clock)
        await other.start()
        runs = [await workshop.create() for _ in range(10)]
        mine = services.engine
        orders = []
        for n, run in enumerate(runs):
            workshop.services = _with_engine(services, mine if n % 2 else other)
            orders.append(workshop.do(run.id, Assign(step=1, assignee=workshop.assignee(0), start_working=True)))
        assert not [one for one in await together(*orders) if isinstance(one, Exception)]
        await other.stop()
        assert await workshop.value("select count(*) from work_periods where ended_at is null") == 1


class TestRevisions:
    async def test_an_expected_revision_that_is_not_the_run_s_is_refused(self, workshop):
        run = await workshop.create()
        with pytest.raises(PreconditionFailed):
            await workshop.do(run.id, Update(title="x"), expected_revision=7)
        after = await workshop.do(run.id, Update(title="x"), expected_revision=1)
        assert after.revision == 2

    async def test_a_step_has_a_revision_of_its_own(self, workshop):
        run = await workshop.create()
        await workshop.do(run.id, Update(title="x"))
        await workshop.do(run.id, Assign(step=1, assignee=workshop.assignee(0)), expected_revision=1)
        with pytest.raises(PreconditionFailed):
            await workshop.do(run.id, Unassign(step=1), expected_revision=1)


class TestClaims:
    async def test_a_claim_is_recorded_with_the_change(self, workshop):
        run = await workshop.create(claim=claim("one"))
        assert await workshop.value("select reference from idempotency_keys") == {"id": run.id}

    async def test_the_same_claim_again_does_nothing(self, workshop):
        run = await workshop.create()
        await workshop.do(run.id, Update(title="x"), claim=claim("one"), reference=1)
        with pytest.raises(AlreadyClaimed):
            await workshop.do(run.id, Update(title="y"), claim=claim("one"), reference=1)
        assert await workshop.value("select title from runs") == "x"

    async def test_the_same_claim_twice_in_one_commit_happens_once(self, workshop):
        results = await together(*(workshop.create(claim=claim("one")) for _ in range(5)))
        assert sum(isinstance(one, AlreadyClaimed) for one in results) == 4
        assert await workshop.value("select count(*) from runs") == 1

    async def test_a_refused_change_frees_its_claim(self, workshop):
        run = await workshop.create()
        with pytest.raises(Conflict):
            await workshop.do(run.id, Pause(step=1), claim=claim("one"))
        await workshop.do(run.id, Assign(step=1, assignee=workshop.assignee(0)), claim=claim("one"))


async def test_a_poisoned_order_fails_alone(workshop):
    results = await together(
        workshop.create(title="good"), workshop.create(title="bad\0"), workshop.create(title="fine")
    )
    assert [isinstance(one, Exception) for one in results] == [False, True, False]
    assert isinstance(results[1], Invalid)
    assert sorted(await workshop.rows("select title from runs")) == [("fine",), ("good",)]


async def test_selecting_moves_the_counts(workshop):
    run = await workshop.create()
    await workshop.do(run.id, Update(data={"n": 1}))
    await workshop.do(run.id, Select(task="c"))
    assert await workshop.counts() == {"c": 1}


async def test_a_case_that_is_handed_over_takes_its_chat_along(workshop):
    run = await workshop.create(opens_chat=True)
    await workshop.do(run.id, Update(member_id=workshop.people[1].member_id))
    assert await workshop.value("select member_id from chats") == workshop.people[1].member_id


async def test_a_loop_makes_new_visits_and_keeps_the_last_output(workshop):
    run = await workshop.create()
    await workshop.finish(run.id, 1, n=2)
    await workshop.finish(run.id, 2, again=True)
    await workshop.finish(run.id, 3, n=3)
    rows = await workshop.rows("select task_key, visit, is_last, is_output from steps order by number")
    assert rows == [("a", 1, False, False), ("b", 1, False, True), ("a", 2, True, True), ("b", 2, True, False)]


async def test_a_client_that_goes_away_does_not_take_its_order_back(workshop):
    run = await workshop.create()
    waiting = asyncio.ensure_future(workshop.do(run.id, Update(title="done")))
    await asyncio.sleep(0)
    waiting.cancel()
    await workshop.do(run.id, Update(priority=1))
    assert await workshop.value("select title from runs") == "done"


async def test_stopping_carries_out_what_waits(services, workshop):
    engine = Engine(services.database, services.clock)
    await engine.start()
    workshop.services = _with_engine(services, engine)
    waiting = [asyncio.ensure_future(workshop.create()) for _ in range(5)]
    await asyncio.sleep(0)
    await engine.stop()
    assert len(await asyncio.gather(*waiting)) == 5
    with pytest.raises(Unavailable):
        await workshop.create()


async def test_more_than_can_wait_is_refused_at_once(workshop, monkeypatch):
    monkeypatch.setattr(waiting, "WAITING_MAX", 3)
    results = await together(*(workshop.create() for _ in range(6)))
    assert sum(isinstance(one, LimitExceeded) for one in results) == 3


async def test_a_database_that_goes_away_is_unavailable_and_comes_back(workshop):
    run = await workshop.create()
    async with workshop.services.database.write() as connection:
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'casework engine' "
            "and datname = current_database()"
        )
    results = await together(workshop.do(run.id, Update(title="one")))
    if isinstance(results[0], Exception):
        assert isinstance(results[0], Unavailable)
    await workshop.do(run.id, Update(title="two"))
    assert await workshop.value("select title from runs") == "two"


async def test_statistics_are_made_anew_as_tables_grow(workshop, monkeypatch):
    monkeypatch.setattr(service, "GROWTH", (5,))
    engine = Engine(workshop.services.database, workshop.services.clock)
    await engine.start()
    workshop.services = _with_engine(workshop.services, engine)
    await together(*(workshop.create() for _ in range(6)))
    await engine.stop()
    assert await workshop.value("select reltuples > 0 from pg_class where relname = 'runs'")


def _with_engine(services, engine):
    return replace(services, engine=engine)
