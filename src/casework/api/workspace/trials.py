"""Definitions that somebody is still drawing: the route that a run would take, by answers that were thought up."""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from casework.api.bodies import read
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, post
from casework.core.assignment import STATUS, TASK_STATUS, Status, TaskStatus
from casework.core.definition import Json
from casework.core.errors import Invalid
from casework.core.permission import Grant, workflow
from casework.core.run import Run
from casework.core.simulation import Turn
from casework.core.step import Step
from casework.operations import trials
from casework.operations.drafts import Source
from casework.operations.services import Services
from casework.operations.trials import ANSWERS_MAX, Answer, Script, Trial

TEXT_MAX: Final = 1_000_000
"""Characters of a definition: a body holds no more."""

STEPS_SHOWN: Final = 1_000
"""Steps that are told of one trial, the first ones: a loop of automatic tasks may make more in one go."""


class TrialAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the step that waits at a task ends: with that output, or with an error.

    A step that waits for an instant ends with any: the instant comes.
    """

    task: Annotated[str, Meta(max_length=64)]
    output: Json = None
    error: Annotated[str, Meta(max_length=2_000)] | None = None


class TrialRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The text of a definition, as YAML or JSON, what the run is given, and the answers in the order of its steps."""

    definition: Annotated[str, Meta(max_length=TEXT_MAX)]
    input: dict[str, Json] = {}
    answers: Annotated[list[TrialAnswer], Meta(max_length=ANSWERS_MAX)] = []


class TrialStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the trial.

    to: the tasks that it led to, an empty list where the branch ended; null where it has not been completed. because:
    the conditions' clauses that decided. error: why it failed; a condition that could not be decided is one.
    """

    number: int
    task: str
    name: str
    kind: str
    visit: int
    status: TaskStatus
    output: Json
    error: Json
    to: list[str] | None
    because: str | None


class TrialWaiting(msgspec.Struct, frozen=True, kw_only=True):
    """A step that goes on by an answer.

    form: the schema of the answer, if it has one. given: what a worker or another run is given, or what is waited for.
    """

    number: int
    task: str
    name: str
    kind: str
    form: dict[str, Any] | bool | None
    given: Json


class TrialProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong, and where in the output or the input."""

    path: str
    message: str


class TrialRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why an answer was not taken, by its place from 0; null: the input was not."""

    answer: int | None
    message: str
    problems: list[TrialProblem]


class TrialResponse(msgspec.Struct, frozen=True, kw_only=True):
    """How far the answers led."""

    status: Status
    steps: list[TrialStep]
    waiting: list[TrialWaiting]
    output: Json
    error: Json
    refused: TrialRefusal | None


_TEXT: Final = """casework: 1
key: leave
tasks:
  - key: ask
    kind: human
    next: [{to: decide, when: output.days > 2}]
  - {key: decide, kind: human}
"""
_EXAMPLE: Final = TrialRequest(definition=_TEXT, answers=[TrialAnswer(task="ask", output={"days": 5})])
_STEP: Final = TrialStep(
    number=1,
    task="ask",
    name="ask",
    kind="human",
    visit=1,
    status="completed",
    output={"days": 5},
    error=None,
    to=["decide"],
    because="output.days > 2",
)
_ANSWER: Final = TrialResponse(
    status="active",
    steps=[_STEP],
    waiting=[TrialWaiting(number=2, task="decide", name="decide", kind="human", form=None, given={})],
    output=None,
    error=None,
    refused=None,
)


@post(
    "/workflows:trial",
    workflow("edit"),
    Operation(
        summary="Try a definition",
        body=TrialRequest,
        body_example=_EXAMPLE,
        answer=TrialResponse,
        answer_example=_ANSWER,
        is_dry=True,
    ),
)
async def try_out(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Takes a run through it by the rules of every other run, as far as the answers lead; nothing is kept or called.

    It is for whoever may publish, with workflows:write or "edit" on any workflow. The run is the caller's own.
    """
    body = await read(request, TrialRequest)
    media: Literal["yaml", "json"] = "json" if body.definition.lstrip().startswith("{") else "yaml"
    source = Source(text=body.definition.encode(), media=media)
    answers = [Answer(task=one.task, output=one.output, error=one.error) for one in body.answers]
    found = await trials.try_out(services, grant, source, Script(input=body.input, answers=answers))
    return json_response(_shown(found))


def _shown(found: Trial) -> TrialResponse:
    led = {turn.step: turn for turn in found.turns}
    steps = sorted(found.run.steps, key=lambda step: step.number)
    return TrialResponse(
        status=STATUS[found.run.state],
        steps=[_step(found.run, step, led.get(step.number)) for step in steps[:STEPS_SHOWN]],
        waiting=[_waiting(found.run, step) for step in trials.waiting(found.run)[:STEPS_SHOWN]],
        output=found.run.output,
        error=found.run.error,
        refused=_refusal(found),
    )


def _step(run: Run, step: Step, turn: Turn | None) -> TrialStep:
    return TrialStep(
        number=step.number,
        task=step.task,
        name=run.version.task(step.task).name,
        kind=step.kind,
        visit=step.visit,
        status=TASK_STATUS[step.state],
        output=step.output,
        error=step.error,
        to=None if turn is None else list(turn.was.targets),
        because=None if turn is None else turn.was.because,
    )


def _waiting(run: Run, step: Step) -> TrialWaiting:
    task = run.version.task(step.task)
    form = task.output if task.form is None else task.form
    return TrialWaiting(number=step.number, task=task.key, name=task.name, kind=step.kind, form=form, given=step.data)


def _refusal(found: Trial) -> TrialRefusal | None:
    if found.refused is None:
        return None
    problems = found.refused.problems if isinstance(found.refused, Invalid) else ()
    shown = [TrialProblem(path=problem.path, message=problem.message) for problem in problems]
    return TrialRefusal(answer=found.index, message=found.refused.message, problems=shown)


handlers: Final = (try_out,)
