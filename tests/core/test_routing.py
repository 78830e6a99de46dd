"""SEMANTICS: Start, Completion of a step, Joins, Visits, Failure rule."""

import pytest

from casework.core.command import Assign, CancelRun, CancelStep, Complete, Fail, Start
from casework.core.decide import decide
from casework.core.decision import Refusal
from casework.core.errors import Conflict, Invalid
from tests.core.cases import LEAD, Case, human, new_run, person, way, workflow

NUMBER = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}


def test_a_run_starts_with_one_step_for_each_start_task():
    case = Case.of(human("a"), human("b"), start=("a", "b"))
    assert case.live() == ["a", "b"]
    assert case.run.state == "pending"
    assert case.events == ["run.started", "step.created", "step.created"]


def test_a_run_can_start_at_one_task():
    assert Case.of(human("a", "b"), human("b"), task="b").live() == ["b"]


def test_input_that_does_not_fit_starts_nothing():
    run = new_run(workflow(human("a"), input=NUMBER), input={"n": "x"})
    refused = decide(run, Start(), LEAD, run.created_at)
    assert isinstance(refused, Refusal)
    assert isinstance(refused.error, Invalid)
    assert [problem.path for problem in refused.error.problems] == ["/input/n"]


def test_the_first_transition_that_is_true_is_taken():
    tasks = human("a", way("b", "output.n > 5"), way("c", "output.n > 2"), way("d")), human("b"), human("c"), human("d")
    for number, reached in ((9, "b"), (4, "c"), (1, "d")):
        case = Case.of(*tasks)
        case.finish("a", {"n": number})
        assert case.live() == [reached]


def test_split_all_takes_every_transition_that_is_true():
    case = Case.of(
        human("a", way("b", "output.n > 1"), way("c", "output.n > 2"), way("d", "output.n > 9"), split="all"),
        human("b"), human("c"), human("d"),
    )  # fmt: skip
    case.finish("a", {"n": 3})
    assert case.live() == ["b", "c"]


def test_none_true_goes_otherwise():
    case = Case.of(human("a", way("b", "output.n > 1"), otherwise="c"), human("b"), human("c"))
    case.finish("a", {"n": 0})
    assert case.live() == ["c"]


def test_no_way_on_fails_the_run_and_says_which_conditions_were_false():
    case = Case.of(human("a", way("b", "output.n > 1")), human("b"))
    case.finish("a", {"n": 0})
    assert case.run.state == "failed"
    assert case.run.error["code"] == "no_way_on"
    assert "`output.n > 1` is false" in case.run.error["message"]
    assert case.states("a") == ["failed"]
    assert case.step("a", live=False).output == {"n": 0}


def test_a_condition_that_errs_is_never_true():
    case = Case.of(human("a", way("b", "output.missing > 1"), way("c")), human("b"), human("c"))
    case.finish("a", {"n": 0})
    assert case.run.state == "failed"
    assert case.run.error["code"] == "condition"
    assert "output.missing > 1" in case.run.error["message"]


def test_a_failure_goes_to_the_error_route_and_conditions_see_the_error():
    case = Case.of(
        human("a", "b", on_error="fix"), human("b"),
        human("fix", way("a", "error.code == 'error' && error.message == 'no'"), way("b")),
    )  # fmt: skip
    case.take("a")
    case.do(Fail(step=1, comment="no"))
    assert case.live() == ["fix"]
    assert case.states("a") == ["failed"]
    case.finish("fix")
    assert case.live() == ["a"]
    assert case.step("a").visit == 2


def test_an_error_without_a_route_fails_the_run_and_cancels_what_else_is_live():
    case = Case.of(human("a"), human("b", "c"), human("c"), start=("a", "b"))
    case.start("a", 1)
    case.start("b", 2)
    case.do(Fail(step=1, comment="broken"))
    assert case.run.state == "failed"
    assert case.run.error == {"code": "error", "message": "broken", "task": "a", "attempt": 0}
    assert case.states("b") == ["cancelled"]
    assert case.step("b", live=False).account_id is None
    assert case.states("c") == []


def test_the_output_is_that_of_the_step_that_ended_last():
    case = Case.of(human("a", "b"), human("b"))
    case.finish("a", {"n": 1})
    case.finish("b", {"n": 2})
    assert (case.run.state, case.run.output) == ("completed", {"n": 2})


def test_a_run_s_output_and_indicators_are_computed():
    case = Case.of(
        human("a", "b"), human("b"),
        output="{'sum': tasks.a.output.n + tasks.b.output.n}",
        indicators={"same": "tasks.a.output.n == tasks.b.output.n", "broken": "tasks.a.output.nope"},
    )  # fmt: skip
    case.finish("a", {"n": 1})
    case.finish("b", {"n": 2})
    assert case.run.output == {"sum": 3}
    assert case.run.indicators == {"same": False, "broken": None}


