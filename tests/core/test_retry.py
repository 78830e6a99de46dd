"""A failed run is retried as a new one, from the step that failed, with what came before it kept."""

from uuid import UUID

import pytest

from casework.core.command import CancelRun, CancelStep, Complete, Fail, ResolveIncident, Retry, Select
from casework.core.decide import decide
from casework.core.decision import Refusal
from casework.core.errors import Conflict
from tests.core.cases import LEAD, Case, human, new_run, way
from tests.core.flows import auto
from tests.core.moves import move


def retried(case):
    """The run that retries the case's, as another case."""
    fields = {"input": case.run.input, "context": case.run.context}
    again = Case(new_run(case.run.version.definition, uuid=UUID(int=8), **fields), now=case.now)
    again.events = again.do(Retry(failed=case.run))
    return again


def refusal(case):
    decided = decide(new_run(case.run.version.definition), Retry(failed=case.run), LEAD, case.now)
    assert isinstance(decided, Refusal)
    assert isinstance(decided.error, Conflict)
    return str(decided.error)


def failed(case, task, who=1):
    if case.step(task).state == "ready":
        case.take(task, who)
    case.do(Fail(step=case.step(task).number, comment="No."))
    assert case.run.state == "failed"
    return case


def line(**fields):
    return Case.of(human("a", "b", **fields), human("b", "c"), human("c", exclude=("a",)))


def test_it_begins_at_the_step_that_failed_and_keeps_what_was_done():
    case = line()
    case.finish("a", {"n": 1}, who=2)
    again = retried(failed(case, "b"))
    assert (again.events, again.live(), again.run.state) == (["run.started", "step.created"], ["b"], "paused")
    kept = again.step("a", live=False)
    assert (kept.state, kept.output, kept.account_id, kept.number, kept.visit) == ("completed", {"n": 1}, 20, 1, 1)
    assert (kept.is_kept, kept.working_ms, kept.created_at, kept.ended_at) == (True, 0, case.now, case.now)
    assert kept.uuid != case.step("a", live=False).uuid
    assert (again.step("b").number, again.step("b").sources, again.step("b").is_kept) == (2, (1,), False)
    assert case.run.state == "failed"


def test_what_follows_sees_what_was_kept():
    case = Case.of(human("a", "b"), human("b", way("c", "tasks.a.output.n == 1")), human("c", exclude=("a",)))
    case.finish("a", {"n": 1}, who=2)
    again = retried(failed(case, "b"))
    again.finish("b")
    assert (again.live(), again.step("c").deny_ids) == (["c"], (20,))
    again.finish("c", {"done": True})
    assert (again.run.state, again.run.output) == ("completed", {"done": True})


def test_a_run_that_failed_at_its_first_step_begins_there_and_is_pending():
    again = retried(failed(line(), "a"))
    assert (again.live(), again.run.state, again.run.steps_count) == (["a"], "pending", 1)


def test_what_was_cancelled_with_the_failure_is_begun_again_too_and_the_join_waits_for_it():
    case = Case.of(
        human("a", "b", "c", "d", split="all"),
        human("b", "j"),
        human("c", "j"),
        human("d", "j"),
        human("j", join="all"),
    )
    case.finish("a")
    case.finish("b", {"n": 2})
    again = retried(failed(case, "c"))
    assert again.live() == ["c", "d", "j"]
    assert again.step("j").state == "parked"
    again.finish("d")
    assert again.step("j").state == "parked"
    again.finish("c")
    assert (again.live(), again.step("j").state) == (["j"], "ready")
    assert {again.run.step(number).task for number in again.step("j").sources} == {"b", "c", "d"}


def test_a_branch_that_was_cancelled_by_a_person_stays_so():
    case = Case.of(human("a", "b", "c", split="all"), human("b"), human("c"))
    case.finish("a")
    case.do(CancelStep(step=case.step("c").number))
    again = retried(failed(case, "b"))
    assert (again.live(), again.states("c")) == (["b"], ["cancelled"])


def test_what_was_left_behind_is_not_taken_up_again():
    case = Case.of(human("a", "b", "c", split="all"), human("b", "d"), human("c"), human("d"))
    case.finish("a")
    case.do(Select(task="d"))
    again = retried(failed(case, "d"))
    assert "b" not in again.live()


def test_the_error_that_led_to_the_failed_step_is_told_again():
    case = Case.of(human("a", on_error="b"), human("b"))
    case.take("a")
    case.do(Fail(step=1, comment="Broken."))
    again = retried(failed(case, "b"))
    assert again.step("b").caught["message"] == "Broken."
    assert again.states("a") == ["failed"]


