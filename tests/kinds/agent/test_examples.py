"""The support desk with an agent: offline, with a real model behind its protocol, and where the model fails."""

from typing import Any

import pytest
from msgspec.structs import replace

from casework.core.command import Assign, Complete
from tests.engine.conftest import Workshop, publish, workshop
from tests.engine.test_examples import example
from tests.kinds.agent.conftest import Model
from tests.kinds.agent.test_worker import clock, state_of, working

__all__ = ["clock", "workshop"]

pytestmark = pytest.mark.anyio


async def ticket(workshop: Workshop, body: str, **fields: Any) -> int:
    """A ticket of the desk, whose agent has these fields instead; the run's id, once people are needed."""
    definition = example("support-agent")
    agent = definition["tasks"][0]
    definition["tasks"][0] = {key: value for key, value in (agent | fields).items() if value is not None}
    workflow_id = await publish(workshop.services, workshop.place, definition)
    given = {"subject": "A question", "body": body, "customer": "Ada"}
    run = await workshop.create(workflow_id=workflow_id, input=given)
    await state_of(workshop, run.id, "paused")
    return run.id


async def waiting(workshop: Workshop, run_id: int) -> tuple[int, str]:
    """The one activity that waits for somebody: its number, and its task."""
    (found,) = await workshop.rows("select number, task_key from steps where run_id = $1 and state = 'ready'", run_id)
    return found


async def done(workshop: Workshop, run_id: int, **data: object) -> None:
    step, _ = await waiting(workshop, run_id)
    assignee = replace(workshop.assignee(0), actor_roles=frozenset({"agent"}))
    await workshop.do(run_id, Assign(step=step, assignee=assignee))
    await workshop.do(run_id, Complete(step=step, data=data))


async def test_what_the_agent_is_sure_of_is_answered_without_a_review(workshop, transport):
    async with working(workshop, transport):
        run_id = await ticket(workshop, "It prints in green only.")
    assert await waiting(workshop, run_id) == (2, "answer")
    await done(workshop, run_id, answer="Replaced the part.")
    query = "select state, output, indicators from runs where id = $1"
    assert await workshop.rows(query, run_id) == [("completed", {"topic": "fault"}, {"first_time_right": True})]


async def test_what_it_is_not_sure_of_and_what_costs_money_is_reviewed(workshop, transport):
    async with working(workshop, transport):
        run_id = await ticket(workshop, "The invoice counts it twice.")
    assert await waiting(workshop, run_id) == (2, "review")
    await done(workshop, run_id, topic="fault")
    await done(workshop, run_id, answer="Corrected.")
    query = "select output, indicators from runs where id = $1"
    assert await workshop.rows(query, run_id) == [({"topic": "fault"}, {"first_time_right": False})]


async def test_a_model_behind_its_protocol_takes_the_place_of_the_rules(workshop, transport, model: Model):
    await model.answers({"calls": [["final_result", {"topic": "how_to", "confidence": 0.99}]]})
    async with working(workshop, transport):
        run_id = await ticket(workshop, "How do I share a folder?", model=model.model, rules=None)
    assert await waiting(workshop, run_id) == (2, "answer")
    (request,) = await model.seen()
    assert "How do I share a folder?" in str(request)
    calls = "select model_id, step_number from model_calls where run_id = $1"
    assert await workshop.rows(calls, run_id) == [("small", 1)]


async def test_where_the_model_fails_for_good_a_person_classifies(workshop, transport, model: Model):
    await model.answers({"status": 401, "headers": {}, "body": {}})
    async with working(workshop, transport):
        run_id = await ticket(workshop, "Help", model=model.model, rules=None)
    assert await waiting(workshop, run_id) == (2, "review")
    await done(workshop, run_id, topic="other")
    await done(workshop, run_id, answer="Gladly.")
    assert await workshop.value("select output from runs where id = $1", run_id) == {"topic": "other"}
