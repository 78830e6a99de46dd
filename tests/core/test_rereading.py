"""What an open step takes over of its task in another version: what the edit changed, and nothing else."""

from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace

from casework.core.actor import SYSTEM
from casework.core.command import (
    Claim,
    Complete,
    Report,
    ReportFailure,
    ResolveIncident,
    Suspend,
)
from casework.core.definition import Retry
from casework.core.work import Ask
from tests.core.cases import START, Case, human
from tests.core.flows import auto, call, ended, look, take, wait
from tests.core.moves import command, move, reasons

WORKER = UUID(int=9)
TWICE = Retry(attempts=2)
FORM = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n", "why"]}


# People


def test_what_the_edit_changed_is_read_anew_and_nothing_else():
    case = Case.of(human("a", due=3600, roles=("r",), distribute="least_loaded", requeue_after=600))
    case.take("a", 1, "r")
    before = case.step("a")
    move(case, human("a", due=3600, roles=("r",), distribute="least_loaded", requeue_after=600, form={}))
    assert replace(case.step("a"), revision=0) == replace(before, revision=0)
    case.now = START + timedelta(minutes=10)
    again = command(case, human("a", due=7200, reminders=(-600,), roles=("s",), priority=80, requeue_after=900), to=3)
    case.run = case.decided(again).run
    step = case.step("a")
    assert (step.account_id, step.actor_roles, step.priority, step.distribute) == (10, ("s",), 80, None)
    assert (step.due_at - START, step.reminders) == (timedelta(hours=2), (START + timedelta(minutes=110),))
    assert step.requeue_at == step.try_resolve_at == case.now + timedelta(seconds=900)
    case.run = case.decided(command(case, human("a", distribute="round_robin"), to=4)).run
    step = case.step("a")
    assert (step.due_at, step.requeue_at, step.try_resolve_at, step.priority) == (None, None, None, 50)
    assert step.distribute == "round_robin"


def test_a_later_due_date_takes_back_that_it_is_overdue_and_a_past_one_is_acted_on():
    case = Case.of(human("a", due=60))
    case.now = START + timedelta(minutes=5)
    assert "step.overdue" in look(case, "a")
    move(case, human("a", due=3600))
    assert (case.step("a").is_overdue, case.step("a").try_resolve_at) == (False, START + timedelta(hours=1))
    case.run = case.decided(command(case, human("a", due=120), to=3)).run
    assert "step.overdue" in look(case, "a")


def test_nobody_loses_what_they_have_by_the_way():
    case = Case.of(human("a", "b"), human("b"))
    case.finish("a")
    case.take("b", 1)
    assert reasons(case, human("a", "b"), human("b", exclude=("a",))) == [("people", "b")]
    assert reasons(case, human("a", "b"), human("b", allow="[20, 30]")) == [("people", "b")]
    assert reasons(case, human("a", "b"), human("b", allow="input.nobody")) == [("people", "b")]
    move(case, human("a", "b"), human("b", allow="[10, 30]", deny="[40]"))
    assert (case.step("b").allow_ids, case.step("b").deny_ids) == ((10, 30), (40,))


def test_what_is_evaluated_first_is_read_when_its_turn_comes():
    case = Case.of(human("a", roles=("r",)))
    case.run = replace(case.run, steps=(replace(case.run.steps[0], state="queued", try_resolve_at=START),))
    move(case, human("a", roles=("s",), allow="[10]"))
    look(case, "a")
    assert (case.step("a").actor_roles, case.step("a").allow_ids) == (("s",), (10,))


# Programs


def program(path, **fields):
    return auto("a", "function", "b", function="f", arguments={"n": path}, **fields)


