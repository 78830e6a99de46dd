"""Budgets: what is spent stops the agent before it spends more, or a person decides."""

import pytest

from casework.core.work import Done, Failed, Suspended, Work
from tests.kinds.agent.conftest import Model

pytestmark = pytest.mark.anyio

ASKING = {"calls": [["ask_person", {"question": "What now?"}]]}
OUTPUT = {"type": "object", "required": ["done"], "properties": {"done": {"type": "boolean"}}}


async def once_answered(agent, model: Model, budget, **fields):
    """A step that has made one request, of 120 tokens, and would make another."""
    await model.answers(ASKING, ASKING, {"text": "Well."})
    step = agent(model=model.model, ask_person={}, budget=budget, **fields)
    (ask,) = (await step.attempt()).asks
    step.answer(ask.key, answer="Go on.")
    return step


@pytest.mark.parametrize("budget", [{"tokens": 120}, {"calls": 1}])
async def test_a_budget_that_is_spent_fails_the_step_before_the_next_request(agent, model: Model, budget):
    step = await once_answered(agent, model, budget)
    result = await step.attempt()
    assert (result.code, result.is_final) == ("budget", True)
    assert next(iter(budget)) in result.message
    assert len(await model.seen()) == 1


async def test_a_budget_with_something_left_lets_the_agent_go_on(agent, model: Model):
    step = await once_answered(agent, model, {"tokens": 121, "cost": 0.01, "seconds": 600})
    assert isinstance(await step.attempt(), Suspended)
    assert len(await model.seen()) == 2


async def test_a_person_gives_the_budget_again_as_often_as_they_like(agent, model: Model):
    step = await once_answered(agent, model, {"calls": 1, "on_exceeded": "person"}, approvals={"roles": ["lead"]})
    (ask,) = (await step.attempt()).asks
    assert (ask.name, ask.roles, ask.detail) == ("The agent has spent its budget", ("lead",), {"budget": "calls"})
    step.answer(ask.key, decision="continue")
    (question,) = (await step.attempt()).asks
    step.answer(question.key, answer="Go on.")
    (again,) = (await step.attempt()).asks
    assert again.key != ask.key
    assert len(await model.seen()) == 2
    step.answer(again.key, decision="continue")
    assert await step.attempt() == Done(output={"text": "Well."})
    assert len(await model.seen()) == 3


async def test_a_person_gives_the_answer_instead(agent, model: Model):
    step = await once_answered(agent, model, {"calls": 1, "on_exceeded": "person"}, output=OUTPUT)
    (ask,) = (await step.attempt()).asks
    assert ask.form["then"]["properties"]["answer"] == OUTPUT
    step.answer(ask.key, decision="answer", answer={"done": True})
    assert await step.attempt() == Done(output={"done": True})


async def test_a_person_lets_the_step_fail(agent, model: Model):
    step = await once_answered(agent, model, {"calls": 1, "on_exceeded": "person"})
    (ask,) = (await step.attempt()).asks
    step.answer(ask.key, decision="fail")
    result = await step.attempt()
    assert (result.code, result.is_final) == ("budget", True)


async def test_an_agent_that_comes_to_no_end_is_stopped(agent, model: Model):
    await model.answers({"calls": [["nowhere", {}]]})
    result = await agent(model=model.model, turns=2).attempt()
    assert (result.code, result.is_final) == ("turns", True)
    assert len(await model.seen()) == 2


async def test_a_budget_beyond_the_steps_stops_it_too(agent, model: Model):
    async def guard(_work: Work) -> str | None:
        return "The workspace has spent what it may this month."

    result = await agent(model=model.model, guard=guard).attempt()
    assert isinstance(result, Failed)
    assert (result.code, result.message) == ("budget", "The workspace has spent what it may this month.")
    assert await model.seen() == []
