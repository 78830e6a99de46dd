"""SEMANTICS, Current task and Select; CONTRACT section 2, select."""

import pytest

from casework.core.command import CancelRun, Complete, Process, Save, Select, Update
from casework.core.draft import Draft
from casework.core.errors import Conflict
from casework.core.run import current_step
from casework.core.switch import way_on
from tests.core.cases import LEAD, START, Case, actor, human, way


def current(case):
    step = current_step(case.run)
    return None if step is None else step.task


def test_the_current_task_is_the_first_live_one_in_topological_order():
    case = Case.of(human("a", "c", "b", split="all"), human("b"), human("c", "b"))
    assert current(case) == "a"
    case.finish("a")
    assert case.live() == ["b", "c"]
    assert current(case) == "c"


def test_a_run_that_ended_has_no_current_task():
    case = Case.of(human("a"))
    case.finish("a")
    assert current(case) is None


def test_a_task_with_a_live_step_can_be_selected():
    case = Case.of(human("a"), human("b"), start=("a", "b"))
    case.start("a")
    assert case.do(Select(task="b")) == ["step.paused", "run.selected"]
    assert current(case) == "b"
    assert case.states("a") == ["paused"]
    assert case.do(Select(task="b")) == []


def test_a_selected_task_is_current_while_it_is_live():
    case = Case.of(human("a"), human("b"), start=("a", "b"))
    case.do(Select(task="b"))
    case.finish("b")
    assert current(case) == "a"
    assert case.run.is_open


def test_a_target_of_an_open_transition_can_be_selected():
    case = Case.of(human("a", way("b", "output.n > 1"), way("c")), human("b"), human("c"))
    case.take("a")
    case.do(Save(step=1, data={"n": 2}))
    case.do(Select(task="b"))
    assert current(case) == "b"
    assert case.live() == ["a", "b"]


def test_a_condition_that_is_false_refuses_with_the_clause_that_decided():
    case = Case.of(human("a", way("b", "output.n > 1 && output.m == 2")), human("b"))
    case.take("a")
    case.do(Save(step=1, data={"n": 2, "m": 1}))
    with pytest.raises(Conflict, match=r"`output\.m == 2` is false"):
        case.do(Select(task="b"))


def test_a_condition_that_errs_refuses():
    case = Case.of(human("a", way("b", "output.n > 1")), human("b"))
    with pytest.raises(Conflict, match="could not be decided"):
        case.do(Select(task="b"))


def test_a_task_that_no_transition_leads_to_is_refused():
    case = Case.of(human("a", "b"), human("b", "c"), human("c"))
    with pytest.raises(Conflict, match="No transition leads from a to c"):
        case.do(Select(task="c"))


def test_steps_left_behind_do_not_hold_the_run_open():
    case = Case.of(human("a", "b"), human("b"))
    case.start("a")
    case.do(Select(task="b"))
    assert case.states("a") == ["paused"]
    assert "step.skipped" in case.finish("b", {"n": 1}, who=2)
    assert case.run.state == "completed"
    assert case.run.output == {"n": 1}
    assert case.states("a") == ["skipped"]


def test_selecting_the_step_left_behind_takes_it_up_again():
    case = Case.of(human("a", "b"), human("b"))
    case.do(Select(task="b"))
    assert case.step("a").is_left
    case.do(Select(task="a"))
    assert not case.step("a").is_left
    case.finish("b")
    assert case.live() == ["a"]


def test_a_join_is_not_held_by_what_was_left_behind():
    case = Case.of(human("a", "b"), human("b", join="all"))
    case.do(Select(task="b"))
    assert case.states("b") == ["ready"]


def test_an_ended_run_cannot_be_switched():
    case = Case.of(human("a", "b"), human("b"))
    case.do(CancelRun())
    with pytest.raises(Conflict, match="cancelled"):
        case.do(Select(task="b"))


def test_a_way_that_is_always_open_says_so():
    case = Case.of(human("a", way("b", "output.n > 1"), way("c")), human("b"), human("c"))
    draft = Draft(case.run, LEAD, case.now)
    assert way_on(draft, case.step("a"), "c") == (True, "This way is always open.")


class TestUpdate:
    def test_fields_are_set_and_named(self):
        case = Case.of(human("a"))
        case.do(Update(title="New", priority=80, due_at=START, member_id=4))
        assert (case.run.title, case.run.priority, case.run.due_at, case.run.member_id) == ("New", 80, START, 4)
        assert case.step("a").priority == 80

    def test_a_task_s_own_priority_stays(self):
        case = Case.of(human("a", priority=10))
        case.do(Update(priority=80))
        assert case.step("a").priority == 10

    def test_the_same_values_change_nothing(self):
        case = Case.of(human("a"))
        assert case.do(Update(title=case.run.title)) == []

    def test_data_is_saved_on_the_current_step(self):
        case = Case.of(human("a"))
        case.do(Update(data={"n": 1}))
        assert case.step("a").data == {"n": 1}

    def test_data_has_nowhere_to_go_while_children_work(self):
        case = Case.of(human("a", for_each="input.items"), input={"items": [1]})
        with pytest.raises(Exception, match="no activity"):
            case.do(Update(data={"n": 1}))


def test_states_of_a_run_over_its_life():
    case = Case.of(human("a", "b"), human("b"))
    seen = [case.run.state]
    case.take("a")
    seen.append(case.run.state)
    case.do(Process(step=1), actor(1))
    seen.append(case.run.state)
    case.do(Complete(step=1, data={}), actor(1))
    seen.append(case.run.state)
    case.start("b")
    seen.append(case.run.state)
    case.finish("b")
    seen.append(case.run.state)
    assert seen == ["pending", "pending", "running", "paused", "resumed", "completed"]