def test_an_output_that_cannot_be_evaluated_fails_the_run():
    case = Case.of(human("a"), output="tasks.a.output.nope")
    case.finish("a", {"n": 1})
    assert (case.run.state, case.run.error["code"]) == ("failed", "output")


def test_a_step_s_indicators_are_kept():
    case = Case.of(human("a", indicators={"big": "output.n > 5", "broken": "output.nope"}))
    case.finish("a", {"n": 9})
    assert case.step("a", live=False).indicators == {"big": True, "broken": None}


def test_data_that_does_not_fit_the_form_changes_nothing_and_names_every_problem():
    form = {"type": "object", "required": ["n", "m"], "properties": {"n": {"type": "integer"}}}
    case = Case.of(human("a", form=form))
    case.take("a")
    with pytest.raises(Invalid) as refused:
        case.do(Complete(step=1, data={"n": "x"}))
    assert sorted(problem.path for problem in refused.value.problems) == ["/data/m", "/data/n"]
    assert case.states("a") == ["assigned"]


def test_a_transition_back_makes_a_new_visit():
    case = Case.of(human("a", "b"), human("b", way("a", "output.again"), way("end")))
    case.finish("a", {"n": 1})
    case.finish("b", {"again": True})
    assert case.step("a").visit == 2
    case.finish("a", {"n": 2})
    case.finish("b", {"again": False})
    assert case.run.state == "completed"
    assert [(s.task, s.visit) for s in case.run.steps if s.is_last] == [("a", 2), ("b", 2)]
    assert [(s.task, s.visit) for s in case.run.steps if s.is_output] == [("a", 2), ("b", 2)]


def test_more_visits_than_allowed_is_the_failure_rule():
    case = Case.of(human("a", "a", visits=2))
    case.finish("a")
    case.finish("a")
    assert case.run.state == "failed"
    assert case.run.error["code"] == "visits"


def test_a_join_is_not_waited_for_beyond_its_visits():
    case = Case.of(human("a", "a", join="all", visits=1, on_error="b"), human("b"))
    case.finish("a")
    assert case.live() == ["b"]


def test_error_routes_that_lead_to_each_other_end():
    case = Case.of(human("a", "a", visits=1, on_error="b"), human("b", "b", visits=1, on_error="a"))
    case.finish("a")
    assert case.live() == ["b"]
    case.finish("b")
    assert case.run.state == "failed"


def test_an_error_route_to_the_end_ends_the_branch():
    case = Case.of(human("a", on_error="end"), human("b"), start=("a", "b"))
    case.finish("b")
    case.do(Fail(step=1))
    assert case.run.state == "completed"


class TestJoinAll:
    TASKS = (
        human("a", "b", "c", split="all"), human("b", "d"), human("c", "d"), human("d", join="all"),
    )  # fmt: skip

    def test_arrivals_wait_and_merge_into_one_visit(self):
        case = Case.of(*self.TASKS)
        case.finish("a")
        case.finish("b")
        assert case.states("d") == ["parked"]
        case.finish("c")
        assert case.states("d") == ["ready"]
        assert case.step("d").sources == (2, 3)
        case.finish("d")
        assert case.run.state == "completed"

    def test_a_branch_that_cannot_come_any_more_is_not_waited_for(self):
        case = Case.of(*self.TASKS)
        case.finish("a")
        case.finish("b")
        case.do(CancelStep(step=case.step("c").number))
        assert case.states("d") == ["ready"]

    def test_joins_that_wait_for_each_other_fire(self):
        case = Case.of(
            human("a", "x", "y", split="all"),
            human("x", "y", join="all"), human("y", way("x", "output.back"), way("end"), join="all"),
        )  # fmt: skip
        case.finish("a")
        assert sorted(case.states("x") + case.states("y")) == ["ready", "ready"]

    def test_a_loop_through_the_join_does_not_hold_it(self):
        case = Case.of(human("a", "b"), human("b", way("b", "output.again"), way("end"), join="all"))
        case.finish("a")
        assert case.states("b") == ["ready"]
        case.finish("b", {"again": True})
        assert case.step("b").visit == 2


class TestJoinAny:
    def tasks(self, **fields):
        return (
            human("a", "b", "c", split="all"), human("b", "d"), human("c", "d"), human("d", join="any", **fields),
        )  # fmt: skip

    def test_the_first_arrival_starts_the_visit_and_later_ones_are_absorbed(self):
        case = Case.of(*self.tasks())
        case.finish("a")
        case.finish("b")
        assert case.states("d") == ["ready"]
        assert "step.absorbed" in case.finish("c")
        assert case.live() == ["d"]
        case.finish("d")
        assert case.run.state == "completed"

    def test_the_rest_can_be_cancelled_at_once(self):
        case = Case.of(*self.tasks(cancel_rest=True))
        case.finish("a")
        case.start("c", 2)
        case.finish("b")
        assert case.live() == ["d"]
        assert case.states("c") == ["cancelled"]

    def test_descendants_of_what_was_live_are_absorbed_too(self):
        case = Case.of(
            human("a", "b", "c", split="all"), human("b", "d"), human("c", "e"), human("e", "d"),
            human("d", join="any"),
        )  # fmt: skip
        case.finish("a")
        case.finish("b")
        case.finish("c")
        assert "step.absorbed" in case.finish("e")

    def test_a_sibling_of_the_first_arrival_is_absorbed(self):
        case = Case.of(human("a", "d", "b", split="all"), human("b", "d"), human("d", join="any"))
        case.finish("a")
        assert case.live() == ["b", "d"]
        assert "step.absorbed" in case.finish("b")


