"""What a model answers becomes the step's output: only when it fits, and with what it cost."""

from decimal import Decimal
from typing import Any

import pytest

from casework.core.work import Done, Failed
from casework.kinds.agent.prices import Price
from tests.kinds.agent.conftest import Model

pytestmark = pytest.mark.anyio

TOPIC = {
    "type": "object",
    "required": ["topic"],
    "properties": {"topic": {"enum": ["billing", "fault"]}},
    "additionalProperties": False,
}


async def test_the_scripted_model_answers_by_the_first_rule_that_applies(agent):
    rules = [
        {"contains": "money", "answer": {"topic": "billing"}},
        {"answer": {"topic": "=input.other"}},
    ]
    rich = agent({"what": "MONEY back", "other": "x"}, model="scripted", output=TOPIC, rules=rules)
    assert await rich.attempt() == Done(output={"topic": "billing"})
    other = agent({"what": "nothing", "other": "fault"}, model="scripted", output=TOPIC, rules=rules)
    assert await other.attempt() == Done(output={"topic": "fault"})
    (call,) = other.calls
    assert (call.provider, call.model_id, call.cost) == ("scripted", "scripted", 0)
    assert call.input_tokens > 0
    assert call.output_tokens > 0


async def test_the_scripted_model_without_rules_says_something_that_fits(agent):
    assert await agent(model="scripted", output=TOPIC).attempt() == Done(output={"topic": "billing"})


async def test_the_scripted_model_fails_where_no_rule_applies(agent):
    result = await agent(model="scripted", rules=[{"contains": "x", "answer": "y"}]).attempt()
    assert (result.code, result.is_final) == ("model", True)
    assert "No rule" in result.message


async def test_an_answer_that_fits_is_the_output(agent, model: Model):
    await model.answers({"calls": [["final_result", {"topic": "fault"}]]})
    step = agent({"what": "this"}, model=model.model, secret="key", system="You sort.", output=TOPIC)
    assert await step.attempt() == Done(output={"topic": "fault"})
    (request,) = await model.seen()
    assert [(one["role"], one["content"]) for one in request["messages"]] == [
        ("system", "You sort."),
        ("user", "Do this"),
    ]
    assert request["authorization"] == "Bearer sk-very-secret"
    assert request["model"] == "small"
    (call,) = step.calls
    assert (call.model_id, call.input_tokens, call.output_tokens, call.cost) == ("small", 100, 20, 0)
    assert call.provider.startswith("127.0.0.1:")


async def test_without_a_schema_the_text_is_the_output(agent, model: Model):
    await model.answers({"text": "All is well."})
    assert await agent(model=model.model).attempt() == Done(output={"text": "All is well."})


async def test_the_model_is_told_what_is_wrong_with_its_answer(agent, model: Model):
    await model.answers(
        {"calls": [["final_result", {"topic": "weather"}]]},
        {"calls": [["final_result", '{"topic": "fau']]},
        {"calls": [["final_result", {"topic": "fault"}]]},
    )
    step = agent(model=model.model, output=TOPIC)
    assert await step.attempt() == Done(output={"topic": "fault"})
    requests = await model.seen()
    assert "/topic: must be one of" in requests[1]["messages"][-1]["content"]
    assert len(requests) == len(step.calls) == 3


async def test_an_answer_that_never_fits_fails_and_is_kept(agent, model: Model):
    await model.answers({"calls": [["final_result", {"topic": "weather"}]]})
    step = agent(model=model.model, output=TOPIC, corrections=1)
    result = await step.attempt()
    assert (result.code, result.output, result.is_final) == ("output", {"topic": "weather"}, False)
    assert 'must be one of "billing", "fault"' in result.message
    assert len(await model.seen()) == len(step.calls) == 2


