"""What a person is asked before a tool acts, and what the answer allows: exactly that call, or none."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from msgspec.structs import replace

from casework.core.condition import compile_approval
from casework.core.definition import Json
from casework.core.kinds.agent import Asking
from casework.core.kinds.agent_tools import Tool
from casework.core.syntax import CALL
from casework.core.taint import Taint, is_dangerous, told
from casework.core.work import Ask, Work
from casework.kinds.agent.memory import Asked

NAME_MAX: Final = 200

_REASON: Final = {"type": "string", "maxLength": 2_000}


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """A tool as the model is told of it. tool: None for what asks a person."""

    description: str
    schema: Json
    tool: Tool | None = None


class ToolCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call that a model wants made. turn: of the model; models use the same id again in another one."""

    tool: str
    arguments: dict[str, Json]
    turn: int
    id: str

    @property
    def key(self) -> str:
        """What it is known by within its step; the same in every attempt."""
        return f"{self.turn}-{hashlib.sha256(self.id.encode()).hexdigest()[:16]}"

    def id_in(self, work: Work) -> str:
        """What it is known by everywhere: in the run's chat, and to the systems that it calls."""
        return replace(work, part=self.key).key

    def digest(self, work: Work, until: datetime | None = None) -> str:
        """What stands for exactly this call of this step of this run, to be approved until then."""
        whole = [self.tool, self.arguments, str(work.run_uuid), str(work.step_uuid), self.key, until]
        return hashlib.sha256(msgspec.json.encode(whole, order="deterministic")).hexdigest()


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a person decided: the arguments that the call may be made with, None where it may not be made."""

    arguments: dict[str, Json] | None
    is_edited: bool = False
    reason: str = ""


def reason(call: ToolCall, tool: Tool, work: Work, held: Sequence[Taint]) -> str | None:
    """Why a person has to look at a call before it is made; None where nobody has to.

    held: what the session has brought together by now. A condition that cannot be decided asks for a person.
    """
    if is_dangerous(tool, held):
        return told(tool, held)
    if isinstance(tool.approve, bool):
        return f"Every call of {tool.name} is approved by a person." if tool.approve else None
    source = tool.approve.removeprefix("=")
    context = {**work.context, CALL: {"tool": call.tool, "arguments": call.arguments}}
    verdict = compile_approval(source).decide(context)
    if verdict.error is not None:
        return f"Whether this call needs approval could not be decided by `{source}`."
    return f"A call needs approval where `{source}`." if verdict.value else None


def question(call: ToolCall, bound: Bound, asking: Asking, asked: Asked, why: str) -> Ask:
    """The activity in which a person decides on a call."""
    return Ask(
        key=call.key,
        name=f"Approve: {call.tool}"[:NAME_MAX],
        prompt=bound.description,
        form=_form(bound.schema),
        roles=asking.roles,
        exclude=asking.excluded,
        until=asked.until,
        data={"arguments": call.arguments},
        detail={"tool": call.tool, "arguments": call.arguments, "because": why, "sha256": asked.digest},
    )


def verdict(call: ToolCall, answer: dict[str, Any]) -> Verdict:
    """What the answer to that question says; who left it unanswered refused."""
    output = answer.get("output")
    if answer.get("state") == "skipped":
        return Verdict(arguments=None, reason="Nobody approved it in time.")
    if answer.get("state") != "completed" or not isinstance(output, dict):
        return Verdict(arguments=None, reason="Nobody approved it.")
    decision: Literal["accept", "edit", "refuse"] = output["decision"]
    if decision == "accept":
        return Verdict(arguments=call.arguments)
    if decision == "edit":
        return Verdict(arguments=output["arguments"], is_edited=True)
    return Verdict(arguments=None, reason=output.get("reason", ""))


def _form(schema: Json) -> Json:
    # References within a schema point into itself, and would point elsewhere once it stands in another one.
    arguments = {"type": "object"} if b'"$ref"' in msgspec.json.encode(schema) else schema
    return {
        "type": "object",
        "required": ["decision"],
        "properties": {"decision": {"enum": ["accept", "edit", "refuse"]}, "arguments": {}, "reason": _REASON},
        "additionalProperties": False,
        "if": {"properties": {"decision": {"const": "edit"}}},
        "then": {"required": ["arguments"], "properties": {"arguments": arguments}},
    }