class TestForEach:
    def tasks(self, **fields):
        return human("a", "z", for_each="input.items", **fields), human("z")

    def of(self, items, **fields):
        return Case.of(*self.tasks(**fields), input={"items": items})

    def test_one_child_an_item_and_a_list_of_outputs(self):
        case = self.of([10, 20])
        assert [s.item for s in case.run.steps if s.parent] == [10, 20]
        children = [s.number for s in case.run.steps if s.parent]
        for number in reversed(children):
            case.do(Assign(step=number, assignee=person(1)))
            case.do(Complete(step=number, data={"got": number}))
        assert case.live() == ["z"]
        assert case.run.steps[0].output == [{"got": children[0]}, {"got": children[1]}]

    def test_the_task_begins_when_the_first_of_its_items_does(self):
        case = self.of([1, 2])
        assert case.run.steps[0].started_at is None
        for number in (3, 2):
            case.do(Assign(step=number, assignee=person(1), start_working=True))
        parent, _, first = case.run.steps
        assert parent.started_at == first.started_at == case.run.started_at is not None

    def test_at_most_concurrency_children_are_live(self):
        case = self.of([1, 2, 3], concurrency=1)
        seen = []
        for _ in range(3):
            (child,) = [s for s in case.run.steps if s.parent and s.is_live]
            seen.append(child.item)
            case.do(Assign(step=child.number, assignee=person(1)))
            case.do(Complete(step=child.number, data={}))
        assert seen == [1, 2, 3]
        assert case.live() == ["z"]

    def test_an_empty_list_completes_at_once(self):
        case = self.of([])
        assert case.live() == ["z"]
        assert case.run.steps[0].output == []

    @pytest.mark.parametrize(("rule", "outputs"), [("skip", [None, {}]), ("collect", ["code", {}])])
    def test_an_item_that_fails_can_be_skipped_or_collected(self, rule, outputs):
        case = self.of([1, 2], on_item_error=rule)
        first, second = [s.number for s in case.run.steps if s.parent]
        case.do(Fail(step=first, comment="bad"))
        case.do(Assign(step=second, assignee=person(1)))
        case.do(Complete(step=second, data={}))
        found = case.run.steps[0].output
        assert [("code" if one and "code" in one else one) for one in found] == outputs

    def test_an_item_that_fails_fails_the_task(self):
        case = self.of([1, 2])
        case.do(Fail(step=2, comment="bad"))
        assert case.run.state == "failed"
        assert case.run.error["code"] == "item"

    def test_a_cancelled_item_counts_as_null(self):
        case = self.of([1])
        case.do(CancelStep(step=2))
        assert case.run.steps[0].output == [None]

    @pytest.mark.parametrize("items", ["text", list(range(10_001)), None])
    def test_what_is_no_list_or_too_long_is_the_failure_rule(self, items):
        assert self.of(items).run.error["code"] == "for_each"

    def test_a_list_that_cannot_be_evaluated_is_the_failure_rule(self):
        case = Case.of(*self.tasks(), input={})
        assert case.run.error["code"] == "for_each"

    def test_conditions_of_the_next_task_see_the_list(self):
        case = Case.of(
            human("a", way("z", "size(output) == 1"), for_each="input.items"), human("z"), input={"items": [1]}
        )
        case.do(Assign(step=2, assignee=person(1)))
        case.do(Complete(step=2, data={}))
        assert case.live() == ["z"]


def test_cancel_ends_everything_and_unassigns():
    case = Case.of(human("a"), human("b"), start=("a", "b"))
    case.start("a")
    assert "run.cancelled" in case.do(CancelRun(reason="gone"))
    assert (case.run.state, case.run.cancel_reason) == ("cancelled", "gone")
    assert {s.state for s in case.run.steps} == {"cancelled"}
    assert {s.account_id for s in case.run.steps} == {None}
    with pytest.raises(Conflict):
        case.do(CancelRun())


def test_cancelling_the_only_live_step_cancels_the_run():
    case = Case.of(human("a", "b"), human("b"))
    case.finish("a")
    case.do(CancelStep(step=2))
    assert case.run.state == "cancelled"


def test_cancelling_one_of_two_branches_lets_the_other_finish():
    case = Case.of(human("a"), human("b"), start=("a", "b"))
    case.do(CancelStep(step=1))
    case.finish("b", {"n": 1})
    assert (case.run.state, case.run.output) == ("completed", {"n": 1})