async def test_what_the_workspace_pays_counts(agent, model: Model):
    async def prices(_workspace_id: int) -> dict[tuple[str, str], Price]:
        return {(model.base.split("/")[2], "small"): Price(input=Decimal(2), output=Decimal(10))}

    await model.answers({"text": "x"})
    step = agent(model=model.model, prices=prices)
    await step.attempt()
    assert step.calls[0].cost == Decimal("0.0004")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": 500, "body": {"error": {"message": "boom"}}}, ("model", False)),
        ({"status": 401, "body": {"error": {"message": "Wrong key sk-very-secret."}}}, ("model", True)),
        ({"raw": "no json"}, ("model", False)),
        ({"cut": True}, ("model", False)),
        ({"raw": "x" * 5_000_000}, ("too_large", True)),
        ({"calls": [["nowhere", {}]]}, ("model", False)),
    ],
)
async def test_a_model_that_fails_fails_the_attempt(
    agent, model: Model, answer: dict[str, Any], expected: tuple[str, bool]
):
    await model.answers(answer)
    result = await agent(model=model.model, secret="key").attempt()
    assert isinstance(result, Failed)
    assert (result.code, result.is_final) == expected
    assert "very-secret" not in result.message


async def test_an_endpoint_that_is_busy_is_left_alone_for_as_long_as_it_says(agent, model: Model):
    await model.answers({"status": 429, "headers": {"retry-after": "7"}})
    result = await agent(model=model.model).attempt()
    assert (result.code, result.is_final, result.retry_after) == ("model", False, 7)
    assert len(await model.seen()) == 1


async def test_a_refusal_is_told_as_one(agent, model: Model):
    await model.answers({"refusal": "I will not."})
    result = await agent(model=model.model).attempt()
    assert result.code == "refused"


async def test_an_address_that_must_not_be_called_is_not_called(agent):
    result = await agent(model="http://10.0.0.1/v1#small").attempt()
    assert (result.code, result.is_final) == ("blocked", True)
    assert "10.0.0.1" in result.message


async def test_a_host_that_nobody_answers_at_is_told(agent):
    result = await agent(model="http://127.0.0.1:9/v1#small").attempt()
    assert (result.code, result.is_final) == ("model", False)


@pytest.mark.parametrize("vendor", ["anthropic", "google"])
async def test_a_vendor_whose_library_is_not_installed_is_told_with_what_to_install(agent, vendor: str):
    result = await agent(model=f"{vendor}:large", secret="key").attempt()
    assert (result.code, result.is_final) == ("model", True)
    assert f"casework[{vendor}]" in result.message


async def test_a_secret_that_there_is_not_is_told(agent, model: Model):
    result = await agent(model=model.model, secret="other").attempt()
    assert (result.code, result.is_final) == ("secret", True)
    assert await model.seen() == []


async def test_a_schema_that_names_itself_is_told(agent, model: Model):
    node = {"type": "object", "properties": {"inner": {"$ref": "#/$defs/node"}}}
    output = {"type": "object", "$defs": {"node": node}, "properties": {"root": {"$ref": "#/$defs/node"}}}
    result = await agent(model=model.model, output=output).attempt()
    assert (result.code, result.is_final) == ("definition", True)


async def test_what_is_said_in_a_chat_is_passed_on_in_pieces(agent, model: Model):
    await model.answers({"text": "All is very well."})
    heard: list[str] = []
    step = agent(model=model.model, chat_id=5, say=lambda _work, piece: heard.append(piece))
    text = "All is very well."
    assert await step.attempt() == Done(output={"text": text, "say": text})
    assert heard == ["All ", "is ", "very ", "well."]
    (call,) = step.calls
    assert (call.input_tokens, call.output_tokens) == (100, 20)


async def test_a_stream_that_breaks_off_is_no_answer(agent, model: Model):
    await model.answers({"cut": True}, {"text": "Whole."})
    heard: list[str] = []
    step = agent(model=model.model, chat_id=5, say=lambda _work, piece: heard.append(piece))
    failed = await step.attempt()
    assert (failed.code, failed.is_final) == ("model", False)
    assert heard == ["Half a"]
    assert step.memory is None
    result = await step.attempt()
    assert result.output["text"] == "Whole."
