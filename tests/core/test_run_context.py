from datetime import UTC, datetime, timedelta

from casework.core.assignment import OUTCOME, STATES, STATUS, STATUS_RANK, TASK_STATUS
from casework.core.condition import compile_condition
from casework.core.run import OPEN, TERMINAL, current_step
from casework.core.run_context import build_context, named, without_private
from casework.core.step import ENDED, LIVE
from casework.core.syntax import NAMES
from tests.core.cases import START, Case, human, way

MEMBER = {"id": 1, "name": "Ada Lovelace", "first_name": "Ada", "age": -1, "data": {"x": 1}, "form_data": {"y": 2}}


def context(case, *, output=None, **beside):
    return build_context(case.run, output=output, now=case.now, beside=beside)


def test_every_name_that_an_expression_may_use_has_a_value():
    assert context(Case.of(human("a"))).keys() == set(NAMES)


def test_what_was_not_loaded_is_an_empty_map_so_that_has_says_no():
    values = context(Case.of(human("a")))
    assert (values["member"], values["chat"], values["workflow"]) == ({}, {}, {})
    assert compile_condition("has(chat.id)").decide(values).value is False
    assert compile_condition("has(chat.id)").decide(values).error is None


def test_what_was_loaded_is_there():
    values = context(Case.of(human("a")), member=MEMBER, chat={"id": 9}, workflow={"key": "flow"})
    assert compile_condition("member.first_name == 'Ada' && member.age < 0 && chat.id == 9").decide(values).value
    assert compile_condition("workflow.key == 'flow'").decide(values).value


def test_run_and_assignment_are_the_same_thing_in_the_words_of_assignments():
    case = Case.of(human("a"), input={"amount": 3})
    values = context(case)
    assert values["run"] == values["assignment"]
    assert values["run"]["status"] == "pending"
    assert values["run"]["created_at"] == "2026-03-02T09:00:00.000Z"
    assert values["run"]["started_at"] is None
    case.start("a")
    assert context(case)["assignment"]["status"] == "active"


def test_the_task_is_the_current_one_unless_a_step_is_named():
    case = Case.of(human("a", "b"), human("b"))
    assert context(case)["task"] == {"key": "a", "name": "A", "kind": "human", "visit": 1}
    ended = case.step("a")
    case.finish("a")
    assert context(case)["task"]["key"] == "b"
    named_step = build_context(case.run, output=None, now=case.now, beside={}, step=ended)
    assert named_step["task"]["key"] == "a"


def test_a_run_that_ended_has_no_task():
    case = Case.of(human("a"))
    case.finish("a", {"done": True})
    assert current_step(case.run) is None
    assert context(case)["task"] == {}


def test_tasks_tell_the_output_of_their_last_completed_visit():
    case = Case.of(human("a", way("a", "output.again == true"), way("b")), human("b"))
    assert context(case)["tasks"] == {"a": {"output": None, "visit": 1}}
    case.finish("a", {"again": True})
    assert context(case)["tasks"] == {"a": {"output": {"again": True}, "visit": 2}}
    case.finish("a", {"again": False})
    assert context(case)["tasks"] == {
        "a": {"output": {"again": False}, "visit": 2},
        "b": {"output": None, "visit": 1},
    }


def test_items_of_a_fan_out_are_told_by_their_parent():
    case = Case.of(human("each", "end", for_each="input.items"), human("end"), input={"items": [1, 2]})
    assert context(case)["tasks"] == {"each": {"output": None, "visit": 1}}


def test_now_is_an_instant_and_can_be_compared():
    values = context(Case.of(human("a")))
    assert compile_condition("now > timestamp('2026-01-01T00:00:00Z')").decide(values).value
    assert compile_condition("now - timestamp(run.created_at) < duration('1h')").decide(values).value


def test_business_hours_are_monday_to_friday_nine_to_five_in_utc():
    case = Case.of(human("a"))

    def is_business_hours(at):
        return build_context(case.run, output=None, now=at, beside={})["is_business_hours"]

    monday = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert is_business_hours(monday)
    assert not is_business_hours(monday - timedelta(milliseconds=1))
    assert is_business_hours(monday.replace(hour=16, minute=59))
    assert not is_business_hours(monday.replace(hour=17))
    assert is_business_hours(monday + timedelta(days=4))
    assert not is_business_hours(monday + timedelta(days=5))
    assert not is_business_hours(monday + timedelta(days=6))


def test_only_what_expressions_name_is_loaded():
    assert named({"input", "output", "chat", "now"}) == {"chat"}
    assert named(()) == frozenset()


def test_people_see_no_private_data():
    values = context(Case.of(human("a")), member=MEMBER)
    shown = without_private(values)
    assert (shown["member"]["data"], shown["member"]["form_data"]) == ({}, {})
    assert shown["member"]["name"] == "Ada Lovelace"
    assert values["member"]["data"] == {"x": 1}


def test_a_case_without_a_member_still_shows_empty_maps():
    assert without_private(context(Case.of(human("a"))))["member"] == {"data": {}, "form_data": {}}


def test_every_state_has_its_word():
    assert STATUS.keys() == OPEN | TERMINAL
    assert TASK_STATUS.keys() == LIVE | ENDED
    assert OUTCOME.keys() == TERMINAL
    assert {state for states in STATES.values() for state in states} == OPEN | TERMINAL


def test_statuses_sort_by_the_alphabet():
    assert [status for status, _ in sorted(STATUS_RANK.items(), key=lambda pair: pair[1])] == sorted(STATES)


def test_the_clock_of_a_case_starts_in_business_hours():
    assert build_context(Case.of(human("a")).run, output=None, now=START, beside={})["is_business_hours"] is True


def test_names_that_no_expression_uses_are_not_worked_out():
    case = Case.of(human("a"), input={"amount": 3})
    values = build_context(case.run, output=None, now=case.now, beside={}, names={"input", "task"})
    whole = context(case)
    assert values == {"input": whole["input"], "task": whole["task"]}
