"""What a call of a hook means: the run's input and external id, worked out by the hook's expressions."""

from typing import Any, Final

import msgspec

from casework.core.condition import ConditionError, Context, EvaluationError, compile_call_expression
from casework.core.definition import Json
from casework.core.errors import Invalid, Problem
from casework.core.pointer import pointer

EXTERNAL_ID_CHARACTERS_MAX: Final = 200

SECRET_HEADERS: Final = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})
"""What no expression may see: it would become the input of a run."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call whose sender proved itself. headers: by their names in lower case."""

    body: Json
    headers: dict[str, str]
    query: dict[str, str]


def check(expressions: dict[str, str], external_id: str | None, headers: tuple[str, ...]) -> None:
    """Invalid with every expression that cannot be compiled, and every header that no expression may see."""
    named = [(pointer(["input", name]), source) for name, source in expressions.items()]
    if external_id is not None:
        named.append(("/externalId", external_id))
    problems = [found for path, source in named if (found := _problem(path, source)) is not None]
    problems += [
        Problem(path=f"/headers/{index}", message=f"{name} carries secrets, and is shown to no expression.")
        for index, name in enumerate(headers)
        if name in SECRET_HEADERS
    ]
    if problems:
        raise Invalid(" ".join(f"{one.path[1:]}: {one.message}" for one in problems), tuple(problems))


def understood(
    call: Call, *, expressions: dict[str, str], external_id: str | None, headers: tuple[str, ...]
) -> tuple[dict[str, Any], str | None]:
    """The input and the external id that a call asks for.

    Raises:
        Invalid: with every expression that has no value here; the whole body is the input, and is no object; the
            external id is not 1 to 200 characters.

    """
    shown = {name: call.headers[name] for name in headers if name in call.headers}
    context = Context({"body": call.body, "headers": shown, "query": call.query})
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for name, source in expressions.items():
        try:
            values[name] = compile_call_expression(source).value(context)
        except EvaluationError as error:
            problems.append(Problem(path=pointer(["input", name]), message=error.message))
    identifier = None
    if external_id is not None:
        try:
            identifier = _identifier(compile_call_expression(external_id).value(context))
        except EvaluationError as error:
            problems.append(Problem(path="/externalId", message=error.message))
    if problems:
        raise Invalid(" ".join(f"{one.path[1:]}: {one.message}" for one in problems), tuple(problems))
    if expressions:
        return values, identifier
    if not isinstance(call.body, dict):
        raise Invalid("The body is the input of a run, and must be a JSON object.")
    return call.body, identifier


def _problem(path: str, source: str) -> Problem | None:
    try:
        compile_call_expression(source)
    except ConditionError as error:
        place = "" if error.column is None else f" (column {error.column})"
        return Problem(path=path, message=f"{error.message}{place}")
    return None


def _identifier(value: Json) -> str | None:
    """The value as an external id; None for null, which asks for none."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise EvaluationError("an external id is text or a whole number.")
    text = str(value)
    if not 1 <= len(text) <= EXTERNAL_ID_CHARACTERS_MAX or "\0" in text:
        raise EvaluationError(f"an external id has 1 to {EXTERNAL_ID_CHARACTERS_MAX} characters.")
    return text
