"""What an attempt leaves for the next one: what was said, what was done, what was asked, and what it has cost."""

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec
from pydantic_ai.messages import ModelMessage, ModelMessagesTypeAdapter, ModelResponse

from casework.core.definition import Json
from casework.core.work import Call, Tell

_UNFIT: Final = re.compile("[\0\ud800-\udfff]")


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What a call of a tool gave. digest: of the call, which no other may take the place of."""

    tool: str
    digest: str
    content: Json


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What people were asked. digest: of the call and until when it may be approved, which an approval is bound to."""

    digest: str
    until: datetime | None = None


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What was spent; `cost` in the currency of the workspace's prices."""

    tokens: int = 0
    cost: Decimal = Decimal(0)
    calls: int = 0
    seconds: float = 0

    def plus(self, call: Call) -> "Spent":
        """With one more request to a model."""
        return Spent(
            tokens=self.tokens + call.input_tokens + call.output_tokens,
            cost=self.cost + call.cost,
            calls=self.calls + 1,
            seconds=self.seconds + call.latency_ms / 1000,
        )


class Memory(msgspec.Struct, kw_only=True):
    """Everything that an agent's step remembers, as JSON holds it.

    messages: ends with what the model said last. effects: of the calls of tools, by the call's key. asked: what people
    were asked of a call, by the same key. grants: how often the budget was given again.
    """

    version: Literal[1] = 1
    messages: list[Any] = []
    effects: dict[str, Effect] = {}
    asked: dict[str, Asked] = {}
    spent: Spent = Spent()
    grants: int = 0


class Journal:
    """The memory of one attempt, committed piece by piece in the order in which it grows."""

    def __init__(self, kept: Json, tell: Tell) -> None:
        self.memory: Final = Memory() if kept is None else msgspec.convert(kept, Memory)
        self._tell: Final = tell
        self._order: Final = asyncio.Lock()

    @property
    def history(self) -> list[ModelMessage]:
        """What was said so far."""
        return ModelMessagesTypeAdapter.validate_python(self.memory.messages)

    @property
    def turn(self) -> int:
        """How often the model spoke."""
        return sum(message["kind"] == "response" for message in self.memory.messages)

    def words_with(self, call_id: str) -> str:
        """What the model said before the calls of its last turn, if that is the first of them: it is told once."""
        parts = self.memory.messages[-1]["parts"] if self.memory.messages else []
        calls = [part["tool_call_id"] for part in parts if part["part_kind"] == "tool-call"]
        if calls[:1] != [call_id]:
            return ""
        return "".join(part["content"] for part in parts if part["part_kind"] == "text")

    def as_json(self) -> Json:
        """The memory as it is handed on."""
        return msgspec.to_builtins(self.memory)

    async def said(self, messages: Sequence[ModelMessage], response: ModelResponse, call: Call) -> None:
        """Keep a turn of the model and what it cost."""
        self.memory.messages = storable(ModelMessagesTypeAdapter.dump_python(list(messages), mode="json"))
        self.memory.spent = self.memory.spent.plus(call)
        tools = [part.tool_name for part in response.tool_calls]
        detail = {"turn": self.turn, "model": f"{call.provider}:{call.model_id}", "tools": tools}
        await self._commit(detail, (call,))

    async def done(self, key: str, effect: Effect, approved: str | None) -> None:
        """Keep what a call of a tool gave. approved: the digest that a person approved, where one did."""
        self.memory.effects[key] = effect
        await self._commit({"tool": effect.tool, "call": key, "sha256": approved or effect.digest})

    async def _commit(self, detail: dict[str, Any], calls: tuple[Call, ...] = ()) -> None:
        async with self._order:  # two tools may end at once, and what is older must not come later
            await self._tell(detail, self.as_json(), calls)


def storable(value: Json) -> Json:
    """The value as the database can keep it: models say what no text of it can hold."""
    match value:
        case str():
            return _UNFIT.sub("\ufffd", value)
        case list():
            return [storable(item) for item in value]
        case dict():
            return {storable(key): storable(item) for key, item in value.items()}
    return value
