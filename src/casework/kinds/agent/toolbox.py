"""The tools of one attempt: each call is made once, and none that a person must see before it was seen."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec.structs import replace
from pydantic_ai import RunContext
from pydantic_ai.exceptions import CallDeferred, ModelRetry
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.toolsets import AbstractToolset, ToolsetTool
from pydantic_core import SchemaValidator, core_schema

from casework.clock import Clock
from casework.core.definition import Json
from casework.core.kinds.agent import Asking, settled
from casework.core.kinds.agent_tools import ASK_PERSON, Tool
from casework.core.marks import MASK
from casework.core.schema import compile_schema
from casework.core.taint import of_tool, together
from casework.core.work import Ask, Work
from casework.kinds.agent import approvals, questions
from casework.kinds.agent.approvals import Bound, ToolCall, Verdict
from casework.kinds.agent.calling import Caller
from casework.kinds.agent.memory import Asked, Effect, Journal, storable
from casework.kinds.agent.parts import Parts

RETRIES: Final = 3
"""Times that a model is told that a call of a tool is wrong as it stands."""

_OBJECT: Final = SchemaValidator(schema=core_schema.dict_schema(core_schema.str_schema()))
"""What the library checks; whether the arguments fit the tool's own schema is checked when it is called."""


class Toolbox(AbstractToolset[None]):
    """Gives the model its tools, and makes its calls.

    asks: what people have to answer before it can go on.
    """

    def __init__(
        self,
        work: Work,
        tools: Mapping[str, Bound],
        caller: Caller,
        journal: Journal,
        parts: Parts,
    ) -> None:
        self.asks: Final[list[Ask]] = []
        self._work = work
        self._settings = settled(work.task.settings)
        self._tools = dict(tools)
        self._caller = caller
        self._journal = journal
        self._clock = parts.clock
        is_heard = work.chat_id is not None and self._settings.sensitive == "hide"
        self._chronicle = parts.chronicle if is_heard else None
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
        content, approved = await self._carried_out(call, bound)
        content = storable(content)
        await self._journal.done(call.key, Effect(tool=name, digest=digest, content=content), approved)
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

    async def _carried_out(self, call: ToolCall, bound: Bound) -> tuple[Json, str | None]:
        """What came of a call, and the digest that a person approved."""
        if bound.tool is None:
            asking = self._settings.ask_person or self._settings.approvals
            answer, _ = self._answer(call, asking, lambda asked: questions.question(call, asking, asked.until))
            return questions.answered(answer), None
        why = self._reason(call, bound.tool)
        if why is None:
            return await self._caller.call(bound.tool, call.arguments, self._part(call.key)), None
        asking = self._settings.approvals
        answer, asked = self._answer(call, asking, lambda asked: approvals.question(call, bound, asking, asked, why))
        return await self._decided(call, bound, bound.tool, approvals.verdict(call, answer), asked)

    async def _decided(
        self, call: ToolCall, bound: Bound, tool: Tool, verdict: Verdict, asked: Asked
    ) -> tuple[Json, str | None]:
        """What came of a call that a person decided on."""
        if verdict.arguments is None:
            return {"refused": f"A person refused this call, and it was not made. {verdict.reason}".strip()}, None
        if not verdict.is_edited:
            return await self._caller.call(tool, verdict.arguments, self._part(call.key)), asked.digest
        trouble = _trouble(bound.schema, verdict.arguments)
        if trouble:
            return {"refused": f"A person changed the arguments, but the call was not made. {trouble}"}, None
        # Another call, which whoever wrote it approved by that: the approval of the first one is good for nothing.
        edited = replace(call, arguments=verdict.arguments)
        result = await self._caller.call(tool, verdict.arguments, self._part(f"{call.key}-edited"))
        made = {
            "changed": "A person made the call with these arguments.",
            "arguments": verdict.arguments,
            "result": result,
        }
        return made, edited.digest(self._work, asked.until)

    def _reason(self, call: ToolCall, tool: Tool) -> str | None:
        """Why a person has to look at a call; one that was asked about stays so, whatever its condition says now."""
        called = {effect.tool for effect in self._journal.memory.effects.values()}
        own = (bound.tool for name, bound in self._tools.items() if name in called and bound.tool is not None)
        held = together(self._work.taints, (taint for one in own for taint in of_tool(one)))
        why = approvals.reason(call, tool, self._work, held)
        return why or ("It was asked before." if call.key in self._journal.memory.asked else None)

    def _answer(self, call: ToolCall, asking: Asking, ask: Callable[[Asked], Ask]) -> tuple[dict[str, Any], Asked]:
        """What a person answered to exactly this question, and what that was; until then the call waits."""
        answer: dict[str, Any] | None = self._work.data.get("answers", {}).get(call.key)
        asked = self._journal.memory.asked.get(call.key)
        if answer is None or asked is None or asked.digest != call.digest(self._work, asked.until):
            until = until_of(asking, self._clock)
            asked = Asked(digest=call.digest(self._work, until), until=until)
            self._journal.memory.asked[call.key] = asked
            self.asks.append(ask(asked))
            raise CallDeferred
        return answer, asked

    def _part(self, key: str) -> Work:
        """The work of one call, which has an idempotency key of its own."""
        return replace(self._work, part=key)


def until_of(asking: Asking, clock: Clock) -> datetime | None:
    """When it is too late for an answer to what is asked now; None where it never is."""
    return None if asking.seconds is None else clock.now() + timedelta(seconds=asking.seconds)


def _trouble(schema: Json, arguments: Any) -> str:
    problems = compile_schema(schema).problems(arguments)
    return "; ".join(f"{problem.path or '/'}: {problem.message}" for problem in problems[:10])
