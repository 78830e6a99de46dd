"""The model that is none: it answers by the rules of the definition, for demonstrations and tests."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from pydantic_ai.exceptions import ModelAPIError
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models import Model
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, DeltaToolCalls, FunctionModel
from pydantic_ai.models.test import TestModel

from casework.core.kinds.agent import SCRIPTED

_WORD: Final = re.compile(r"\s*\S+\s*")


class NoRule(ModelAPIError):
    """No rule of the scripted model applies."""


def scripted(rules: Sequence[Mapping[str, Any]]) -> Model:
    """The model of some rules; without any it answers with the least that fits the schema."""
    if not rules:
        return TestModel(call_tools=[], model_name=SCRIPTED)

    def speak(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        return _response(_rule(rules, _last(messages)), info, len(messages))

    async def stream(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str | DeltaToolCalls]:
        for piece in _pieces(speak(messages, info)):
            yield piece

    return FunctionModel(speak, stream_function=stream, model_name=SCRIPTED)


def _rule(rules: Sequence[Mapping[str, Any]], text: str) -> Mapping[str, Any]:
    """The first rule that applies to what was said last."""
    for rule in rules:
        if rule.get("contains", "").casefold() in text.casefold():
            return rule
    raise NoRule(SCRIPTED, "No rule of the scripted model applies; end them with one without 'contains'.")


def _response(rule: Mapping[str, Any], info: AgentInfo, place: int) -> ModelResponse:
    if "calls" in rule:
        calls = [
            ToolCallPart(tool_name=call["tool"], args=call.get("arguments", {}), tool_call_id=f"call-{place}-{i}")
            for i, call in enumerate(rule["calls"])
        ]
        return ModelResponse(parts=calls)
    answer = rule["answer"]
    if info.output_tools and isinstance(answer, dict):
        name = info.output_tools[0].name
        return ModelResponse(parts=[ToolCallPart(tool_name=name, args=answer, tool_call_id=f"answer-{place}")])
    text = answer if isinstance(answer, str) else msgspec.json.encode(answer).decode()
    return ModelResponse(parts=[TextPart(content=text)])


def _pieces(response: ModelResponse) -> Iterator[str | DeltaToolCalls]:
    """The response as a model streams it: word by word, or its calls; at least one piece."""
    if response.text is not None:
        yield from _WORD.findall(response.text) or [""]
    for place, call in enumerate(response.tool_calls):
        yield {place: DeltaToolCall(call.tool_name, call.args_as_json_str(), tool_call_id=call.tool_call_id)}


def _last(messages: Sequence[ModelMessage]) -> str:
    """What the model hears last: the prompt, or what came of its calls."""
    contents = [getattr(part, "content", "") for part in messages[-1].parts if part.part_kind != "system-prompt"]
    return "\n".join(one if isinstance(one, str) else msgspec.json.encode(one).decode() for one in contents)
