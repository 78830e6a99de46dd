"""SEMANTICS, People; CONTRACT section 0, the table of actions."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from casework.core.command import (
    Assign,
    CancelStep,
    Complete,
    Fail,
    Pause,
    Process,
    Reassign,
    Save,
    Unassign,
)
from casework.core.decide import decide, interrupt
from casework.core.decision import Decision
from casework.core.errors import Conflict, Denied, Invalid, NotFound
from casework.core.moves import MOVES, refusal
from casework.core.step import ENDED, LIVE
from tests.core.cases import LEAD, Case, actor, human, person

STATES = ("ready", "assigned", "in_progress", "paused", "completed", "failed", "cancelled")

ACTIONS = {
    "assign": lambda: Assign(step=1, assignee=person(2)),
    "reassign": lambda: Reassign(step=1, assignee=person(2)),
    "unassign": lambda: Unassign(step=1),
    "process": lambda: Process(step=1),
    "pause": lambda: Pause(step=1),
    "save": lambda: Save(step=1, data={"n": 1}),
    "complete": lambda: Complete(step=1, data={}),
    "error": lambda: Fail(step=1, comment="no"),
    "cancel": lambda: CancelStep(step=1),
}

LEADS_TO = {
    "assign": ("assigned", None, None, None),
    "reassign": (None, "assigned", "assigned", "assigned"),
    "unassign": (None, "ready", "ready", "ready"),
    "process": (None, "in_progress", None, "in_progress"),
    "pause": (None, None, "paused", None),
    "save": ("ready", "assigned", "in_progress", "paused"),
    "complete": (None, "completed", "completed", "completed"),
    "error": ("failed", "failed", "failed", "failed"),
    "cancel": ("cancelled", "cancelled", "cancelled", "cancelled"),
}
"""CONTRACT's table: for each action the state after it from ready, assigned, in_progress, paused; None is refused."""


def in_state(state):
    """A case whose first step is in that state, with person 1 on it where somebody is; another step stays live."""
    case = Case.of(human("a"), human("b"), start=("a", "b"))
    if state in ("assigned", "in_progress", "paused"):
        case.take("a", 1)
    if state in ("in_progress", "paused"):
        case.do(Process(step=1), actor(1))
    if state == "paused":
        case.do(Pause(step=1), actor(1))
    if state == "completed":
        case.finish("a")
    if state == "failed":
        case = Case.of(human("a", on_error="b"), human("b"), start=("a", "b"))
        case.do(Fail(step=1))
    if state == "cancelled":
        case.do(CancelStep(step=1))
    assert case.run.step(1).state == state
    return case


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", STATES)
def test_every_cell_of_the_table(state, action):
    case = in_state(state)
    by = actor(1) if action == "process" else LEAD
    index = STATES.index(state)
    expected = LEADS_TO[action][index] if index < 4 else None
    before = case.run
    if expected is None:
        with pytest.raises(Conflict, match=state.replace("_", " ")):
            case.do(ACTIONS[action](), by)
        assert case.run is before
    else:
        case.do(ACTIONS[action](), by)
        after = case.run.step(1)
        assert after.state == expected
        assert case.run.revision == before.revision + 1
        assert (after.open_since is None) == (after.state != "in_progress")
        assert refusal(state, action) is None


def test_the_table_has_no_move_out_of_an_end():
    assert not [pair for pair in MOVES if pair[0] in ENDED]
    assert {pair[0] for pair in MOVES} < LIVE


def test_whoever_completes_may_take_it_in_the_same_change():
    case = in_state("ready")
    assert case.do(Complete(step=1, data={"n": 1}, taker=person(1)), actor(1)) == ["step.assigned", "step.completed"]
    step = case.run.step(1)
    assert (step.state, step.account_id, step.member_id, step.working_ms) == ("completed", 10, 1, 0)
    assert (step.started_at, step.output) == (step.ended_at, {"n": 1})


def test_to_take_it_while_completing_is_refused_as_taking_it_is():
    case = Case.of(human("a", roles=("doctor",)))
    with pytest.raises(Invalid, match="none of the roles doctor"):
        case.do(Complete(step=1, data={}, taker=person(1, "nurse")), actor(1))
    assert case.run.step(1).state == "ready"
    with pytest.raises(Denied, match="Only its assignee"):
        in_state("assigned").do(Complete(step=1, data={}, taker=person(2)), actor(2))
    with pytest.raises(NotFound):
        in_state("ready").do(Complete(step=77, data={}, taker=person(1)), actor(1))


def test_who_has_it_completes_it_as_ever_though_they_would_take_it():
    case = in_state("in_progress")
    assert case.do(Complete(step=1, data={}, taker=person(1)), actor(1)) == ["step.completed"]


def test_assigning_the_same_person_again_changes_nothing():
    case = in_state("assigned")
    decided = case.decided(Assign(step=1, assignee=person(1)))
    assert decided == Decision(run=case.run)


def test_assigning_somebody_else_is_refused():
    with pytest.raises(Conflict, match="use reassign"):
        in_state("assigned").do(Assign(step=1, assignee=person(2)))


def test_assign_can_start_at_once():
    case = in_state("ready")
    assert case.do(Assign(step=1, assignee=person(1), start_working=True)) == ["step.assigned", "step.started"]
    assert case.run.step(1).state == "in_progress"
    assert case.run.state == "running"


