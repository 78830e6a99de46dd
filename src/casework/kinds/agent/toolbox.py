"""The tools of one attempt: each call is made once, and none that a person must see before it was seen."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import replace
from pydantic_ai import RunContext
from pydantic_ai.exceptions import CallDeferred, ModelRetry
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.toolsets import AbstractToolset, ToolsetTool
from pydantic_core import SchemaValidator, core_schema

from casework.core.definition import Json
from casework.core.kinds.agent import settled
from casework.core.kinds.agent_tools import ASK_PERSON, Tool
from casework.core.marks import MASK
from casework.core.schema import compile_schema
from casework.core.work import Ask, Work
from casework.kinds.agent import approvals, questions
from casework.kinds.agent.approvals import ToolCall
from casework.kinds.agent.calling import Caller
from casework.kinds.agent.memory import Effect, Journal, storable
from casework.kinds.agent.parts import Chronicle

RETRIES: Final = 3
"""Times that a model is told that a call of a tool is wrong as it stands."""

_OBJECT: Final = SchemaValidator(schema=core_schema.dict_schema(core_schema.str_schema()))
"""What the library checks; whether the arguments fit the tool's own schema is checked when it is called."""


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """A tool as the model is told of it. tool: None for what asks a person."""

    description: str
    schema: Json
    tool: Tool | None = None


class Toolbox(AbstractToolset[None]):
    """Gives the model its tools, and makes its calls.

    asks: what people have to answer before it can go on. chronicle: None where nobody is to be told of the calls.
    """

    def __init__(
        self,
        work: Work,
        tools: Mapping[str, Bound],
        caller: Caller,
        journal: Journal,
        chronicle: Chronicle | None = None,
    ) -> None:
        self.asks: Final[list[Ask]] = []
        self._work = work
        self._settings = settled(work.task.settings)
        self._tools = dict(tools)
        self._caller = caller
        self._journal = journal
        self._chronicle = chronicle
        if self._settings.ask_person is not None:
            self._tools[ASK_PERSON] = Bound(description=questions.DESCRIPTION, schema=questions.SCHEMA)

    @property
    def id(self) -> str:
        """What the library knows the set by."""
        return "casework"

    async def get_tools(self, _ctx: RunContext[None]) -> dict[str, ToolsetTool[None]]:
        """Every tool on the list, and no other."""
        return {name: self._offered(name, bound) for name, bound in self._tools.items()}

    async def call_tool(
        self,
        name: str,
        tool_args: dict[str, Any],
        ctx: RunContext[None],
        _tool: ToolsetTool[None],
    ) -> Any:
        """What a call gave, gives now, or will give once a person has answered."""
        bound = self._tools[name]
        tool_args = storable(tool_args)
        call = ToolCall(tool=name, arguments=tool_args, turn=self._journal.turn, id=ctx.tool_call_id or "")
        digest = call.digest(self._work)
        done = self._journal.memory.effects.get(call.key)
        if done is not None:
            if done.digest != digest:
                return {"error": "Another call has this id; nothing was done."}
            await self._tell_answer(call, bound, done.content)
            return done.content
        trouble = _trouble(bound.schema, tool_args) or (questions.trouble(tool_args) if bound.tool is None else None)
        if trouble:
            raise ModelRetry(trouble)
        await self._tell_call(call)
        content = storable(await self._carried_out(call, bound, digest))
        await self._journal.done(call.key, name, Effect(digest=digest, content=content))
        await self._tell_answer(call, bound, content)
        return content

    async def _tell_call(self, call: ToolCall) -> None:
        if self._chronicle is not None:
            # An answer that has to fit a schema is for other steps, and so is what is said on the way to it.
            words = self._journal.words_with(call.id) if self._work.task.output is None else ""
            await self._chronicle.called(self._work, call.id_in(self._work), call.tool, call.arguments, words)

    async def _tell_answer(self, call: ToolCall, bound: Bound, content: Json) -> None:
        """What a tool reads that is private is for the agent: whoever is in the chat sees that it was read."""
        if self._chronicle is not None:
            is_private = bound.tool is not None and bound.tool.reads_private
            await self._chronicle.answered(self._work, call.id_in(self._work), MASK if is_private else content)

    def _offered(self, name: str, bound: Bound) -> ToolsetTool[None]:
        about = ToolDefinition(name=name, description=bound.description, parameters_json_schema=bound.schema)
        return ToolsetTool(toolset=self, tool_def=about, max_retries=RETRIES, args_validator=_OBJECT)

    async def _carried_out(self, call: ToolCall, bound: Bound, digest: str) -> Json:
        if bound.tool is None:
            asking = self._settings.ask_person or self._settings.approvals
            return questions.answered(self._answer(call, digest, questions.question(call, asking)))
        if not bound.tool.approve:
            return await self._caller.call(bound.tool, call.arguments, self._part(call.key))
        ask = approvals.question(call, bound.tool, bound.schema, self._settings.approvals, self._work)
        verdict = approvals.verdict(call, self._answer(call, digest, ask))
        if verdict.arguments is None:
            return {"refused": f"A person refused this call, and it was not made. {verdict.reason}".strip()}
        if not verdict.is_edited:
            return await self._caller.call(bound.tool, verdict.arguments, self._part(call.key))
        trouble = _trouble(bound.schema, verdict.arguments)
        if trouble:
            return {"refused": f"A person changed the arguments, but the call was not made. {trouble}"}
        result = await self._caller.call(bound.tool, verdict.arguments, self._part(f"{call.key}-edited"))
        return {
            "changed": "A person made the call with these arguments.",
            "arguments": verdict.arguments,
            "result": result,
        }

    def _answer(self, call: ToolCall, digest: str, ask: Ask) -> dict[str, Any]:
        """What a person answered to exactly this question; until then the call waits."""
        answer: dict[str, Any] | None = self._work.data.get("answers", {}).get(call.key)
        if answer is None or self._journal.memory.asked.get(call.key) != digest:
            self._journal.memory.asked[call.key] = digest
            self.asks.append(ask)
            raise CallDeferred
        return answer

    def _part(self, key: str) -> Work:
        """The work of one call, which has an idempotency key of its own."""
        return replace(self._work, part=key)


def _trouble(schema: Json, arguments: Any) -> str:
    problems = compile_schema(schema).problems(arguments)
    return "; ".join(f"{problem.path or '/'}: {problem.message}" for problem in problems[:10])
