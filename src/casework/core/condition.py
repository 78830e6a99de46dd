"""Conditions and expressions in CEL: compiled and checked when a definition is, evaluated in microseconds.

Two traps are closed here and nowhere else. The evaluator reports a failure as a *value*, and that value is truthy: so
its type is tested, and only a bool decides. And it refuses nothing by size: so the limits of `context` stand before it.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import msgspec
from cel_expr_python import cel

from casework.core.context import Context, context_problem
from casework.core.definition import Json
from casework.core.errors import CaseworkError
from casework.core.syntax import CALL, CALL_NAMES, NAMES, Reading, clauses, read

__all__ = [
    "NAMES",
    "Condition",
    "ConditionError",
    "Context",
    "EvaluationError",
    "Expression",
    "Verdict",
    "compile_approval",
    "compile_call_expression",
    "compile_condition",
    "compile_expression",
    "context_problem",
]

SOURCE_MAX: Final = 2_000
"""Characters of an expression: what no longer fits is a task of its own."""

CACHED_MAX: Final = 4_096
"""Compiled sources that are kept: some 10 kB each, and every live version of a busy installation fits."""

MESSAGE_MAX: Final = 300
"""Characters of the evaluator's own words that are passed on: they may quote a value at length."""

_TYPED: Final = {"now": cel.Type.TIMESTAMP, "is_business_hours": cel.Type.BOOL}
_ENVIRONMENT: Final = cel.NewEnv(variables={name: _TYPED.get(name, cel.Type.DYN) for name in NAMES})
_APPROVAL_NAMES: Final = (*NAMES, CALL)
_APPROVAL_ENVIRONMENT: Final = cel.NewEnv(
    variables={name: _TYPED.get(name, cel.Type.DYN) for name in _APPROVAL_NAMES},
)
_CALL_ENVIRONMENT: Final = cel.NewEnv(variables=dict.fromkeys(CALL_NAMES, cel.Type.DYN))
_BOOL: Final = cel.Type.BOOL
_ERROR: Final = cel.Type.ERROR

_UNFIT: Final = re.compile("[\0\ud800-\udfff]")
_PLACE: Final = re.compile(r"<input>:(-?\d+):(-?\d+): ([^\n]*)")
_UNKNOWN: Final = re.compile(r"undeclared reference to '(.*)' \(in container")
_MISSING: Final = re.compile(r'No value with name "(\w+)" found')


