"""The tool with which a model asks a person, and the question that comes when its budget is spent."""

from datetime import datetime
from typing import Any, Final

from casework.core.definition import Json
from casework.core.kinds.agent import Asking
from casework.core.schema import SchemaProblem, compile_schema
from casework.core.work import Ask
from casework.kinds.agent.approvals import NAME_MAX, ToolCall

QUESTION_MAX: Final = 4_000

DESCRIPTION: Final = "Ask a person what you cannot know or may not decide. The answer is what they said."

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["question"],
    "properties": {
        "question": {"type": "string", "minLength": 1, "maxLength": QUESTION_MAX},
        "schema": {"type": "object", "description": "A JSON Schema of an object, where the answer is more than text."},
    },
    "additionalProperties": False,
}

_TEXT: Final = {"type": "object", "required": ["answer"], "properties": {"answer": {"type": "string", "minLength": 1}}}


def trouble(arguments: dict[str, Any]) -> str | None:
    """Why a question cannot be asked as it is; None where it can."""
    schema = arguments.get("schema", _TEXT)
    try:
        compile_schema(schema)
    except SchemaProblem as problem:
        return f"The schema of the answer cannot be used: {problem.message}"
    return None if schema.get("type") == "object" else "The schema of the answer must be that of an object."


def question(call: ToolCall, asking: Asking, until: datetime | None) -> Ask:
    """The activity in which a person answers."""
    text = call.arguments["question"]
    return Ask(
        key=call.key,
        name=text.strip().partition("\n")[0][:NAME_MAX] or "A question",
        prompt=text,
        form=call.arguments.get("schema", _TEXT),
        roles=asking.roles,
        until=until,
        detail={"tool": call.tool},
    )


def answered(answer: dict[str, Any]) -> Json:
    """What the model is told of an answer."""
    if answer.get("state") == "completed":
        return answer["output"]
    return {"refused": "Nobody answered; go on without."}


def about_budget(key: str, name: str, asking: Asking, output: Json, until: datetime | None) -> Ask:
    """The question whether more may be spent."""
    answer = {"type": "object"} if output is None or "$defs" in output else output
    return Ask(
        key=key,
        name="The agent has spent its budget",
        prompt=f"It has spent all its {name}. It may go on with as much again, you can give the answer, or it fails.",
        form={
            "type": "object",
            "required": ["decision"],
            "properties": {"decision": {"enum": ["continue", "answer", "fail"]}, "answer": {}},
            "additionalProperties": False,
            "if": {"properties": {"decision": {"const": "answer"}}},
            "then": {"required": ["answer"], "properties": {"answer": answer}},
        },
        roles=asking.roles,
        exclude=asking.excluded,
        until=until,
        detail={"budget": name},
    )
