"""Conditions that somebody is still writing: what they would say, and which part of them decides."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from casework.api.bodies import Id, read
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, post
from casework.core.condition import NAMES, SOURCE_MAX
from casework.core.definition import Json
from casework.core.permission import Grant, workflow
from casework.operations import conditions
from casework.operations.conditions import Asked, Explained
from casework.operations.services import Services

_Values = Annotated[dict[str, Json], Meta(max_length=len(NAMES))]


class ExplainConditionRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A condition (CEL), and what it is decided over.

    That is an assignment as it is now, or as when a task of it had ended (`taskKey`); or the `values` of names, such
    as `output`. A name without a value is an error where it is used.
    """

    expression: Annotated[str, Meta(max_length=SOURCE_MAX)]
    assignment_id: Id | UnsetType = UNSET
    task_key: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    values: _Values | UnsetType = UNSET


class ConditionProblem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Why it is no condition; `column` counts its characters from 1, null where the place is not known."""

    message: str
    column: int | None


class ConditionClause(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A part of the condition, and the column where it begins."""

    text: str
    column: int


class ExplainConditionResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a condition says.

    value: null where there are problems; false where there is an `error`, as it is for the engine. clause: the part
    that decided: of `a && b` the first that is false, of `a || b` the first that is true, else the whole. names: those
    that it uses.
    """

    value: bool | None
    error: str | None
    clause: ConditionClause | None
    names: list[str]
    problems: list[ConditionProblem]


_EXAMPLE: Final = ExplainConditionRequest(
    expression="output.days > 2 && input.country == 'NO'", values={"output": {"days": 5}, "input": {"country": "SE"}}
)
_ANSWER: Final = ExplainConditionResponse(
    value=False,
    error=None,
    clause=ConditionClause(text="input.country == 'NO'", column=20),
    names=["input", "output"],
    problems=[],
)


@post(
    "/conditions:explain",
    workflow("edit"),
    Operation(
        summary="Explain a condition",
        body=ExplainConditionRequest,
        body_example=_EXAMPLE,
        answer=ExplainConditionResponse,
        answer_example=_ANSWER,
        refuses=[404],
        is_dry=True,
    ),
)
async def explain(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Decides it as the engine would, and changes nothing; `member.data` and `member.form_data` are empty.

    It is for whoever may publish, with workflows:write or "edit" on any workflow, over assignments that they may read.
    """
    body = await read(request, ExplainConditionRequest)
    asked = Asked(
        expression=body.expression,
        assignment_id=_given(body.assignment_id),
        task_key=_given(body.task_key),
        values=_given(body.values),
    )
    return json_response(_shown(await conditions.explain(services, grant, asked)))


def _given(value: Any) -> Any:
    return None if value is UNSET else value


def _shown(found: Explained) -> ExplainConditionResponse:
    return ExplainConditionResponse(
        value=found.value,
        error=found.error,
        clause=None if found.clause is None else ConditionClause(text=found.clause.text, column=found.clause.column),
        names=list(found.names),
        problems=[] if found.problem is None else [ConditionProblem(message=found.problem, column=found.column)],
    )


handlers: Final = (explain,)