@pytest.mark.parametrize(
    ("fields", "assignee", "why"),
    [
        ({}, person(1, in_project=False), "not a member of the project"),
        ({"roles": ("doctor",)}, person(1, "nurse"), "none of the roles doctor"),
        ({"exclude": ("z",)}, person(1), "excluded"),
    ],
)
def test_whoever_may_not_take_it_is_refused_with_the_reason(fields, assignee, why):
    case = Case.of(human("z", "a"), human("a", **fields))
    case.finish("z")
    with pytest.raises(Invalid, match=why) as refused:
        case.do(Assign(step=2, assignee=assignee))
    assert refused.value.problems[0].path == "/account_id"


def test_the_deny_list_wins_over_the_allow_list():
    case = Case.of(human("a"))
    step = case.run.step(1)
    for allow, deny, ok in (((10,), (), True), ((20,), (), False), ((10,), (10,), False), ((), (10,), False)):
        run = replace(case.run, steps=(replace(step, allow_ids=allow, deny_ids=deny),))
        decided = decide(run, Assign(step=1, assignee=person(1)), LEAD, case.now)
        assert isinstance(decided, Decision) is ok


def test_whoever_completed_the_excluded_task_s_children_is_excluded_too():
    case = Case.of(human("z", "a", for_each="input.items"), human("a", exclude=("z",)), input={"items": [1]})
    case.do(Assign(step=2, assignee=person(1)))
    case.do(Complete(step=2, data={}))
    assert case.step("a").deny_ids == (10,)


def test_only_the_assignee_may_start():
    case = in_state("assigned")
    with pytest.raises(Denied):
        case.do(Process(step=1), actor(2))
    with pytest.raises(Conflict, match="only its assignee"):
        case.do(Process(step=1), LEAD)


@pytest.mark.parametrize("action", ["reassign", "unassign", "pause", "save", "complete", "error", "cancel"])
def test_a_stranger_may_not(action):
    case = in_state("in_progress")
    with pytest.raises(Denied):
        case.do(ACTIONS[action](), actor(3))


@pytest.mark.parametrize("action", ["save", "error"])
def test_on_a_step_that_nobody_has_only_a_supervisor_may(action):
    with pytest.raises(Denied):
        in_state("ready").do(ACTIONS[action](), actor(1))


def test_whoever_the_case_is_assigned_to_may_cancel_its_activities():
    case = in_state("in_progress")
    assert case.run.member_id == 1
    case.do(CancelStep(step=1), actor(1))
    assert case.run.step(1).account_id is None


def test_saved_data_is_merged_and_the_completion_s_over_it():
    case = in_state("in_progress")
    case.do(Save(step=1, data={"a": 1, "b": 1}), actor(1))
    case.do(Save(step=1, data={"b": 2}), actor(1))
    case.do(Complete(step=1, data={"c": 3}), actor(1))
    assert case.run.step(1).output == {"a": 1, "b": 2, "c": 3}


def test_starting_another_step_of_the_run_pauses_this_one():
    case = in_state("in_progress")
    case.take("b", 1)
    assert case.do(Process(step=2), actor(1)) == ["step.paused", "step.started"]
    assert [step.state for step in case.run.steps] == ["paused", "in_progress"]


def test_starting_asks_for_the_work_in_other_runs_to_be_closed():
    case = in_state("assigned")
    assert case.decided(Process(step=1), actor(1)).interrupts == 10


def test_an_interrupted_run_pauses_what_that_person_works_on():
    case = in_state("in_progress")
    decided = interrupt(case.run, 10, actor(1), case.now)
    assert [event.type for event in decided.events] == ["step.paused"]
    assert decided.run.step(1).state == "paused"
    assert interrupt(decided.run, 10, actor(1), case.now) == Decision(run=decided.run)


def test_work_is_counted_while_hands_are_on_it():
    case = in_state("assigned")
    case.now += timedelta(minutes=10)
    begun = case.now
    case.do(Process(step=1), actor(1))
    case.now = begun + timedelta(minutes=5)
    case.do(Pause(step=1), actor(1))
    case.now = begun + timedelta(minutes=60)
    case.do(Process(step=1), actor(1))
    case.now = begun + timedelta(minutes=62)
    case.do(Complete(step=1, data={}), actor(1))
    step = case.run.step(1)
    assert step.working_ms == case.run.working_ms == 7 * 60_000
    assert (step.started_at, step.ended_at) == (begun, begun + timedelta(minutes=62))


def test_handing_over_closes_the_work_period():
    case = in_state("in_progress")
    case.do(Reassign(step=1, assignee=person(2)), actor(1))
    step = case.run.step(1)
    assert (step.account_id, step.member_id, step.open_since) == (20, 2, None)
    assert step.working_ms > 0


def test_time_never_goes_back():
    case = in_state("in_progress")
    early = decide(case.run, Pause(step=1), actor(1), case.run.created_at - timedelta(days=1))
    assert isinstance(early, Decision)
    assert early.run.updated_at == case.run.updated_at


def test_a_step_that_the_run_never_had_is_not_found():
    with pytest.raises(NotFound):
        in_state("ready").do(Pause(step=77))


def test_a_step_of_an_earlier_visit_has_ended():
    case = in_state("ready")
    case.run = replace(case.run, steps=case.run.steps[1:])
    with pytest.raises(Conflict, match="ended"):
        case.do(Pause(step=1))


def test_what_waits_for_its_children_is_nobody_s_activity():
    case = Case.of(human("a", for_each="input.items"), input={"items": [1]})
    with pytest.raises(Conflict, match="that no person does"):
        case.do(Assign(step=1, assignee=person(1)))
