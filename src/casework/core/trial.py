"""A run that is only tried: people's and workers' steps end by answers that were thought up, and nothing is kept."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from casework.core.actor import SYSTEM, Actor, Assignee
from casework.core.command import (
    Assign,
    ChildEnded,
    ChildMade,
    Claim,
    Command,
    Complete,
    Fail,
    Look,
    Report,
    ReportFailure,
    Start,
    Take,
)
from casework.core.decide import decide
from casework.core.decision import Refusal
from casework.core.definition import BY_WORKERS, HUMAN, SUBWORKFLOW, Json
from casework.core.errors import CaseworkError, Conflict
from casework.core.run import COMPLETED, FAILED, Run
from casework.core.simulation import Turn, turns
from casework.core.step import FOR_EACH, QUEUED, READY, WAITING, Step

ANSWERS_MAX: Final = 100
"""Answers of one trial: each is a decision or two, as the engine makes thousands of in a second."""

_STRANGER: Final = 2**53
"""Above every account's id, so that nobody who is thought up is somebody."""

_WORKER: Final = UUID(int=0)
_BETWEEN: Final = timedelta(seconds=1)
"""From one answer to the next, so that what came before can be told from what came after."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """How the step that waits at a task ends: with that output, or with an error.

    A step that waits for an instant ends when that has come; its output is not looked at.
    """

    task: str
    output: Json = None
    error: str | None = None


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """How far the answers led. turns: each completed step, and where it led.

    refused: why the answer of that index, or the input (None), was not taken; what comes after it was not looked at.
    """

    run: Run
    turns: tuple[Turn, ...]
    refused: CaseworkError | None = None
    index: int | None = None


def play(run: Run, answers: Sequence[Answer], now: datetime) -> Trial:
    """Start a new run, and end a step by each answer in turn, by the rules of `decide`.

    Whoever does a person's step is somebody else each time who may do it, so that nobody is excluded.
    """
    try:
        run = _after(run, Start(), SYSTEM, now)
    except CaseworkError as error:
        return Trial(run=run, turns=(), refused=error)
    for index, answer in enumerate(answers):
        try:
            run, now = _answered(run, answer, now)
        except CaseworkError as error:
            return Trial(run=run, turns=tuple(turns(run, run.version)), refused=error, index=index)
    return Trial(run=run, turns=tuple(turns(run, run.version)))


def waiting(run: Run) -> list[Step]:
    """The steps that go on by an answer, in order of number."""
    states = (READY, QUEUED, WAITING)
    return [one for one in run.steps if one.state in states and one.kind != FOR_EACH and one.incident is None]


def _answered(run: Run, answer: Answer, now: datetime) -> tuple[Run, datetime]:
    step = _waiting_at(run, answer.task)
    at = _later(step, answer, now)
    for command, actor in _commands(step, answer):
        run = _after(run, command, actor, at)
    return run, at


def _after(run: Run, command: Command, actor: Actor, now: datetime) -> Run:
    decided = decide(run, command, actor, now)
    if isinstance(decided, Refusal):
        raise decided.error
    return decided.run


def _waiting_at(run: Run, task: str) -> Step:
    for step in waiting(run):
        if step.task == task:
            return step
    message = f"Nothing waits at {task}."
    raise Conflict(message)


def _later(step: Step, answer: Answer, now: datetime) -> datetime:
    """When the answer comes: what waits for an instant waits until then, and for an event that never comes too."""
    never_comes = step.awaits is not None and answer.error is not None
    if never_comes and step.try_resolve_at is None:
        message = f"{step.task} waits for its event for ever: it has no `timeout`."
        raise Conflict(message)
    until = step.try_resolve_at if never_comes or "until" in step.data else None
    return max(now + _BETWEEN, until or now)


def _commands(step: Step, answer: Answer) -> Iterator[tuple[Command, Actor]]:
    number = step.number
    if step.kind == HUMAN:
        yield from _by_person(step, answer)
    elif step.kind in BY_WORKERS:
        tried = step.attempt + 1
        yield Claim(step=number, attempt=tried, worker=_WORKER), SYSTEM
        if answer.error is None:
            yield Report(step=number, attempt=tried, output=answer.output), SYSTEM
        else:
            failure = ReportFailure(step=number, attempt=tried, code="error", message=answer.error, is_final=True)
            yield failure, SYSTEM
    elif step.kind == SUBWORKFLOW:
        yield from _by_child(step, answer)
    elif step.awaits is None or answer.error is not None:
        yield Look(step=number), SYSTEM
    else:
        name, _, correlation = step.awaits.partition(" ")
        yield Take(step=number, signal=0, name=name, correlation=correlation, payload=answer.output), SYSTEM


def _by_person(step: Step, answer: Answer) -> Iterator[tuple[Command, Actor]]:
    allowed = [account for account in step.allow_ids if account not in step.deny_ids]
    account_id = allowed[0] if allowed else _STRANGER + step.number
    roles = frozenset(step.actor_roles)
    person = Assignee(account_id=account_id, member_id=account_id, name="", actor_roles=roles, in_project=True)
    actor = Actor(kind="member", id=account_id, account_id=account_id, member_id=account_id, supervises=True)
    yield Assign(step=step.number, assignee=person, start_working=True), actor
    if answer.error is not None:
        yield Fail(step=step.number, comment=answer.error), actor
    else:
        yield Complete(step=step.number, data=answer.output if isinstance(answer.output, dict) else {}), actor


def _by_child(step: Step, answer: Answer) -> Iterator[tuple[Command, Actor]]:
    child = step.child_uuid
    yield ChildMade(step=step.number, child=child, run_id=0), SYSTEM
    if step.data.get("detached"):
        return
    if answer.error is None:
        ended = ChildEnded(step=step.number, child=child, run_id=0, state=COMPLETED, output=answer.output)
    else:
        error = {"code": "error", "message": answer.error}
        ended = ChildEnded(step=step.number, child=child, run_id=0, state=FAILED, error=error)
    yield ended, SYSTEM