def test_a_step_that_no_worker_tried_is_given_what_the_new_task_says():
    case = Case.of(program("=input.n"), human("b"), input={"n": 1, "m": 2})
    assert case.decided(command(case, program("=input.n", timeout=5), human("b"))).jobs == ()
    assert reasons(case, program("=input.missing.n"), human("b")) == [("given", "a")]
    decided = move(case, program("=input.m"), human("b"))
    assert [(job.step, job.attempt) for job in decided.jobs] == [(1, 1)]
    assert case.step("a").data["arguments"] == {"n": 2}
    undone = case.decided(case.undo)
    assert undone.run.step(1).data["arguments"] == {"n": 1}
    assert [(job.step, job.attempt) for job in undone.jobs] == [(1, 1)]


def test_a_worker_at_work_is_not_disturbed_and_what_was_tried_is_given_the_same_again():
    tasks = program("=input.n", retry=TWICE, on_failure="incident"), human("b")
    case = Case.of(*tasks, input={"n": 1, "m": 2})
    case.do(Claim(step=1, attempt=1, worker=WORKER))
    other = program("=input.m", retry=TWICE, on_failure="incident"), human("b")
    assert reasons(case, *other) == [("attempt", "a")]
    case.do(ReportFailure(step=1, attempt=1, code="broke", message="It broke."))
    move(case, *other)
    assert case.step("a").data["arguments"] == {"n": 1}
    case.now = case.step("a").try_resolve_at
    look(case, "a")
    case.do(Claim(step=1, attempt=2, worker=WORKER))
    case.do(ReportFailure(step=1, attempt=2, code="broke", message="It broke."))
    third = program("=input.m + 1", retry=TWICE, on_failure="incident"), human("b")
    case.run = case.decided(command(case, *third, to=3)).run
    case.do(ResolveIncident(step=1, how="retry"))
    assert case.step("a").data["arguments"] == {"n": 3}  # what failed for good is given what the mended task says


def test_a_wait_goes_on_waiting_for_the_same_as_long_as_the_new_task_says():
    case = Case.of(wait("a", "b", event="order.paid", correlation="42", timeout=60), human("b"))
    mended = wait("a", "b", event="order.paid", correlation="43", timeout=600)
    move(case, mended, human("b"))
    assert case.step("a").try_resolve_at == START + timedelta(seconds=600)
    case.run = case.decided(command(case, wait("a", "b", event="order.paid", correlation="43"), human("b"), to=3)).run
    assert case.step("a").try_resolve_at is None
    case.run = replace(case.run, number=9)
    assert reasons(case, wait("a", "b", **{"for": "2h"}), human("b")) == [("waiting", "a")]
    take(case, "a", {"paid": True})
    assert case.live() == ["b"]


def test_a_sub_run_under_way_is_waited_for_by_a_task_that_calls_the_same_workflow():
    case = Case.of(call("a", "b"), human("b"))
    other = auto("a", "subworkflow", "b", workflow="other")
    assert reasons(case, other, human("b")) == [("waiting", "a")]
    move(case, call("a", "c"), human("c"))
    ended(case, "a", output={"n": 1})
    assert case.live() == ["c"]


def test_questions_to_people_are_answered_to_the_task_that_asked_them():
    task = auto("a", "agent", "b", model="scripted", system="Do it.")
    case = Case.of(task, human("b"))
    case.do(Claim(step=1, attempt=1, worker=WORKER))
    ask = Ask(key="q", name="Which one?", prompt="", form=None, roles=(), data={}, detail={})
    case.do(Suspend(step=1, attempt=1, asks=(ask,)), SYSTEM)
    other = auto("a", "agent", "b", model="scripted", system="Do it otherwise.")
    assert reasons(case, other, human("b")) == [("waiting", "a")]
    move(case, auto("a", "agent", "c", model="scripted", system="Do it."), human("c"))
    question = max(step.number for step in case.run.steps if step.ask is not None)
    case.take("a")
    case.do(Complete(step=question, data={"which": 1}))
    third = auto("a", "agent", "c", model="scripted", system="Do it otherwise.")
    case.run = case.decided(command(case, third, human("c"), to=3)).run
    assert case.step("a").data["answers"]["q"]["output"] == {"which": 1}
    case.do(Claim(step=1, attempt=2, worker=WORKER))
    case.do(Report(step=1, attempt=2, output={}))
