"""Tools: those on the list and no other, each call once, and none that a person must see before it was seen."""

import asyncio
from typing import Any

import pytest

import casework
from casework.core.work import Done, Suspended, Work
from casework.kinds.function.performer import FunctionPerformer
from casework.kinds.function.tools import tools
from tests.kinds.agent.conftest import Model

pytestmark = pytest.mark.anyio

AMOUNT = {
    "type": "object",
    "required": ["amount"],
    "properties": {"amount": {"type": "integer", "maximum": 100}, "to": {"type": "string"}},
    "additionalProperties": False,
}


def paying(model: Model, **fields: Any) -> dict[str, Any]:
    return {
        "name": "pay",
        "kind": "http",
        "marks": "act",
        "description": "Pays.",
        "method": "POST",
        "url": f"{model.base}/effects",
        "arguments": AMOUNT,
        **fields,
    }


def looking(model: Model, **fields: Any) -> dict[str, Any]:
    address = {"url": f"{model.base}/orders/{{order}}", "arguments": {"type": "object"}}
    return {"name": "look", "kind": "http", "marks": "read", **address, **fields}


class Doubling:
    """A function of the installation."""

    description = "Doubles."
    schema = AMOUNT

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def call(self, arguments: dict[str, Any], *, work: Work) -> Any:
        self.keys.append(work.key)
        return arguments["amount"] * 2


def heard(request: dict[str, Any]) -> list[str]:
    """What a request tells the model of its calls."""
    return [message["content"] for message in request["messages"] if message["role"] == "tool"]


async def test_what_a_function_gives_is_told_to_the_model(agent, model: Model):
    await model.answers({"calls": [["double", {"amount": 4}]]}, {"text": "It is 8."})
    double = Doubling()
    tool = {"name": "double", "kind": "function", "marks": "read"}
    step = agent(model=model.model, tools=[tool], functions={"double": double})
    assert await step.attempt() == Done(output={"text": "It is 8."})
    first, second = await model.seen()
    assert first["tools"][0]["function"] == {"name": "double", "description": "Doubles.", "parameters": AMOUNT}
    assert heard(second) == ["8"]
    assert len(double.keys) == 1
    assert step.told[0]["tools"] == ["double"]


async def test_arguments_that_do_not_fit_are_told_and_nothing_is_called(agent, model: Model):
    await model.answers({"calls": [["double", {"amount": 500}]]}, {"text": "Well."})
    double = Doubling()
    tool = {"name": "double", "kind": "function", "marks": "read"}
    await agent(model=model.model, tools=[tool], functions={"double": double}).attempt()
    assert "/amount" in heard((await model.seen())[1])[0]
    assert double.keys == []


async def test_a_function_that_is_not_installed_fails_the_step(agent, model: Model):
    tool = {"name": "double", "kind": "function", "marks": "read"}
    result = await agent(model=model.model, tools=[tool]).attempt()
    assert (result.code, result.is_final) == ("definition", True)
    assert await model.seen() == []


async def test_an_address_is_read_with_its_arguments_and_secrets(agent, model: Model):
    await model.answers({"calls": [["look", {"order": "a/../b?c", "q": "x y"}]]}, {"text": "Seen."})
    tool = looking(model, headers={"authorization": "Bearer {{ secrets.crm }}"})
    await agent(model=model.model, tools=[tool]).attempt()
    (told,) = heard((await model.seen())[1])
    assert f"/{model.name}/orders/a%2F..%2Fb%3Fc?q=x+y" in told or "q=x%20y" in told
    assert "Bearer [secret]" in told
    assert "very-secret" not in told


async def test_a_secret_that_only_data_names_is_not_opened(agent, model: Model):
    await model.answers({"calls": [["look", {}]]}, {"text": "Seen."})
    tool = looking(model, headers={"authorization": "{{ input.what }}"})
    await agent({"what": "{{ secrets.crm }}"}, model=model.model, tools=[tool]).attempt()
    (told,) = heard((await model.seen())[1])
    assert "{{ secrets.crm }}" in told


