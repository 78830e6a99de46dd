"""What moves to another version, what stays where it is and why, and what is read anew (SEMANTICS, Versions)."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from casework.core.command import (
    CancelRun,
    Complete,
    Fail,
    Save,
)
from casework.core.decide import decide
from casework.core.definition import Retry
from casework.core.errors import Conflict
from casework.core.obstacles import Immovable
from tests.core.cases import LEAD, Case, human, way
from tests.core.flows import auto
from tests.core.moves import command, move, reasons

WORKER = UUID(int=9)
TWICE = Retry(attempts=2)
FORM = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n", "why"]}


# What moves


def test_an_open_step_goes_on_by_the_ways_of_the_other_version():
    case = Case.of(human("a", "b"), human("b"))
    case.start("a")
    decided = move(case, human("a", way("c", "output.n > 1"), "b"), human("b"), human("c"))
    assert [(event.type, event.data) for event in decided.events] == [
        ("run.migrated", {"from": 1, "to": 2, "migration": 5, "steps": []})
    ]
    assert (case.run.number, case.step("a").state) == (2, "in_progress")
    case.do(Complete(step=1, data={"n": 2}))
    assert case.live() == ["c"]


def test_a_run_that_goes_by_the_version_does_not_move_to_it_nor_one_that_has_ended():
    case = Case.of(human("a"))
    with pytest.raises(Conflict, match="version 1 already"):
        case.do(command(case, human("a"), to=1))
    case.finish("a")
    with pytest.raises(Conflict, match="Cannot move it to another version: the run is completed"):
        case.do(command(case, human("a")))


def test_the_map_puts_a_step_on_another_task_as_its_next_visit():
    case = Case.of(human("a", "b"), human("b", way("a", "has(output.again)"), "end"))
    case.finish("a")
    case.finish("b", {"again": True})
    case.finish("a")
    case.take("b")
    decided = move(case, human("a", "c"), human("c"), mapped={"b": "c", "a": "a"})
    assert decided.events[0].data["steps"] == [{"step": 4, "from": "b", "to": "c"}]
    step = case.step("c")
    assert (step.number, step.visit, step.state, step.is_last) == (4, 1, "assigned", True)
    (left,) = [one for one in case.run.steps if one.task == "b"]
    assert (left.visit, left.is_last, left.is_output) == (1, True, True)
    assert case.do(Complete(step=4, data={}))[-1] == "run.completed"


def test_a_step_that_comes_to_a_task_that_was_visited_is_the_visit_after_these():
    case = Case.of(human("a", "b"), human("b"))
    case.finish("a")
    move(case, human("a"), mapped={"b": "a"})
    assert [(one.visit, one.is_last, one.is_output) for one in case.run.steps] == [(1, False, True), (2, True, False)]


def test_two_visits_at_once_go_along_in_their_order():
    case = Case.of(human("a", "b", "c", split="all"), human("b", "c"), human("c"))
    case.finish("a")
    case.finish("b")
    move(case, human("d"), mapped={"c": "d"})
    visits = [(step.visit, step.is_last) for step in case.run.steps if step.task == "d"]
    assert visits == [(1, False), (2, True)]


def test_steps_of_two_tasks_that_come_to_one_keep_the_order_of_their_visits_when_they_move_on():
    case = Case.of(human("a"), human("b"), start=("b", "a"))
    move(case, human("a"), mapped={"b": "a"})
    assert [(one.number, one.visit, one.is_last) for one in case.run.steps] == [(1, 2, True), (2, 1, False)]
    move(case, human("c"), mapped={"a": "c"}, to=3)
    assert [(one.task, one.visit, one.is_last) for one in case.run.steps] == [("c", 2, True), ("c", 1, False)]


def test_two_tasks_can_change_places():
    case = Case.of(human("a"), human("b"), start=("a", "b"))
    move(case, human("a"), human("b"), mapped={"a": "b", "b": "a"})
    assert [(one.task, one.visit, one.is_last) for one in case.run.steps] == [("b", 1, True), ("a", 1, True)]


def test_a_fan_out_goes_on_with_its_items_under_its_own_key_alone():
    case = Case.of(human("a", for_each="input.items", concurrency=1), input={"items": [1, 2, 3]})
    case.finish("a", {"n": 1})
    move(case, human("a", "b", for_each="input.items", concurrency=1, roles=("r",)), human("b"))
    for n in (2, 3):
        case.take("a", 1, "r")
        case.finish("a", {"n": n})
    assert case.step("a", live=False).state == "completed"
    assert [step.output for step in case.run.steps if step.kind == "for_each"] == [[{"n": 1}, {"n": 2}, {"n": 3}]]
    assert case.live() == ["b"]


def test_items_stay_with_the_task_that_they_are_items_of():
    case = Case.of(human("a", for_each="input.items"), input={"items": [1, 2]})
    case.finish("a")
    assert reasons(case, human("a"), human("b", for_each="input.items"), mapped={"a": "b"}) == [("beneath", "a")]
    assert reasons(case, human("a")) == [("kind", "a")]


def test_what_ended_before_stays_as_it_is_even_where_its_task_is_gone():
    case = Case.of(human("a", "b"), human("b", on_error="end"), output="task.name")
    case.finish("a", {"n": 1})
    move(case, human("b", on_error="end"), output="task.name")
    assert case.states("a") == ["completed"]
    case.do(Fail(step=case.step("b").number))
    assert (case.run.state, case.run.output) == ("completed", "a")


def test_the_version_that_expressions_see_is_the_new_one():
    case = Case.of(human("a"), output="workflow.version", context={"workflow": {"version": 1}})
    move(case, human("a"), output="workflow.version")
    case.finish("a")
    assert case.run.output == 2


# What stays where it is


def test_a_task_that_is_not_there_must_be_mapped_to_one_that_is():
    case = Case.of(human("a", for_each="input.items"), human("b"), start=("a", "b"), input={"items": [1]})
    assert reasons(case, human("c")) == [("task", "a"), ("task", "b")]
    assert reasons(case, human("b"), mapped={"b": "d"}) == [("task", "a"), ("task", "b")]


def test_another_kind_is_another_task():
    case = Case.of(human("a"))
    assert reasons(case, auto("a", "function", function="f", input={})) == [("kind", "a")]
    assert reasons(case, human("a", for_each="input.items")) == [("kind", "a")]


def test_input_that_does_not_fit_keeps_the_run():
    case = Case.of(human("a"), input={"n": "one"})
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["m"]}
    assert reasons(case, human("a"), input=schema) == [("input", None), ("input", None)]


def test_saved_data_must_fit_the_form_as_far_as_it_is_there():
    case = Case.of(human("a"))
    case.do(Save(step=1, data={"n": "one"}))
    assert reasons(case, human("a", form=FORM)) == [("form", "a")]
    case.do(Save(step=1, data={"n": 1}))
    move(case, human("a", form=FORM))


def test_what_was_done_must_still_be_undone():
    case = Case.of(human("a", "b", compensate="u"), human("b"), human("u"))
    case.finish("a")
    assert reasons(case, human("a", "b"), human("b")) == [("undoing", "a")]
    move(case, human("c", "b", compensate="v"), human("b"), human("v"), mapped={"a": "c"})
    case.do(CancelRun(reason="Ill."))
    assert case.live() == ["v"]
    with pytest.raises(Immovable, match="being undone"):
        case.do(command(case, human("v"), to=3))


def test_a_renamed_task_is_not_looked_back_at_under_its_new_name():
    case = Case.of(human("a", "b"), human("b"))
    case.finish("a")
    later = human("b", way("end", "tasks.c.output.n > 1"), otherwise="end")
    assert reasons(case, human("c", "b"), later, mapped={"a": "c"}) == [("output", "a")]
    assert reasons(case, human("c", "b"), human("b", exclude=("c",)), mapped={"a": "c"}) == [("output", "a")]
    move(case, human("c", "b"), human("b"), mapped={"a": "c"})


def test_a_visit_between_others_that_ended_stays_there():
    case = Case.of(human("a", "b", "c", split="all"), human("b", "c"), human("c"))
    case.finish("a")
    case.finish("b")
    second = max(step.number for step in case.run.steps if step.task == "c")
    case.take("c")
    case.do(Complete(step=second, data={}))
    assert [step.visit for step in case.run.steps if step.task == "c" and step.is_live] == [1]
    assert reasons(case, human("a"), human("d"), mapped={"c": "d"}) == [("visit", "c")]


# Joins


def joined(**fields):
    """Arrivals of b wait at j for c, and d is elsewhere."""
    tasks = (
        human("a", "b", "c", "d", split="all"),
        human("b", "j"),
        human("c", "j"),
        human("d"),
        human("j", join="all"),
    )
    case = Case.of(*tasks)
    case.finish("a")
    case.finish("b")
    assert case.live() == ["c", "d", "j"]
    return case


def test_arrivals_that_wait_go_along_and_are_no_last_visit_before_they_begin():
    case = joined()
    waiting = [one.number for one in case.run.steps if one.task == "j"]
    move(case, human("c", "k"), human("d"), human("k", join="all"), mapped={"j": "k"})
    assert [(one.task, one.visit, one.is_last) for one in case.run.steps if one.number in waiting] == [("k", 1, False)]
    case.finish("c")
    assert (case.step("k").state, case.step("k").is_last) == ("ready", True)


def test_arrivals_wait_on_as_long_as_what_they_wait_for_still_leads_there():
    case = joined()
    move(case, human("c", "j"), human("d", "j"), human("j", join="all"))
    case.finish("c")
    assert case.live() == ["d", "j"]  # one more branch leads there, and is waited for
    case.finish("d")
    assert case.step("j").state == "ready"


@pytest.mark.parametrize(
    ("tasks", "mapped", "why"),
    [
        ((human("c"), human("d"), human("j", join="all")), {}, "from where j is not reached"),
        ((human("c", "j"), human("d"), human("j")), {}, "it is not `join: all`"),
        ((human("c", "j"), human("j", join="all")), {"d": "j"}, "would be at j beside them"),
    ],
)
def test_arrivals_are_not_lost_and_no_join_begins_too_early(tasks, mapped, why):
    case = joined()
    with pytest.raises(Immovable, match=why):
        case.do(command(case, *tasks, mapped=mapped))


def test_a_branch_that_a_join_takes_in_needs_that_join():
    case = Case.of(human("a", "b", "c", split="all"), human("b", "j"), human("c", "j"), human("j", join="any"))
    case.finish("a")
    case.finish("b")
    assert reasons(case, human("c", "j"), human("j")) == [("join", "c")]
    move(case, human("c", "j"), human("j", join="any"))
    assert "step.absorbed" in case.finish("c")


# Undoing


def test_a_call_names_the_step_as_it_was_so_that_one_on_another_task_is_called_for_anew():
    case = Case.of(auto("a", "function", "b", function="f", arguments={"n": "=input.n"}), human("b"), input={"n": 1})
    moved = auto("c", "function", "b", function="f", arguments={"n": "=input.n"})
    assert [job.step for job in move(case, moved, human("b"), mapped={"a": "c"}).jobs] == [1]


def test_undone_a_run_is_as_it_was_before():
    case = Case.of(human("a", "b", compensate="u"), human("b", due=60), human("u"))
    case.finish("a")
    case.take("b")
    before = case.run
    new = (human("c", "d", compensate="u"), human("d", due=7200, roles=("r",)), human("u"))
    move(case, *new, mapped={"b": "d", "a": "c"})
    assert [done.task for done in case.run.undo] == ["c"]
    decided = case.decided(case.undo)
    assert decided.events[0].data == {"from": 2, "to": 1, "migration": 5, "undone": True}
    after = decided.run
    assert (after.number, after.version, after.undo) == (1, before.version, before.undo)
    assert [replace(step, revision=0) for step in after.steps] == [replace(step, revision=0) for step in before.steps]
    case.run = after
    with pytest.raises(Conflict, match="version 1 already"):
        case.do(case.undo)


def test_a_refused_move_changes_nothing():
    case = Case.of(human("a"))
    refused = decide(case.run, command(case, human("b")), LEAD, case.now)
    assert isinstance(refused.error, Immovable)
    assert case.run.number == 1
