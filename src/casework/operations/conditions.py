"""Conditions that somebody is still writing: what they would say over a real case, or over given values, and why."""

from collections.abc import Mapping
from typing import Any

import msgspec

from casework.core.condition import NAMES, Condition, ConditionError, Verdict, compile_condition
from casework.core.errors import Invalid, Problem
from casework.core.permission import Grant
from casework.operations import assignment_preview
from casework.operations.drafts import beside, require_author
from casework.operations.services import Services

__all__ = ["Asked", "Clause", "Explained", "explain"]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a condition is to be decided over: an assignment, as after a task of it where one is named; or values."""

    expression: str
    assignment_id: int | None = None
    task_key: str | None = None
    values: Mapping[str, Any] | None = None


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """The part of an expression that decided; `column` counts its characters from 1."""

    text: str
    column: int


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """What a condition says: its value (False with an `error`), the clause that decided, the names that it uses.

    problem, column: why it is no condition, and where, as far as that is known; there is nothing else then.
    """

    value: bool | None = None
    error: str | None = None
    clause: Clause | None = None
    names: tuple[str, ...] = ()
    problem: str | None = None
    column: int | None = None


async def explain(services: Services, grant: Grant, asked: Asked) -> Explained:
    """What the condition says, without what is private of a member: `member.data` and `member.form_data` are empty.

    Raises:
        NotFound, Denied: as `assignments.read`; Denied where the caller may publish nothing here.
        Invalid: both an assignment and values, a task without an assignment or not reached in it, or an unknown name.

    """
    _refuse_contradiction(asked)
    values = asked.values or {}
    if asked.assignment_id is not None:
        values = await assignment_preview.cel_context(services, grant, asked.assignment_id, after=asked.task_key)
    async with services.database.read() as connection:
        await require_author(connection, grant)
    return await beside(lambda: _explained(asked.expression, values))


def _explained(expression: str, values: Mapping[str, Any]) -> Explained:
    try:
        condition = compile_condition(expression)
    except ConditionError as error:
        return Explained(problem=error.message, column=error.column)
    verdict = condition.explain(values)
    return Explained(
        value=verdict.value,
        error=verdict.error,
        clause=_clause(condition, verdict),
        names=tuple(sorted(condition.names)),
    )


def _clause(condition: Condition, verdict: Verdict) -> Clause:
    """Where the clause stands first: one that stands twice says the same in both places."""
    text = verdict.clause or condition.source
    return Clause(text=text, column=condition.source.index(text) + 1)


def _refuse_contradiction(asked: Asked) -> None:
    problems = [
        Problem(path=f"/values/{name}", message=f"There is nothing called {name}; there are {', '.join(NAMES)}.")
        for name in asked.values or {}
        if name not in NAMES
    ]
    if asked.assignment_id is not None and asked.values is not None:
        problems.append(Problem(path="/values", message="They stand beside an assignment; give one of them."))
    if asked.task_key is not None and asked.assignment_id is None:
        problems.append(Problem(path="/taskKey", message="It needs an assignment."))
    if problems:
        raise Invalid(" ".join(problem.message for problem in problems), tuple(problems))
