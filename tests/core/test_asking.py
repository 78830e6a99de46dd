"""What agents ask: in what time it is answered, by whom, and by no model."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from casework.core.command import Complete, Look, Process, Save, Suspend
from casework.core.definition import STARTER
from casework.core.errors import Conflict, Denied, Invalid
from casework.core.work import Ask, Job
from tests.core.cases import LEAD, START, Case, actor, human
from tests.core.test_attempts import begun, function

UNTIL = START + timedelta(hours=1)


def asked(case, step=1, **fields):
    case.do(Suspend(step=step, attempt=1, asks=(Ask(key="x", name="x", **fields),), memory={}))
    return case.run.steps[-1]


def test_a_question_that_nobody_answers_in_time_is_over():
    case = begun(function("a"))
    question = asked(case, until=UNTIL)
    assert (question.due_at, question.try_resolve_at) == (UNTIL, UNTIL)
    assert case.do(Look(step=2)) == []
    case.now = UNTIL
    decided = case.decided(Look(step=2))
    assert [event.type for event in decided.events] == ["step.overdue", "step.skipped", "step.answered"]
    assert decided.jobs == (Job(kind="function", step=1, attempt=2),)
    assert decided.run.step(1).data["answers"]["x"]["state"] == "skipped"


def test_an_answer_that_comes_too_late_is_refused_though_nobody_looked_yet():
    case = begun(function("a"))
    asked(case, until=UNTIL)
    case.take("a")
    case.now = UNTIL - timedelta(seconds=1)
    assert "step.answered" in [event.type for event in case.decided(Complete(step=2, data={})).events]
    case.now = UNTIL
    with pytest.raises(Conflict, match="The time to answer this is over"):
        case.do(Complete(step=2, data={}))


def test_a_question_in_somebodys_hands_is_over_all_the_same():
    case = begun(function("a"))
    asked(case, until=UNTIL)
    case.take("a")
    case.do(Process(step=2), actor(1))
    case.now = UNTIL
    case.do(Look(step=2))
    assert (case.run.step(2).state, case.run.step(2).open_since) == ("skipped", None)


def test_a_question_is_not_answered_by_a_model():
    case = begun(function("a"))
    asked(case)
    case.take("a")
    for command in (Complete(step=2, data={}, by_model=True), Save(step=2, data={"decision": "accept"}, by_model=True)):
        with pytest.raises(Denied, match="answered by one"):
            case.do(command)


def test_neither_who_started_the_run_nor_who_did_a_task_may_answer():
    case = Case.of(human("b", "a"), function("a"), input={"n": 1})
    assert case.run.started_by == (LEAD.account_id,)
    case.finish("b", who=2)
    step = case.step("a")
    case.run = replace(case.run, steps=(*case.run.steps[:-1], replace(step, state="in_progress", attempt=1)))
    case.run = replace(case.run, steps=(*case.run.steps[:-1], replace(case.run.steps[-1], worker=case.run.uuid)))
    question = asked(case, step=2, exclude=("b", STARTER))
    assert question.deny_ids == (20, 990)
    with pytest.raises(Invalid, match="excluded"):
        case.take("a", 2)
    case.take("a", 3)


def test_a_task_may_be_kept_from_who_started_the_run():
    case = Case.of(human("a", exclude=(STARTER,)))
    assert case.step("a").deny_ids == (990,)