async def test_what_acts_waits_for_a_person_and_is_done_once_as_it_was_shown(agent, model: Model):
    await model.answers({"calls": [["pay", {"amount": 7, "to": "Ann"}]]}, {"text": "Paid."})
    step = agent(model=model.model, tools=[paying(model)], approvals={"roles": ["lead"]})
    waiting = await step.attempt()
    assert isinstance(waiting, Suspended)
    (ask,) = waiting.asks
    assert (ask.name, ask.roles, ask.prompt) == ("Approve: pay", ("lead",), "Pays.")
    assert ask.detail["arguments"] == {"amount": 7, "to": "Ann"}
    assert len(ask.detail["sha256"]) == 64
    assert await model.effects() == []
    step.answer(ask.key, decision="accept", arguments={"amount": 99})
    assert await step.attempt() == Done(output={"text": "Paid."})
    (effect,) = await model.effects()
    assert effect["body"] == {"amount": 7, "to": "Ann"}
    assert effect["key"] == f"{step.work.key}:{ask.key}"
    assert len(await model.seen()) == 2


async def test_a_call_that_a_person_changed_is_made_as_they_wrote_it(agent, model: Model):
    await model.answers({"calls": [["pay", {"amount": 70}]]}, {"text": "Paid."})
    step = agent(model=model.model, tools=[paying(model)])
    (ask,) = (await step.attempt()).asks
    step.answer(ask.key, decision="edit", arguments={"amount": 5})
    await step.attempt()
    (effect,) = await model.effects()
    assert effect["body"] == {"amount": 5}
    assert '"amount":5' in heard((await model.seen())[1])[0]


async def test_a_changed_call_that_does_not_fit_is_not_made(agent, model: Model):
    await model.answers({"calls": [["pay", {"amount": 70}]]}, {"text": "Not paid."})
    step = agent(model=model.model, tools=[paying(model)])
    (ask,) = (await step.attempt()).asks
    step.answer(ask.key, decision="edit", arguments={"amount": 500})
    await step.attempt()
    assert await model.effects() == []
    assert "/amount" in heard((await model.seen())[1])[0]


async def test_the_model_is_told_why_a_call_was_refused(agent, model: Model):
    await model.answers({"calls": [["pay", {"amount": 70}]]}, {"text": "Not paid."})
    step = agent(model=model.model, tools=[paying(model)])
    (ask,) = (await step.attempt()).asks
    step.answer(ask.key, decision="refuse", reason="Too much.")
    assert await step.attempt() == Done(output={"text": "Not paid."})
    assert await model.effects() == []
    assert "Too much." in heard((await model.seen())[1])[0]


async def test_an_approval_is_good_for_one_call_only(agent, model: Model):
    same = {"calls": [["pay", {"amount": 7}]], "id": "always-the-same"}
    await model.answers(same, same, {"text": "Paid."})
    step = agent(model=model.model, tools=[paying(model)])
    (first,) = (await step.attempt()).asks
    step.answer(first.key, decision="accept")
    again = await step.attempt()
    assert isinstance(again, Suspended)
    (second,) = again.asks
    assert second.key != first.key
    assert len(await model.effects()) == 1


async def test_two_calls_with_one_id_are_no_calls(agent, model: Model):
    await model.answers({"calls": [["pay", {"amount": 1}], ["pay", {"amount": 2}]], "id": "same"})
    result = await agent(model=model.model, tools=[paying(model, approve=False)]).attempt()
    assert result.code == "model"
    assert await model.effects() == []


async def test_an_answer_that_comes_with_a_call_waits_for_it(agent, model: Model):
    output = {"type": "object", "properties": {"paid": {"type": "boolean"}}}
    await model.answers({"calls": [["pay", {"amount": 7}], ["final_result", {"paid": True}]]})
    step = agent(model=model.model, tools=[paying(model)], output=output)
    (ask,) = (await step.attempt()).asks
    step.answer(ask.key, decision="accept")
    assert await step.attempt() == Done(output={"paid": True})
    assert len(await model.effects()) == 1
    assert len(await model.seen()) == 1


