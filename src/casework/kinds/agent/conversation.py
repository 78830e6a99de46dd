"""One attempt: turn by turn, each of them committed before the next."""

from copy import deepcopy
from typing import Any, Final, cast

import msgspec
from pydantic_ai import Agent, DeferredToolRequests, ModelRequestNode, ModelRetry, StructuredDict
from pydantic_ai.messages import ModelResponse, PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta
from pydantic_ai.run import AgentRun
from pydantic_ai.usage import UsageLimits
from pydantic_graph import End

from casework.core.definition import Json
from casework.core.kinds.agent import settled
from casework.core.schema import compile_schema
from casework.core.work import Call, Done, Failed, Result, Suspended, Work
from casework.kinds.agent import questions
from casework.kinds.agent.budget import exceeded
from casework.kinds.agent.memory import Journal, storable
from casework.kinds.agent.parts import Parts, Speaker
from casework.kinds.agent.prices import cost_of
from casework.kinds.agent.toolbox import RETRIES, Toolbox, until_of

OUTPUT_BYTES_MAX: Final = 256 * 1024
"""Of an output as JSON: what follows is shown it, and is told it."""


class Conversation:
    """A model, its tools, and what was said so far. last_answer: the newest of the model's answers, as it gave it."""

    def __init__(self, parts: Parts, work: Work, journal: Journal, toolbox: Toolbox, speaker: Speaker) -> None:
        self.last_answer: Json = None
        self._parts = parts
        self._work = work
        self._settings = settled(work.task.settings)
        self._journal = journal
        self._toolbox = toolbox
        self._speaker = speaker
        # Pieces are for whoever follows a chat; an answer that has to fit a schema is none of their reading, nor is one
        # that may tell what is sensitive.
        is_heard = work.chat_id is not None and work.task.output is None and self._settings.sensitive == "hide"
        self._say = parts.say if is_heard else None

    async def carry_out(self) -> Result:
        """Go on from what was said last, to the answer or to a question for people."""
        granted = self._granted()
        if granted is not None:
            return granted
        history = self._journal.history
        if history and isinstance(history[-1], ModelResponse):
            self.last_answer = _answer(history[-1])
        async with self._agent().iter(
            None if history else self._work.data["prompt"],
            message_history=history or None,
            usage_limits=UsageLimits(request_limit=None),
        ) as run:
            node = run.next_node
            while not isinstance(node, End):
                if isinstance(node, ModelRequestNode):
                    stopped = await self._stopped()
                    if stopped is not None:
                        return stopped
                    node = await self._ask_model(run, node)
                else:
                    node = await run.next(node)
            if self._toolbox.asks:  # an answer that came with a call waits for it too
                return Suspended(asks=tuple(self._toolbox.asks), memory=self._journal.as_json())
            return self._finished(node.data.output)

    def _agent(self) -> Agent[None, Any]:
        schema = self._work.task.output
        answer: Any = str if schema is None else StructuredDict(deepcopy(schema))
        agent: Agent[None, Any] = Agent(
            self._speaker.model,
            output_type=[answer, DeferredToolRequests],
            # Not `instructions`: with these an answer that is already kept would be asked for again.
            system_prompt=self._settings.system or (),
            toolsets=[self._toolbox],
            retries={"tools": RETRIES, "output": self._settings.corrections},
            name=self._work.task.key,
        )
        if schema is not None:
            compiled = compile_schema(schema)

            @agent.output_validator
            def check(output: Any) -> Any:
                if isinstance(output, DeferredToolRequests):
                    return output
                problems = compiled.problems(output)
                if problems:
                    raise ModelRetry("; ".join(f"{one.path or '/'}: {one.message}" for one in problems[:20]))
                return output

        return agent

    async def _ask_model(self, run: AgentRun[None, Any], node: Any) -> Any:
        """One request to the model; its answer is committed before anything follows from it."""
        began = self._parts.clock.now()
        if self._say is not None:
            async with node.stream(run.ctx) as stream:
                async for event in stream:
                    if piece := _text(event):
                        self._say(self._work, piece)
        after = await run.next(node)
        response = cast("ModelResponse", run.all_messages()[-1])
        self.last_answer = _answer(response)
        now = self._parts.clock.now()
        call = Call(
            provider=self._speaker.who.provider,
            model_id=self._speaker.who.name,
            input_tokens=response.usage.input_tokens,
            output_tokens=response.usage.output_tokens,
            cost=cost_of(response.usage, self._speaker.who, self._speaker.prices),
            latency_ms=max(0, int((now - began).total_seconds() * 1000)),
            at=now,
        )
        await self._journal.said(run.all_messages(), response, call)
        return after

    async def _stopped(self) -> Result | None:
        """Why the model is not asked once more; None where it is."""
        memory, settings = self._journal.memory, self._settings
        if self._journal.turn >= settings.turns:
            message = f"The agent has not come to an end after {settings.turns} turns."
            return Failed(code="turns", message=message, is_final=True, output=self.last_answer)
        beyond = await self._parts.guard(self._work)
        if beyond is not None:
            return Failed(code="budget", message=beyond, is_final=True)
        spent = exceeded(settings.budget, memory.spent, memory.grants)
        if spent is None:
            return None
        if settings.budget.on_exceeded == "fail":
            return Failed(code="budget", message=f"The agent has spent all its {spent}.", is_final=True)
        until = until_of(settings.approvals, self._parts.clock)
        ask = questions.about_budget(self._budget_key, spent, settings.approvals, self._work.task.output, until)
        return Suspended(asks=(ask,), memory=self._journal.as_json())

    @property
    def _budget_key(self) -> str:
        return f"budget-{self._journal.memory.grants}"

    def _granted(self) -> Result | None:
        """What a person decided about the budget: None where the agent goes on, maybe with more."""
        answer = self._work.data.get("answers", {}).get(self._budget_key)
        if answer is None:
            return None
        output = answer["output"] if answer["state"] == "completed" else {"decision": "fail"}
        if output["decision"] == "continue":
            self._journal.memory.grants += 1
            return None
        if output["decision"] == "answer":
            return Done(output=output["answer"])
        return Failed(code="budget", message="The agent has spent its budget.", is_final=True)

    def _finished(self, output: Any) -> Result:
        output = storable(output)
        given: dict[str, Json] = output if isinstance(output, dict) else {"text": output}
        if len(msgspec.json.encode(given)) > OUTPUT_BYTES_MAX:
            message = f"The model's answer has more than {OUTPUT_BYTES_MAX:,} bytes."
            return Failed(code="too_large", message=message, is_final=True)
        if self._work.task.output is None and self._work.chat_id is not None:
            given["say"] = output  # what the step says in its run's chat
        return Done(output=given)


def _text(event: Any) -> str:
    """The piece of text that an event brings, if any."""
    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
        return event.part.content
    if isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
        return event.delta.content_delta
    return ""


def _answer(response: ModelResponse) -> Json:
    """What the model gave for an answer, whether it fits or not."""
    for part in response.tool_calls:
        if part.tool_name.startswith("final_result"):
            return storable(_decoded(part.args))
    return storable(response.text)


def _decoded(arguments: Json) -> Json:
    """The value of arguments that came as text; what is no JSON is kept as it came."""
    try:
        return msgspec.json.decode(arguments) if isinstance(arguments, str) else arguments
    except msgspec.DecodeError:
        return arguments
