"""What is written of a run and its steps: whatever way it took, the tables hold what was decided."""

import pytest
from msgspec.structs import replace

from casework.core.command import Assign, CancelRun, Complete, Pause, Process, Save, Select, Unassign, Update
from casework.core.permission import MEMBER, SCOPES, Principal, grant
from casework.engine.catalog import Catalog
from casework.engine.loading import as_run
from casework.engine.service import BATCH_MAX, SHARE_MIN, Engine
from casework.functions import Registry
from casework.kinds.function.calculator import Calculators
from casework.store import assignments, runs
from tests.engine.conftest import publish, together

pytestmark = pytest.mark.anyio


async def stored(workshop, run_id):
    """The run as the next order on it would find it."""
    async with workshop.services.database.read() as connection:
        (row,) = await runs.lock(connection, [run_id])
        editions = await Catalog().load(connection, {(row.workflow_id, row.version_number)})
        steps = await runs.steps_of(connection, [run_id])
    return as_run(row, editions[row.workflow_id, row.version_number], [step for _, step in steps[run_id]])


def loaded(run):
    """The part of a decided run that is loaded again: the rest is history (and compiled versions never compare)."""
    kept = tuple(step for step in run.steps if step.is_last or step.is_output or step.is_live)
    return replace(run, steps=kept, version=None)


async def test_after_every_order_the_tables_hold_what_was_decided(workshop, clock):
    run = await workshop.create(title="A case", input={"word": "ä"}, due_at=clock.now())
    who = workshop.assignee(1)
    assert loaded(await stored(workshop, run.id)) == loaded(run)
    for command in (
        Assign(step=1, assignee=who, start_working=True),
        Save(step=1, data={"n": 1, "deep": {"list": [1, None, "x"]}}),
        Pause(step=1),
        Update(title="Another", priority=7),
        Unassign(step=1),
        Assign(step=1, assignee=who),
        Process(step=1),
        Complete(step=1, data={"n": 2}),
        Save(step=2, data={"again": True}),
        Select(task="a"),
        Update(due_at=None, member_id=workshop.people[1].member_id),
        CancelRun(reason="No more"),
    ):
        clock.advance(seconds=3)
        actor = workshop.actor(1) if isinstance(command, Process) else workshop.boss()
        after = await workshop.do(run.id, command, actor=actor)
        assert loaded(await stored(workshop, run.id)) == loaded(after), command
    assert after.state == "cancelled"


async def test_orders_of_every_kind_in_one_commit_are_written_each_as_it_must(workshop):
    made = await together(*(workshop.create(title=str(number)) for number in range(3)))
    done = await together(
        workshop.do(made[0].id, Assign(step=1, assignee=workshop.assignee(0))),
        workshop.do(made[1].id, Update(title="Other", priority=3)),
        workshop.do(made[2].id, Assign(step=1, assignee=workshop.assignee(1), start_working=True)),
        workshop.do(made[2].id, Complete(step=1, data={"n": 2})),
        workshop.create(title="new", priority=9),
    )
    for run in (done[0], done[1], *done[3:]):
        assert loaded(await stored(workshop, run.id)) == loaded(run)


async def test_what_waits_is_shared_among_the_loops_that_are_free(workshop, monkeypatch):
    sizes = []
    carry_out = Engine._carry_out

    async def noted(self, batch):
        sizes.append(len(batch))
        await carry_out(self, batch)

    monkeypatch.setattr(Engine, "_carry_out", noted)
    await together(*(workshop.create() for _ in range(2 * SHARE_MIN)))
    assert sizes == [SHARE_MIN, SHARE_MIN]
    await together(*(workshop.create() for _ in range(SHARE_MIN)))
    assert sizes[2:] == [SHARE_MIN]
    assert max(sizes) <= BATCH_MAX


async def test_what_stands_on_a_task_is_told_without_being_counted(workshop):
    made = await together(*(workshop.create() for _ in range(4)))
    await workshop.finish(made[0].id, 1, n=2)
    who = workshop.place.manager
    principal = Principal(
        kind="cookie",
        account_id=who.account_id,
        workspace_id=workshop.place.id,
        member_id=who.member_id,
        scopes=SCOPES,
    )
    for key, count in (("a", 3), ("b", 1), ("c", 0)):
        task_id = await workshop.value("select id from tasks where key = $1", key)
        async with workshop.services.database.read() as connection:
            wanted = assignments.Filter(task_id=task_id)
            assert await assignments.total(connection, grant(principal, MEMBER), wanted) == count


async def test_a_run_of_pure_functions_ends_in_the_commit_that_makes_it(workshop):
    registry = Registry()
    registry.add(lambda n: n + 1, "add", pure=True)
    workshop.services.engine.calculate_by(Calculators(registry))
    task = {"kind": "function", "function": "add", "arguments": {"n": "=input.n"}}
    tasks = [{"key": "a", **task, "next": [{"to": "b"}]}, {"key": "b", **task}]
    workflow_id = await publish(workshop.services, workshop.place, {"casework": 1, "key": "pure", "tasks": tasks})
    run = await workshop.create(workflow_id=workflow_id, input={"n": 4})
    assert (run.state, run.output) == ("completed", 5)
    assert loaded(await stored(workshop, run.id)) == loaded(run)
    assert await workshop.value("select count(*) from jobs") == 0
    rows = await workshop.rows("select state, output, attempt from steps where run_id = $1 order by number", run.id)
    assert rows == [("completed", 5, 0), ("completed", 5, 0)]


async def test_a_pure_function_is_called_for_each_item_of_a_list_in_one_commit(workshop):
    registry = Registry()
    registry.add(lambda n: n + 1, "add", pure=True)
    workshop.services.engine.calculate_by(Calculators(registry))
    task = {"kind": "function", "function": "add", "arguments": {"n": "=item"}, "for_each": "input.numbers"}
    definition = {"casework": 1, "key": "each", "tasks": [{"key": "a", **task}]}
    workflow_id = await publish(workshop.services, workshop.place, definition)
    run = await workshop.create(workflow_id=workflow_id, input={"numbers": [1, 2, 3]})
    assert (run.state, run.output) == ("completed", [2, 3, 4])
    assert loaded(await stored(workshop, run.id)) == loaded(run)


async def test_where_a_limit_holds_workers_are_called_to_pure_functions_too(workshop):
    registry = Registry()
    registry.add(lambda n: n + 1, "add", pure=True)
    workshop.services.engine.calculate_by(Calculators(registry))
    task = {"key": "a", "kind": "function", "function": "add", "arguments": {"n": 1}, "limits": {"concurrency": 1}}
    definition = {"casework": 1, "key": "bounded", "tasks": [task]}
    run = await workshop.create(workflow_id=await publish(workshop.services, workshop.place, definition))
    assert (run.state, [step.state for step in run.steps]) == ("pending", ["queued"])


async def test_what_is_rare_of_a_run_is_kept_beside_runs_that_have_none_of_it(workshop, clock):
    due = clock.now()
    made = await together(
        workshop.create(title="plain"), workshop.create(external_id="x-1", end_user="eve", due_at=due)
    )
    rows = await workshop.rows(
        "select external_id, end_user, due_at from runs where id = any($1) order by id", [run.id for run in made]
    )
    assert sorted(rows, key=str) == sorted([(None, None, None), ("x-1", "eve", due)], key=str)