class ConditionError(CaseworkError):
    """The source cannot be compiled; `column` counts its characters from 1, where the place is known."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.column = column


class EvaluationError(CaseworkError):
    """An expression has no value for this context."""


class Verdict(msgspec.Struct, frozen=True):
    """What a condition says. With an `error` the value is False; `clause` is the part of the source that decided."""

    value: bool
    error: str | None = None
    clause: str | None = None


_TRUE: Final = Verdict(value=True)
_FALSE: Final = Verdict(value=False)


class _Program:
    """A compiled source: `names` of NAMES and keys of `tasks` that it refers to."""

    __slots__ = ("_compiled", "_factor", "_reading", "names", "source", "task_keys")

    def __init__(self, source: str, compiled: Any, reading: Reading, factor: int) -> None:
        self.source = source
        self.names = reading.names
        self.task_keys = reading.task_keys
        self._compiled = compiled
        self._reading = reading
        self._factor = factor

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.source!r})"

    def _evaluate(self, context: Mapping[str, Any]) -> Any:
        """The result as a Python value. EvaluationError whatever goes wrong."""
        whole = _whole(context)
        problem = whole.problem(self._reading, self._factor)
        if problem is not None:
            raise EvaluationError(problem)
        try:
            value = self._compiled.eval(data=whole.activation(self.names))
            result = value.plain_value()
        except Exception as error:  # whatever the binding raises, the answer is an error
            raise EvaluationError(_said(str(error))) from error
        # Only an error and a text look alike here, so the others are spared the question.
        if isinstance(result, str) and value.type() == _ERROR:
            raise EvaluationError(_said(result))
        return result


class Condition(_Program):
    """A source that answers yes or no. It never raises: whatever fails is a verdict with an error."""

    __slots__ = ()

    def decide(self, context: Mapping[str, Any]) -> Verdict:
        """The verdict, by one evaluation and without its clause."""
        try:
            result = self._evaluate(context)
        except EvaluationError as error:
            return Verdict(value=False, error=error.message)
        if result is True:
            return _TRUE
        if result is False:
            return _FALSE
        return Verdict(value=False, error=f"the result is neither true nor false but a {type(result).__name__}")

    def explain(self, context: Mapping[str, Any]) -> Verdict:
        """The same verdict with the clause that decided.

        Of `a && b && c` that is the first false one, of `a || b` the first true one, and the first that failed where
        the whole did; else it is the whole source.
        """
        whole = _whole(context)
        verdict = self.decide(whole)
        operator, parts = clauses(self.source)
        decisive = verdict.error is not None or verdict.value is (operator == "||")
        clause = next((part for part in parts if decisive and _agrees(part, whole, verdict)), self.source.strip())
        return msgspec.structs.replace(verdict, clause=clause)


class Expression(_Program):
    """A source that gives a JSON value."""

    __slots__ = ()

    def value(self, context: Mapping[str, Any]) -> Json:
        """The value: instants as ISO 8601 text in UTC with milliseconds, durations as seconds.

        Raises:
            EvaluationError: the evaluation failed, or its result is nothing that JSON can hold.
        """
        return _json(self._evaluate(context))


@lru_cache(maxsize=CACHED_MAX)
def compile_condition(source: str) -> Condition:
    """The condition of that source; the same object for the same source while it is in use.

    Raises:
        ConditionError: it does not parse, names something unknown, is beyond a limit, or cannot be a bool.
    """
    return _condition(source, *_compile(source))


@lru_cache(maxsize=CACHED_MAX)
def compile_approval(source: str) -> Condition:
    """The condition of that source on an agent's call of a tool: it may use `call` beside NAMES; it is not explained.

    Raises:
        ConditionError: as `compile_condition`.
    """
    return _condition(source, *_compile(source, _APPROVAL_ENVIRONMENT, _APPROVAL_NAMES))


@lru_cache(maxsize=CACHED_MAX)
def compile_expression(source: str) -> Expression:
    """The expression of that source, under the limits of `compile_condition` but of any type.

    Raises:
        ConditionError: it does not parse, names something unknown, or is beyond a limit.
    """
    compiled, reading = _compile(source)
    return Expression(source, compiled, reading, reading.growth * reading.copies)


@lru_cache(maxsize=CACHED_MAX)
def compile_call_expression(source: str) -> Expression:
    """The expression of that source over a call of a hook (CALL_NAMES in the place of NAMES).

    Raises:
        ConditionError: as `compile_expression`.
    """
    compiled, reading = _compile(source, _CALL_ENVIRONMENT, CALL_NAMES)
    return Expression(source, compiled, reading, reading.growth * reading.copies)


def _condition(source: str, compiled: Any, reading: Reading) -> Condition:
    kind = compiled.return_type()
    if kind not in (_BOOL, cel.Type.DYN):
        raise ConditionError(f"a condition must be true or false; this one gives {kind.name().lower()}")
    return Condition(source, compiled, reading, reading.growth)


def _compile(source: str, environment: Any = _ENVIRONMENT, names: tuple[str, ...] = NAMES) -> tuple[Any, Reading]:
    if len(source) > SOURCE_MAX:
        raise ConditionError(f"the expression has {len(source):,} characters; at most {SOURCE_MAX:,} are allowed")
    unfit = _UNFIT.search(source)
    if unfit:
        raise ConditionError("the expression holds a NUL character or half of a surrogate pair", unfit.start() + 1)
    try:
        compiled = environment.compile(source)
    except RuntimeError as error:
        raise _refusal(source, str(error)) from error
    reading = read(source, names)
    if reading.is_nested:
        raise ConditionError(
            "all, exists, exists_one, map and filter may not stand inside one another: the cost would grow with the "
            "square of the list",
        )
    return compiled, reading


def _refusal(source: str, text: str) -> ConditionError:
    """The compiler's first complaint in a sentence, and where it points."""
    place = _PLACE.search(text)
    message = place[3] if place else text
    if "recursion" in message:
        return ConditionError("the expression is nested too deeply")
    unknown = _UNKNOWN.match(message)
    if unknown:
        message = f"there is nothing called '{unknown[1]}' here"
    column = None
    if place:
        before = source.split("\n")[: int(place[1]) - 1]
        column = sum(len(line) + 1 for line in before) + int(place[2])
    return ConditionError(message.partition(" expecting {")[0][:MESSAGE_MAX], column)


def _whole(context: Mapping[str, Any]) -> Context:
    return context if isinstance(context, Context) else Context(context)


def _said(text: str) -> str:
    """The evaluator's words without its codes."""
    missing = _MISSING.search(text)
    if missing:
        return f"there is no '{missing[1]}' here"
    code, _, words = text.partition(": ")
    return (words if code.isupper() else text)[:MESSAGE_MAX]


def _agrees(clause: str, context: Context, verdict: Verdict) -> bool:
    other = compile_condition(clause).decide(context)
    return other.value is verdict.value and (other.error is None) is (verdict.error is None)


def _json(value: Any) -> Json:
    match value:
        case None | bool() | int() | str():
            return value
        case float() if math.isfinite(value):
            return value
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case timedelta():
            seconds = value.total_seconds()
            return int(seconds) if seconds.is_integer() else seconds
        case list():
            return [_json(item) for item in value]
        case dict() if all(isinstance(key, str) for key in value):
            return {key: _json(item) for key, item in value.items()}
        case _:
            raise EvaluationError(f"the result holds what JSON cannot: {str(value)[:40]}")