def test_a_join_that_an_error_led_to_is_told_of_it_again():
    case = Case.of(human("a", on_error="j"), human("j", join="all"))
    case.take("a")
    case.do(Fail(step=1, comment="Broken."))
    again = retried(failed(case, "j"))
    assert (again.step("j").state, again.step("j").caught["message"]) == ("ready", "Broken.")


def test_visits_are_counted_anew_and_the_last_output_before_is_kept():
    case = Case.of(human("a", way("a", "output.n < 3"), way("b")), human("b"), start=("a",))
    for n in (1, 2):
        case.finish("a", {"n": n})
    again = retried(failed(case, "a"))
    assert [(step.visit, step.state, step.is_last, step.is_output) for step in again.run.steps] == [
        (1, "completed", False, True),
        (2, "ready", True, False),
    ]
    again.finish("a", {"n": 3})
    assert again.live() == ["b"]


def test_what_was_done_is_kept_also_where_the_version_has_no_such_task_any_more():
    case = Case.of(human("a", "b", for_each="input.items"), human("b", "c"), human("c"), input={"items": [1]})
    case.finish("a", {"n": 1})
    case.finish("b", {"n": 2})
    move(case, human("c"))
    again = retried(failed(case, "c"))
    assert (again.live(), again.run.steps[-1].sources) == (["c"], (3,))
    kept = [(one.task, one.kind, one.output) for one in again.run.steps if one.is_kept]
    assert kept == [("a", "for_each", [{"n": 1}]), ("a", "human", {"n": 1}), ("b", "human", {"n": 2})]


def test_items_that_were_done_are_done_again_with_the_list_and_kept_after_it():
    case = Case.of(human("a", "b", for_each="input.items"), human("b"), input={"items": [1, 2]})
    case.finish("a", {"n": 1})
    again = retried(failed(case, "a"))
    assert [(step.item, step.state) for step in again.run.steps if step.parent is not None] == [
        (1, "ready"),
        (2, "ready"),
    ]
    again.finish("a", {"n": 1})
    again.finish("a", {"n": 2})
    once_more = retried(failed(again, "b"))
    assert [step.item for step in once_more.run.steps if step.parent is not None] == [1, 2]
    assert once_more.step("a", live=False).is_kept
    once_more.finish("b")
    assert once_more.run.state == "completed"


def test_an_incident_that_is_given_up_is_where_a_retry_begins():
    case = Case.of(human("a", "b"), human("b"), on_failure="incident")
    case.finish("a")
    case.take("b")
    case.do(Fail(step=2))
    case.do(ResolveIncident(step=2, how="fail"))
    assert retried(case).live() == ["b"]


def test_an_item_that_is_given_up_begins_its_whole_list_again():
    case = Case.of(human("a", for_each="input.items"), input={"items": [1, 2]}, on_failure="incident")
    case.take("a")
    step = max(one.number for one in case.run.steps if one.state == "assigned")
    case.do(Fail(step=step))
    case.do(ResolveIncident(step=step, how="fail"))
    assert case.run.state == "failed"
    assert [step.state for step in retried(case).run.steps] == ["waiting", "ready", "ready"]


def test_an_automatic_step_is_done_again():
    case = Case.of(human("a", "b"), auto("b", "set", values={"n": "=tasks.a.output.n + 1"}))
    case.finish("a", {})
    assert case.run.state == "failed"
    again = retried(case)
    assert (again.run.state, again.run.error["code"]) == ("failed", "expression")
    assert again.events == ["run.started", "step.created", "step.failed", "run.failed"]


@pytest.mark.parametrize("end", ["open", "completed", "cancelled"])
def test_only_what_failed_is_retried(end):
    case = Case.of(human("a"))
    if end == "completed":
        case.finish("a")
    elif end == "cancelled":
        case.do(CancelRun())
    assert f"the run is {case.run.state}" in refusal(case)


def test_what_no_step_failed_is_not_retried():
    case = Case.of(human("a"), output="tasks.a.output.n")
    case.take("a")
    case.do(Complete(step=1, data={}))
    assert (case.run.state, case.run.error["code"]) == ("failed", "output")
    assert "no step failed the run" in refusal(case)


def test_what_was_visited_too_often_is_not_retried():
    case = Case.of(human("a", "a", visits=1))
    case.finish("a")
    assert case.run.error["code"] == "visits"
    assert "no step failed the run" in refusal(case)


def test_what_was_undone_is_not_retried():
    case = Case.of(human("a", "b", compensate="c"), human("b"), human("c"))
    case.finish("a")
    case.take("b")
    case.do(Fail(step=2))
    case.finish("c")
    assert case.run.state == "failed"
    assert "was undone" in refusal(case)
