"""What moves to another version, what stays where it is and why, and what is read anew (SEMANTICS, Versions)."""

from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from casework.core.actor import SYSTEM
from casework.core.command import (
    CancelRun,
    Claim,
    Complete,
    Fail,
    Migrate,
    Report,
    ReportFailure,
    ResolveIncident,
    Restore,
    Save,
    Suspend,
)
from casework.core.decide import decide
from casework.core.definition import Retry
from casework.core.errors import Conflict
from casework.core.migration import kept
from casework.core.obstacles import OBSTACLES, Immovable
from casework.core.version import compile_version
from casework.core.work import Ask
from tests.core.cases import LEAD, START, Case, human, way, workflow
from tests.core.flows import auto, call, ended, look, take, wait

WORKER = UUID(int=9)
TWICE = Retry(attempts=2)
FORM = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n", "why"]}


def command(case, *tasks, to=2, mapped=None, **fields):
    return Migrate(version=compile_version(workflow(*tasks, **fields)), number=to, migration=5, tasks=mapped or {})


def move(case, *tasks, mapped=None, **fields):
    """Move the run to a version of these tasks; what was decided."""
    decided = case.decided(command(case, *tasks, mapped=mapped, **fields))
    before, case.run = case.run, decided.run
    case.undo = Restore(version=before.version, number=before.number, migration=5, kept=kept(before, case.run))
    return decided


def reasons(case, *tasks, mapped=None, **fields):
    """Why it does not move: kind of obstacle and task."""
    with pytest.raises(Immovable) as caught:
        case.do(command(case, *tasks, mapped=mapped, **fields))
    assert all(one.code in OBSTACLES and one.message for one in caught.value.obstacles)
    return [(one.code, one.task) for one in caught.value.obstacles]


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


# Undoing


def test_a_call_names_the_step_as_it_was_so_that_one_on_another_task_is_called_for_anew():
    case = Case.of(program("=input.n"), human("b"), input={"n": 1})
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