async def test_questions_of_one_turn_are_asked_together(agent, model: Model):
    form = {"type": "object", "required": ["day"], "properties": {"day": {"type": "string"}}}
    calls = [["ask_person", {"question": "Which day?", "schema": form}], ["ask_person", {"question": "Who?"}]]
    await model.answers({"calls": calls}, {"text": "Ann on Monday."})
    step = agent(model=model.model, ask_person={"roles": ["desk"]})
    day, who = (await step.attempt()).asks
    assert (day.form, day.roles, who.name, who.prompt) == (form, ("desk",), "Who?", "Who?")
    step.answer(day.key, day="Monday")
    step.answer(who.key, answer="Ann")
    assert await step.attempt() == Done(output={"text": "Ann on Monday."})
    assert heard((await model.seen())[1]) == ['{"day":"Monday"}', '{"answer":"Ann"}']


async def test_who_may_not_ask_people_has_no_such_tool(agent, model: Model):
    await model.answers({"calls": [["ask_person", {"question": "Who?"}]]}, {"text": "Nobody."})
    assert await agent(model=model.model).attempt() == Done(output={"text": "Nobody."})
    assert "Unknown tool" in str((await model.seen())[1])


async def test_an_act_whose_end_is_not_known_is_done_again_with_the_same_key(agent, model: Model):
    await model.answers({"calls": [["pay", {"amount": 7}]]}, {"text": "Paid."})
    await model.statuses(503)
    step = agent(model=model.model, tools=[paying(model, approve=False)])
    failed = await step.attempt()
    assert (failed.code, failed.is_final) == ("tool", False)
    assert await step.attempt() == Done(output={"text": "Paid."})
    first, second = await model.effects()
    assert first == {**second, "key": first["key"]}
    assert first["key"] == second["key"]
    assert len(await model.seen()) == 2


async def test_an_attempt_that_dies_between_turns_leaves_nothing_to_be_repeated(agent, model: Model):
    await model.answers({"calls": [["pay", {"amount": 1}], ["double", {"amount": 4}]]}, {"wait": True, "text": "Paid."})
    double = Doubling()
    tools = [paying(model, approve=False), {"name": "double", "kind": "function", "marks": "read"}]
    step = agent(model=model.model, tools=tools, functions={"double": double})
    attempt = asyncio.create_task(step.attempt())
    await model.begun()
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    await model.go()
    assert await step.attempt() == Done(output={"text": "Paid."})
    assert (len(await model.effects()), len(double.keys)) == (1, 1)
    first, cut_off, again = await model.seen()
    assert cut_off["messages"] == again["messages"]
    assert first["messages"] == again["messages"][:1]


async def test_an_answer_that_was_kept_is_not_asked_for_again(agent, model: Model):
    await model.answers({"text": "Once."})
    step = agent(model=model.model, system="Be brief.")
    assert await step.attempt() == Done(output={"text": "Once."})
    assert await step.attempt() == Done(output={"text": "Once."})
    assert len(await model.seen()) == 1


async def test_a_registered_function_is_called_with_a_key_of_its_own(agent, model: Model):
    def book(context: casework.functions.Context, day: str) -> dict[str, str]:
        """Book a day."""
        if day == "Sunday":
            raise casework.functions.Refuse("closed", "Nobody works on Sundays.")
        return {"day": day, "key": context.key}

    registry = casework.functions.Registry()
    registry.add(book)
    functions = tools(registry, FunctionPerformer(registry, threads=1))
    calls = [["book", {"day": "Monday"}], ["book", {"day": "Sunday"}], ["book", {"hour": 1}]]
    await model.answers({"calls": calls}, {"text": "Booked."})
    tool = {"name": "book", "kind": "function", "marks": "act", "approve": False}
    step = agent(model=model.model, tools=[tool], functions=functions)
    assert await step.attempt() == Done(output={"text": "Booked."})
    first, second = await model.seen()
    assert first["tools"][0]["function"]["description"] == "Book a day."
    booked, closed, wrong = heard(second)
    assert f'"key":"{step.work.key}:1-' in booked
    assert closed == '{"error":"Nobody works on Sundays."}'
    assert "'day' is required" in wrong
