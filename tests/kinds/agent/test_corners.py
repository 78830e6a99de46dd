"""What people leave unanswered, and what models say that makes no sense."""

from typing import Any

import msgspec
import pytest

from casework.core.work import Done, Failed, Suspended
from casework.functions import Registry
from casework.kinds.function.performer import FunctionPerformer
from casework.kinds.function.tools import tools
from tests.kinds.agent.conftest import Model, Step
from tests.kinds.agent.test_tools import heard, looking, paying

pytestmark = pytest.mark.anyio


def leave(step: Step, key: str, state: str = "cancelled") -> None:
    """Nobody answers: the activity was cancelled, or its time was over."""
    answers = {key: {"state": state, "output": None, "error": None}}
    step.work = msgspec.structs.replace(step.work, data={**step.work.data, "answers": answers})


async def test_a_call_that_nobody_decides_about_is_not_made(agent, model: Model):
    await model.answers({"calls": [["pay", {"amount": 7}]]}, {"text": "Not paid."})
    step = agent(model=model.model, tools=[paying(model)])
    (ask,) = (await step.attempt()).asks
    leave(step, ask.key)
    assert await step.attempt() == Done(output={"text": "Not paid."})
    assert await model.effects() == []
    assert "Nobody approved it." in heard((await model.seen())[1])[0]


async def test_a_question_that_nobody_answers_is_told_as_such(agent, model: Model):
    await model.answers({"calls": [["ask_person", {"question": "Who?"}]]}, {"text": "Nobody."})
    step = agent(model=model.model, ask_person={})
    (ask,) = (await step.attempt()).asks
    leave(step, ask.key)
    assert await step.attempt() == Done(output={"text": "Nobody."})
    assert "Nobody answered" in heard((await model.seen())[1])[0]


@pytest.mark.parametrize(
    ("schema", "words"),
    [({"type": "object", "required": 5}, "cannot be used"), ({"type": "string"}, "must be that of an object")],
)
async def test_a_question_with_a_schema_that_makes_no_sense_is_not_asked(agent, model: Model, schema, words: str):
    await model.answers({"calls": [["ask_person", {"question": "Who?", "schema": schema}]]}, {"text": "Well."})
    assert await agent(model=model.model, ask_person={}).attempt() == Done(output={"text": "Well."})
    assert words in heard((await model.seen())[1])[0]


@pytest.mark.parametrize("arguments", ["[1]", '"x"', "{", "null"])
async def test_arguments_that_are_no_object_do_nothing(agent, model: Model, arguments: str):
    await model.answers({"calls": [["pay", arguments]]}, {"text": "Well."})
    result = await agent(model=model.model, tools=[paying(model, approve=False)]).attempt()
    assert result == Done(output={"text": "Well."})
    assert await model.effects() == []


async def test_an_answer_that_is_no_json_is_kept_as_it_came(agent, model: Model):
    await model.answers({"calls": [["final_result", '{"a": ']]})
    result = await agent(model=model.model, output={"type": "object"}, corrections=0).attempt()
    assert (result.code, result.output) == ("output", '{"a": ')


async def test_an_output_that_is_too_large_is_refused(agent, model: Model):
    await model.answers({"text": "x" * 300_000})
    result = await agent(model=model.model).attempt()
    assert (result.code, result.is_final) == ("too_large", True)
    assert "262,144 bytes" in result.message


async def test_a_result_that_is_too_long_is_cut_and_says_so(agent, model: Model):
    def long() -> str:
        return "x" * 60_000

    registry = Registry()
    registry.add(long)
    functions = tools(registry, FunctionPerformer(registry, threads=1))
    await model.answers({"calls": [["long", {}]]}, {"text": "Well."})
    tool = {"name": "long", "kind": "function", "marks": "read"}
    await agent(model=model.model, tools=[tool], functions=functions).attempt()
    assert "The first 50,000 of 60,002 characters." in heard((await model.seen())[1])[0]


async def test_an_act_at_an_address_that_must_not_be_called_is_no_riddle(agent, model: Model):
    await model.answers({"calls": [["pay", {"amount": 7}]]}, {"text": "Not paid."})
    step = agent(model=model.model, tools=[paying(model, approve=False, url="http://10.0.0.1/")])
    assert await step.attempt() == Done(output={"text": "Not paid."})
    assert "10.0.0.1" in heard((await model.seen())[1])[0]


async def test_what_is_no_fault_of_model_or_tool_is_not_hidden(agent, model: Model):
    async def prices(_workspace_id: int) -> Any:
        raise LookupError

    with pytest.raises(LookupError):
        await agent(model=model.model, prices=prices).attempt()


async def test_the_scripted_model_says_texts_and_calls_tools(agent):
    rules = [{"contains": "go", "calls": [{"tool": "ask_person", "arguments": {"question": "Who?"}}]}, {"answer": [1]}]
    step = agent({"what": "go"}, model="scripted", rules=rules, ask_person={})
    waiting = await step.attempt()
    assert isinstance(waiting, Suspended)
    step.answer(waiting.asks[0].key, answer="Ann")
    assert await step.attempt() == Done(output={"text": "[1]"})


async def test_a_last_answer_is_known_to_the_next_attempt_too(agent, model: Model):
    await model.answers({"calls": [["look", {}]], "text": "Let me see."})
    step = agent(model=model.model, tools=[looking(model)], turns=1)
    for _ in range(2):
        result = await step.attempt()
        assert isinstance(result, Failed)
        assert (result.code, result.output) == ("turns", "Let me see.")
    assert len(await model.seen()) == 1
