"""Agents in whole runs: a worker performs them, people answer, and what it cost is kept."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import httpx
import pytest

from casework.clock import SystemClock
from casework.core.actor import SYSTEM
from casework.core.command import Assign, Complete
from casework.engine.worker import Terms, Worker
from casework.entropy import new_uuid
from casework.kinds.agent.calling import FunctionTool
from casework.kinds.agent.parts import Parts
from casework.kinds.agent.performer import AgentPerformer
from casework.kinds.agent.spending import Purse
from casework.store import spending
from casework.store.spending import ModelBudget, ModelPrice
from tests.engine.conftest import Workshop, publish, workshop
from tests.kinds.agent.conftest import Model, opened
from tests.kinds.agent.test_tools import paying

__all__ = ["workshop"]

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock() -> SystemClock:
    return SystemClock()


@asynccontextmanager
async def working(
    workshop: Workshop, transport: httpx.AsyncBaseTransport, functions: Mapping[str, FunctionTool] | None = None
) -> AsyncIterator[None]:
    services = workshop.services
    purse = Purse(services.database, SystemClock())
    parts = Parts(
        clock=SystemClock(),
        transport=transport,
        secrets=opened,
        functions=functions or {},
        prices=purse.prices,
        guard=purse.guard,
    )
    performer = AgentPerformer(parts)
    worker = Worker(services.database, services.engine, SystemClock(), {"agent": performer}, Terms(name="one"))
    await worker.start()
    try:
        yield
    finally:
        await worker.stop(within_seconds=1)


async def begun(workshop: Workshop, **fields: Any) -> int:
    task = {"key": "a", "kind": "agent", "prompt": "Do {{ input.what }}", **fields}
    definition = {"casework": 1, "key": f"agents-{new_uuid(SystemClock().now())}", "tasks": [task]}
    workflow_id = await publish(workshop.services, workshop.place, definition)
    return (await workshop.create(workflow_id=workflow_id, input={"what": "it"})).id


async def state_of(workshop: Workshop, run_id: int, *states: str) -> str:
    """The state of the run when it is first one of those."""
    async with asyncio.timeout(30):
        while True:  # what is looked at is another process's affair in a real installation, so it is asked for
            state: str = await workshop.value("select state from runs where id = $1", run_id)
            if state in states:
                return state
            await asyncio.sleep(0.02)


async def test_a_run_with_an_agent_completes_and_its_calls_are_kept(workshop, transport):
    async with working(workshop, transport):
        run_id = await begun(workshop, model="scripted", rules=[{"answer": "Done {{ input.what }}."}])
        assert await state_of(workshop, run_id, "completed", "failed") == "completed"
    assert await workshop.value("select output from runs where id = $1", run_id) == {"text": "Done it."}
    query = "select provider, model_id, step_number from model_calls where run_id = $1"
    assert await workshop.rows(query, run_id) == [("scripted", "scripted", 1)]
    assert await workshop.value("select data from events where type = 'step.progressed'") == {
        "turn": 1,
        "model": "scripted:scripted",
        "tools": [],
    }


@pytest.mark.parametrize(("fields", "is_told"), [({}, False), ({"sensitive": "allow"}, True)])
async def test_a_model_is_sent_what_is_sensitive_only_where_its_task_says_so(
    workshop, transport, model, fields, is_told
):
    await model.answers({"text": "Done."})
    task = {"key": "a", "kind": "agent", "model": model.model, "prompt": "Ann: {{ input.ssn }} {{ input }}", **fields}
    schema = {"type": "object", "properties": {"ssn": {"type": "string", "x-sensitive": True}}}
    definition = {"casework": 1, "key": "private", "input": schema, "tasks": [task]}
    workflow_id = await publish(workshop.services, workshop.place, definition)
    async with working(workshop, transport):
        run = await workshop.create(workflow_id=workflow_id, input={"ssn": "078-05-1120", "n": 1})
        assert await state_of(workshop, run.id, "completed", "failed") == "completed"
    sent = str(await model.seen())
    assert ("078-05-1120" in sent, "[hidden]" in sent) == (is_told, not is_told)
    assert "078-05-1120" not in str(await workshop.rows("select data, output from steps"))


async def test_a_person_approves_the_exact_call_and_the_run_goes_on(workshop, transport, model: Model):
    await model.answers({"calls": [["pay", {"amount": 7}]]}, {"text": "Paid."})
    async with working(workshop, transport):
        run_id = await begun(workshop, model=model.model, tools=[paying(model)])
        await state_of(workshop, run_id, "paused")
        ((name, ask),) = await workshop.rows("select name, ask from steps where kind = 'human'")
        assert (name, ask["detail"]["arguments"]) == ("Approve: pay", {"amount": 7})
        assert await model.effects() == []
        await workshop.do(run_id, Assign(step=2, assignee=workshop.assignee(0)))
        await workshop.do(run_id, Complete(step=2, data={"decision": "accept"}))
        assert await state_of(workshop, run_id, "completed", "failed") == "completed"
    assert [effect["body"] for effect in await model.effects()] == [{"amount": 7}]
    assert await workshop.value("select count(*) from model_calls where run_id = $1", run_id) == 2


async def test_a_worker_that_is_gone_between_turns_leaves_nothing_to_be_repeated(workshop, transport, model: Model):
    await model.answers({"calls": [["pay", {"amount": 7}]]}, {"wait": True, "text": "Paid."})
    async with working(workshop, transport):
        run_id = await begun(workshop, model=model.model, tools=[paying(model, approve=False)])
        await model.begun()
    assert await workshop.value("select state from steps where run_id = $1", run_id) == "queued"
    await model.go()
    async with working(workshop, transport):
        assert await state_of(workshop, run_id, "completed", "failed") == "completed"
    assert len(await model.effects()) == 1
    assert await workshop.value("select count(*) from model_calls where run_id = $1", run_id) == 2


async def test_what_no_text_can_hold_does_no_harm(workshop, transport, model: Model):
    await model.answers({"calls": [["pay", {"amount": 7, "to": "a\0b"}]]}, {"text": "N\0L"})
    async with working(workshop, transport):
        run_id = await begun(workshop, model=model.model, tools=[paying(model, approve=False)])
        assert await state_of(workshop, run_id, "completed", "failed") == "completed"
    assert await workshop.value("select output from runs where id = $1", run_id) == {"text": "N\ufffdL"}


async def test_the_workspaces_prices_count_and_its_budget_holds(workshop, transport, model: Model):
    await model.answers({"text": "Done."})
    provider = model.base.split("/")[2]
    async with workshop.services.database.write() as connection:
        price = ModelPrice(provider=provider, model_id="small", input=Decimal(1), output=Decimal(5))
        await spending.set_prices(connection, workshop.place.id, [price])
        await spending.set_budget(connection, workshop.place.id, ModelBudget(cost=Decimal("0.0003")))
    async with working(workshop, transport):
        first = await begun(workshop, model=model.model)
        assert await state_of(workshop, first, "completed", "failed") == "completed"
        second = await begun(workshop, model=model.model)
        assert await state_of(workshop, second, "completed", "failed") == "completed"
        third = await begun(workshop, model=model.model)
        assert await state_of(workshop, third, "completed", "failed") == "failed"
    costs = await workshop.rows("select cost from model_calls order by id")
    assert costs == [(Decimal("0.0002"),), (Decimal("0.0002"),)]
    error = await workshop.value("select error from runs where id = $1", third)
    assert error["code"] == "budget"
    assert "The workspace has spent all its cost of this month." in error["message"]
    assert len(await model.seen()) == 2


async def test_a_person_spends_no_more_than_one_may(workshop, transport, model: Model):
    await model.answers({"text": "Done."})
    async with workshop.services.database.write() as connection:
        await spending.set_budget(connection, workshop.place.id, ModelBudget(person_tokens=100))
    async with working(workshop, transport):
        first = await begun(workshop, model=model.model)
        assert await state_of(workshop, first, "completed", "failed") == "completed"
        second = await begun(workshop, model=model.model)
        assert await state_of(workshop, second, "completed", "failed") == "failed"
        workflow_id = await workshop.value("select workflow_id from runs where id = $1", second)
        own = {"workflow_id": workflow_id, "input": {"what": "it"}}
        for who, state in ((workshop.actor(0), "completed"), (SYSTEM, "completed")):
            run = await workshop.create(**own, actor=who)
            assert await state_of(workshop, run.id, "completed", "failed") == state
    error = await workshop.value("select error from runs where id = $1", second)
    assert error["message"] == "Whoever started the run has spent all their tokens of this month."
    whose = [workshop.place.manager.account_id, workshop.people[0].account_id, None]
    assert [row[0] for row in await workshop.rows("select account_id from model_calls order by id")] == whose


async def test_a_run_spends_no_more_than_it_may(workshop, transport, model: Model):
    await model.answers({"text": "Done."})
    task = {"kind": "agent", "model": model.model, "prompt": "Go."}
    tasks = [{"key": "a", **task, "next": [{"to": "b"}]}, {"key": "b", **task}]
    definition = {"casework": 1, "key": "agents", "budget": {"calls": 1}, "tasks": tasks}
    workflow_id = await publish(workshop.services, workshop.place, definition)
    async with working(workshop, transport):
        run = await workshop.create(workflow_id=workflow_id)
        assert await state_of(workshop, run.id, "completed", "failed") == "failed"
    error = await workshop.value("select error from runs where id = $1", run.id)
    assert (error["task"], error["message"]) == ("b", "The run has spent all its calls.")
    assert len(await model.seen()) == 1
