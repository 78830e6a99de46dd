"""What happens rarely: visits that overlap, joins that come round again, runs that end in the middle of a decision."""

import pytest

from casework.core.command import Assign, Complete, Fail, Select, Start
from casework.core.decide import decide
from casework.core.decision import Refusal
from casework.core.errors import Conflict
from casework.core.run import current_step
from tests.core.cases import LEAD, Case, human, new_run, person, way, workflow


def finish_number(case, number, **data):
    if case.run.step(number).state == "ready":
        case.do(Assign(step=number, assignee=person(1)))
    return case.do(Complete(step=number, data=data))


def test_nothing_more_is_reached_once_a_start_task_failed_the_run():
    case = Case.of(human("a", for_each="input.missing"), human("b"), start=("a", "b"))
    assert case.run.state == "failed"
    assert case.states("b") == []


def test_joins_stop_firing_when_the_first_fails_the_run():
    case = Case.of(
        human("a", "x", "y", split="all"),
        human("x", way("y"), join="all", for_each="input.missing"),
        human("y", way("x"), join="all"),
    )
    case.finish("a")
    assert case.run.state == "failed"
    assert case.states("y") == ["cancelled"]


def test_a_join_that_comes_round_again_takes_in_the_same_branch_once():
    case = Case.of(
        human("b", "d"), human("c", "d"), human("d", way("d", "output.again"), way("end"), join="any"),
        start=("b", "c"),
    )  # fmt: skip
    case.finish("b")
    case.finish("d", {"again": True})
    assert case.step("c").absorbed_by == ("d",)
    assert case.step("d").visit == 2


def test_a_join_takes_in_nothing_that_does_not_lead_to_it():
    case = Case.of(human("b", "d"), human("e"), human("d", join="any", cancel_rest=True), start=("b", "e"))
    case.finish("b")
    assert case.live() == ["d", "e"]
    assert case.step("e").absorbed_by == ()


def test_an_ended_run_is_not_started_again():
    case = Case.of(human("a"))
    case.finish("a")
    refused = decide(case.run, Start(), LEAD, case.now)
    assert isinstance(refused, Refusal)
    assert str(refused.error) == "The run is completed: it has ended and does not change any more."


def test_selecting_what_takes_the_branch_in_ends_the_branch():
    case = Case.of(human("b", "d"), human("c", "d"), human("d", join="any"), start=("b", "c"))
    case.finish("b")
    case.finish("d", {"n": 1})
    assert case.live() == ["c"]
    case.do(Select(task="d"))
    assert case.run.state == "completed"
    assert case.run.output == {"n": 1}


def test_fan_outs_of_two_visits_at_once_keep_their_children_apart():
    case = Case.of(
        human("b", "a"), human("c", "a"), human("a", for_each="input.items"), start=("b", "c"), input={"items": [1, 2]}
    )
    case.finish("b")
    case.finish("c")
    parents = [step.number for step in case.run.steps if step.kind == "for_each"]
    first = [step.number for step in case.run.steps if step.parent == parents[0]]
    assert all(case.run.step(number).is_last for number in first)
    for number in first:
        finish_number(case, number, n=number)
    assert case.run.step(parents[0]).output == [{"n": number} for number in first]
    assert not any(case.run.step(number).is_last for number in first)
    for number in [step.number for step in case.run.steps if step.parent == parents[1]]:
        finish_number(case, number)
    assert case.run.state == "completed"


def test_a_second_visit_that_fails_leaves_the_first_s_output():
    case = Case.of(human("a", way("b", "output.n > 1"), on_error="c"), human("b", "a"), human("c"))
    case.finish("a", {"n": 2})
    case.finish("b")
    case.finish("a", {"n": 0})
    assert case.live() == ["c"]
    assert [(step.task, step.visit) for step in case.run.steps if step.is_output] == [("a", 1), ("b", 1)]


def test_a_run_in_which_nothing_was_completed_has_no_output():
    case = Case.of(human("a", on_error="end"))
    case.do(Fail(step=1, comment="no"))
    assert (case.run.state, case.run.output) == ("completed", None)


def test_a_run_can_have_indicators_without_an_output():
    case = Case.of(human("a"), indicators={"n": "tasks.a.output.n"})
    case.finish("a", {"n": 4})
    assert (case.run.indicators, case.run.output) == ({"n": 4}, {"n": 4})


def test_an_error_that_joins_is_seen_by_the_task_it_leads_to():
    case = Case.of(human("a", on_error="f"), human("f", way("b", "error.message == 'no'"), join="all"), human("b"))
    case.do(Fail(step=1, comment="no"))
    case.finish("f")
    assert case.live() == ["b"]


def test_a_run_that_was_not_begun_has_nothing_to_switch_from():
    run = new_run(workflow(human("a")))
    assert current_step(run) is None
    refused = decide(run, Select(task="a"), LEAD, run.created_at)
    assert isinstance(refused, Refusal)
    assert isinstance(refused.error, Conflict)
    with pytest.raises(KeyError):
        run.step(1)
