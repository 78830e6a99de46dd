"""Attempts: only the newest may speak, and what becomes of a step whose attempt failed or was lost."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from msgspec import UNSET

from casework.core.attempts import STEPS_AT_ONCE_MAX
from casework.core.command import (
    Assign,
    CancelRun,
    CancelStep,
    Claim,
    Complete,
    Fail,
    Look,
    Lose,
    Progress,
    Recall,
    Report,
    ReportFailure,
    Select,
    Suspend,
)
from casework.core.decide import decide
from casework.core.definition import Retry, Task
from casework.core.errors import Conflict, Invalid, NotFound
from casework.core.work import Ask, Call, Done, Hands, Job, Work
from tests.core.cases import LEAD, START, Case, human, person, way

WORKER, OTHER = UUID(int=1), UUID(int=2)
NUMBER = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}


def function(key, *ways, **fields):
    ways = tuple(way(one) if isinstance(one, str) else one for one in ways)
    settings = {"function": key, "arguments": {"n": "=input.n"}}
    return Task(key=key, name=key, kind="function", next=ways, **({"settings": settings} | fields))


def set_to(key, *ways, **fields):
    return Task(
        key=key, name=key, kind="set", next=tuple(way(one) for one in ways), settings={"values": {"n": 1}}, **fields
    )


def begun(*tasks, **fields):
    """A case whose first step a worker performs."""
    case = Case.of(*tasks, input={"n": 1}, **fields)
    case.do(Claim(step=1, attempt=1, worker=WORKER))
    return case


def test_a_step_is_called_for_claimed_and_reported():
    case = Case.of(function("a", "b"), function("b"), input={"n": 1})
    assert case.run.state == "pending"
    assert case.step("a").data == {"function": "a", "arguments": {"n": 1}}
    decided = case.decided(Claim(step=1, attempt=1, worker=WORKER))
    assert [event.type for event in decided.events] == ["step.started"]
    case.do(Claim(step=1, attempt=1, worker=WORKER))
    assert case.run.state == "running"
    decided = case.decided(Report(step=1, attempt=1, output={"n": 2}))
    assert decided.jobs == (Job(kind="function", step=2, attempt=1),)
    assert decided.taken is None
    case.do(Report(step=1, attempt=1, output={"n": 2}))
    step = case.step("a", live=False)
    assert (step.state, step.output, step.worker, step.machine_ms) == ("completed", {"n": 2}, None, 60_000)
    assert case.run.machine_ms == 60_000
    assert case.run.working_ms == 0


def test_whoever_reports_goes_on_with_what_it_can_perform():
    case = begun(function("a", "b"), function("b"))
    decided = case.decided(Report(step=1, attempt=1, output={}, worker=WORKER, kinds=frozenset({"function"})))
    assert (decided.taken, decided.jobs) == (2, ())
    assert decided.run.step(2).worker == WORKER
    decided = case.decided(Report(step=1, attempt=1, output={}, worker=WORKER, kinds=frozenset({"agent"})))
    assert (decided.taken, len(decided.jobs)) == (None, 1)


def test_a_worker_at_hand_begins_what_is_reached_but_not_what_a_worker_lost():
    case = Case.of(human("a", "b"), function("b"), input={"n": 1})
    at_hand = Hands(worker=OTHER, kinds=frozenset({"function"}))
    case.do(Assign(step=1, assignee=person(1)))
    decided = decide(case.run, Complete(step=1, data={}), LEAD, case.now, at_hand)
    assert (decided.taken, decided.jobs) == (2, ())
    step = decided.run.step(2)
    assert (step.state, step.worker, step.attempt) == ("in_progress", OTHER, 1)
    decided = decide(decided.run, Lose(step=2, attempt=1), LEAD, case.now, at_hand)
    assert (decided.taken, decided.run.step(2).state) == (None, "queued")
    assert decided.jobs == (Job(kind="function", step=2, attempt=2),)


def test_who_reports_goes_on_before_another_worker_at_hand():
    case = begun(function("a", "b"), function("b"))
    at_hand = Hands(worker=OTHER, kinds=frozenset({"function"}))
    report = Report(step=1, attempt=1, output={}, worker=WORKER, kinds=frozenset({"function"}))
    assert decide(case.run, report, LEAD, case.now, at_hand).run.step(2).worker == WORKER


def doubled(given):
    """Knows the function `a`, and no other."""
    return {"n": 2 * given["arguments"]["n"]} if given["function"] == "a" else UNSET


def test_a_pure_function_is_done_in_the_decision_that_reaches_it_and_a_worker_is_called_to_others():
    case = Case.of(human("p", "a"), function("a", "b"), function("b"), input={"n": 4})
    case.take("p")
    decided = decide(case.run, Complete(step=1, data={}), LEAD, case.now, calculator=doubled)
    done = decided.run.step(2)
    assert (done.state, done.output, done.data) == ("completed", {"n": 8}, {"function": "a", "arguments": {"n": 4}})
    assert (done.attempt, done.worker, done.started_at, done.ended_at) == (0, None, case.now, case.now)
    assert decided.jobs == (Job(kind="function", step=3, attempt=1),)
    assert [(event.type, event.step) for event in decided.events] == [
        ("step.completed", 1),
        ("step.created", 2),
        ("step.completed", 2),
        ("step.created", 3),
    ]


def test_a_pure_function_whose_output_does_not_fit_is_left_to_a_worker_who_says_so():
    run = Case.of(human("p", "a"), function("a", output={"type": "string"}), input={"n": 4}).run
    assigned = decide(run, Assign(step=1, assignee=person(1)), LEAD, START).run
    decided = decide(assigned, Complete(step=1, data={}), LEAD, START, calculator=doubled)
    assert (decided.run.step(2).state, decided.jobs) == ("queued", (Job(kind="function", step=2, attempt=1),))


def test_what_a_worker_has_begun_workers_end():
    case = begun(function("a", retry=Retry(attempts=2)))
    case.do(ReportFailure(step=1, attempt=1, code="busy", message="Busy.", seed=0))
    decided = decide(case.run, Look(step=1), LEAD, case.now, calculator=doubled)
    assert decided.jobs == (Job(kind="function", step=1, attempt=2),)


def test_only_the_newest_attempt_is_heard():
    case = begun(function("a"))
    with pytest.raises(Conflict, match="not to be begun"):
        case.do(Claim(step=1, attempt=1, worker=OTHER))
    with pytest.raises(NotFound):
        case.do(Claim(step=9, attempt=1, worker=OTHER))
    case.do(Lose(step=1, attempt=1))
    assert case.step("a").state == "queued"
    assert case.do(Lose(step=1, attempt=1)) == []
    case.do(Claim(step=1, attempt=2, worker=OTHER))
    for late in (
        Report(step=1, attempt=1, output={}),
        ReportFailure(step=1, attempt=1, code="x", message="x"),
        Progress(step=1, attempt=1),
        Suspend(step=1, attempt=1, asks=()),
    ):
        with pytest.raises(Conflict, match="Attempt 1 is over"):
            case.do(late)
    case.do(Report(step=1, attempt=2, output={}))
    assert case.run.state == "completed"
    with pytest.raises(Conflict, match="Cannot report"):
        case.do(Report(step=1, attempt=2, output={}))


def test_a_call_that_was_lost_is_made_again_but_not_to_what_is_under_way():
    case = Case.of(function("a"), input={"n": 1})
    assert case.decided(Recall(step=1)).jobs == (Job(kind="function", step=1, attempt=1),)
    case.do(Claim(step=1, attempt=1, worker=WORKER))
    assert case.decided(Recall(step=1)).jobs == ()


def test_a_step_that_is_cancelled_in_the_decision_that_reached_it_is_not_begun():
    case = Case.of(
        set_to("a", "j"), function("b", "j"), human("j", join="any", cancel_rest=True), start=("a", "b"), input={"n": 1}
    )
    assert (case.states("b"), case.step("j").state) == (["cancelled"], "ready")


def test_a_failure_is_tried_again_later_and_later():
    case = begun(function("a", retry=Retry(attempts=4, backoff=10, max=30)))
    waits = []
    for attempt in (1, 2, 3):
        decided = case.decided(ReportFailure(step=1, attempt=attempt, code="busy", message="Busy.", seed=0.5))
        waits.append((decided.run.step(1).try_resolve_at - case.now).total_seconds())
        case.do(ReportFailure(step=1, attempt=attempt, code="busy", message="Busy.", seed=0.5))
        assert case.do(Look(step=1)) == ["step.due"]
        case.do(Claim(step=1, attempt=attempt + 1, worker=WORKER))
    assert waits == [5, 10, 15]
    case.do(ReportFailure(step=1, attempt=4, code="busy", message="Busy."))
    assert case.run.error == {"code": "busy", "message": "Busy.", "task": "a", "attempt": 4}


def test_who_asks_for_patience_is_given_it():
    case = begun(function("a", retry=Retry(attempts=2)))
    decided = case.decided(ReportFailure(step=1, attempt=1, code="busy", message="", retry_after=90, seed=0))
    assert decided.run.step(1).try_resolve_at == case.now + timedelta(seconds=90)


def test_what_another_attempt_would_not_mend_fails_at_once():
    case = begun(function("a", on_error="b", retry=Retry(attempts=5)), human("b"))
    case.do(ReportFailure(step=1, attempt=1, code="refused", message="No.", is_final=True))
    assert case.live() == ["b"]
    assert case.step("b").caught["code"] == "refused"


def test_a_lost_attempt_does_not_count():
    case = begun(function("a"))
    case.do(Lose(step=1, attempt=1))
    case.do(Claim(step=1, attempt=2, worker=WORKER))
    assert (case.step("a").failures, case.step("a").attempt) == (0, 2)


def test_an_attempt_that_takes_too_long_is_ended_by_the_clock():
    case = begun(function("a", timeout=300))
    assert case.step("a").try_resolve_at == START + timedelta(minutes=1, seconds=300)
    assert case.do(Look(step=1)) == []
    case.now += timedelta(minutes=10)
    case.do(Look(step=1))
    assert case.run.error["code"] == "timeout"
    case = Case.of(human("a", due=3600), input={"n": 1})
    assert case.do(Look(step=1)) == []
    assert case.do(Look(step=7)) == []


def test_an_output_that_does_not_fit_is_a_failure():
    case = begun(function("a", output=NUMBER))
    case.do(Report(step=1, attempt=1, output={"n": "x"}))
    assert case.run.error["code"] == "output"
    assert "/n" in case.run.error["message"]
    case = Case.of(set_to("a", output={"type": "object", "required": ["other"]}))
    assert case.run.error["code"] == "output"


def test_what_a_step_is_given_may_have_no_value():
    case = Case.of(function("a"), input={})
    assert case.run.error["code"] == "expression"


def test_progress_is_kept_with_what_the_next_attempt_is_told():
    case = begun(function("a"))
    call = Call(
        provider="p", model_id="m", input_tokens=1, output_tokens=2, cost=Decimal("0.1"), latency_ms=5, at=START
    )
    decided = case.decided(Progress(step=1, attempt=1, detail={"pages": 3}, memory={"at": 3}, calls=(call,)))
    assert decided.memories == {1: {"at": 3}}
    assert decided.calls == ((1, call),)
    assert decided.events[0].data == {"pages": 3}
    assert case.decided(Progress(step=1, attempt=1)).memories == {}


def asking(*keys, **fields):
    return Suspend(step=1, attempt=1, asks=tuple(Ask(key=key, name=key, **fields) for key in keys), memory={"m": 1})


def test_people_answer_in_any_order_and_the_next_attempt_knows():
    case = begun(function("a", output=NUMBER))
    assert case.do(asking("x", "y", form=NUMBER)) == ["step.created", "step.created", "step.asked"]
    assert case.run.state == "paused"
    assert case.step("a", live=True).ask["key"] == "y"
    with pytest.raises(Conflict, match="no person does"):
        case.do(Complete(step=1, data={"n": 1}))
    case.do(_take(3))
    with pytest.raises(Invalid):
        case.do(Complete(step=3, data={"n": "x"}))
    case.do(Complete(step=3, data={"n": 3}))
    assert case.run.step(1).state == "waiting"
    decided = case.decided(CancelStep(step=2))
    assert decided.jobs == (Job(kind="function", step=1, attempt=2),)
    case.do(_take(2))
    case.do(Fail(step=2, comment="I do not know."))
    answers = case.run.step(1).data["answers"]
    assert (answers["y"]["output"], answers["x"]["state"]) == ({"n": 3}, "failed")
    case.do(Claim(step=1, attempt=2, worker=WORKER))
    with pytest.raises(Conflict, match="must ask something"):
        case.do(Suspend(step=1, attempt=2, asks=(Ask(key="x", name="x"),)))
    case.do(Report(step=1, attempt=2, output={"n": 1}))
    assert case.run.state == "completed"


def _take(number):
    return Assign(step=number, assignee=person(1))


def test_questions_go_with_the_step_that_asks():
    case = begun(function("a"))
    case.do(asking("x"))
    case.do(CancelRun())
    assert [step.state for step in case.run.steps] == ["cancelled", "cancelled"]


def test_an_answer_without_a_form_is_whatever_it_is():
    case = begun(function("a"))
    case.do(asking("x"))
    case.do(_take(2))
    case.do(Complete(step=2, data={"free": True}))
    assert case.run.step(1).state == "queued"


def test_a_person_who_leaves_does_not_stop_a_worker():
    case = begun(function("a", "b"), human("b"))
    case.do(Select(task="b"))
    assert case.run.step(1).state == "in_progress"
    assert case.run.step(1).is_left


def test_steps_that_are_done_at_once_may_be_many_and_loops_end():
    tasks = [set_to(f"t{i}", f"t{i + 1}") for i in range(60)]
    case = Case.of(*tasks, set_to("t60"))
    assert case.run.state == "completed"
    assert case.run.steps_count == 61
    case = Case.of(set_to("a", "a", visits=50))
    assert case.run.error["code"] == "visits"
    assert case.run.steps_count == 50


def test_a_commit_stays_short_and_the_rest_follows():
    items = list(range(STEPS_AT_ONCE_MAX + 5))
    case = Case.of(set_to("a", for_each="input.items"), input={"items": items})
    waiting = [step for step in case.run.steps if step.is_live and step.parent]
    assert len(waiting) == 5
    for step in waiting:
        assert case.do(Look(step=step.number))
    assert case.run.state == "completed"
    assert len(case.run.output) == len(items)


def test_items_that_wait_for_their_turn_go_with_the_one_that_failed():
    item = Task(key="a", name="a", kind="set", for_each="[1, 2, 3]", settings={"values": {"n": "=item.x"}})
    case = Case.of(item)
    assert case.run.error["code"] == "item"
    assert [step.state for step in case.run.steps] == ["failed", "failed", "cancelled", "cancelled"]


def test_items_are_performed_side_by_side_and_fail_as_the_list_says():
    case = Case.of(function("a", for_each="[1, 2, 3]", concurrency=2, on_item_error="collect"), input={"n": 1})
    assert [step.state for step in case.run.steps] == ["waiting", "queued", "queued"]
    case.do(Claim(step=2, attempt=1, worker=WORKER))
    case.do(ReportFailure(step=2, attempt=1, code="x", message="x"))
    for number in (3, 4):
        case.do(Claim(step=number, attempt=1, worker=WORKER))
        case.do(Report(step=number, attempt=1, output=number))
    assert [one if isinstance(one, int) else one["code"] for one in case.run.output] == ["x", 3, 4]


def test_a_join_of_branches_that_are_done_at_once():
    case = Case.of(
        set_to("s", "a", "b", split="all"),
        set_to("a", "j"),
        function("b", "j"),
        set_to("j", join="all"),
        input={"n": 1},
    )
    assert case.live() == ["b", "j"]
    number = case.step("b").number
    case.do(Claim(step=number, attempt=1, worker=WORKER))
    case.do(Report(step=number, attempt=1, output={}))
    assert case.run.state == "completed"


def test_work_bears_one_key_for_all_its_attempts():
    fields = {"workspace_id": 1, "workflow_id": 1, "run_id": 1, "run_uuid": UUID(int=3), "step": 1, "data": {}}
    works = [Work(**fields, step_uuid=UUID(int=4), task=function("a"), attempt=n) for n in (1, 2)]
    assert {work.key for work in works} == {str(UUID(int=4))}
    assert Done(output=1).calls == ()
    assert LEAD.supervises
