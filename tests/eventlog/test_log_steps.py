"""The steps of a case, out of the events that tell of them."""

import io
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.eventlog import Case, Event, Performed, performed, read_csv
from casework.eventlog.event import in_order

STANDARD = ["schedule", "assign", "reassign", "start", "suspend", "resume", "complete", "autoskip", "manualskip"]
STANDARD += ["withdraw", "ate_abort", "pi_abort"]


def at(minute: int) -> datetime:
    return datetime(2024, 1, 1, 10, tzinfo=UTC) + timedelta(minutes=minute)


def event(told: str, minute: int) -> Event:
    """An event as `task[#instance] transition [resource]`."""
    task, lifecycle, *resource = told.split()
    task, _, instance = task.partition("#")
    attributes = {"concept:instance": instance} if instance else {}
    return Event(
        task=task, at=at(minute), lifecycle=lifecycle, resource=resource[0] if resource else None, attributes=attributes
    )


def steps(*told: str) -> tuple[Performed, ...]:
    """The steps of events a minute apart."""
    return performed(Case(id="1", events=tuple(event(each, minute) for minute, each in enumerate(told))))


def minutes(instant: datetime | None) -> int | None:
    return None if instant is None else int((instant - at(0)).total_seconds() // 60)


def clocks(step: Performed) -> tuple[int | None, ...]:
    return minutes(step.created_at), minutes(step.started_at), minutes(step.ended_at)


def periods(step: Performed) -> list[tuple[int | None, int | None]]:
    return [(minutes(start), minutes(end)) for start, end in step.periods]


def test_of_a_log_of_completions_each_event_is_a_step_created_at_the_completion_before():
    first, second, third = steps("A complete Ann", "B complete Bob", "A complete")
    assert first == Performed(task="A", resource="Ann", created_at=at(0), started_at=at(0), ended_at=at(0))
    assert second == Performed(task="B", resource="Bob", created_at=at(0), started_at=at(1), ended_at=at(1))
    assert third == Performed(task="A", resource=None, created_at=at(1), started_at=at(2), ended_at=at(2))


def test_a_step_keeps_the_attributes_of_its_event():
    case = Case(id="1", events=(Event(task="A", at=at(0), attributes={"cost": 5}),))
    assert performed(case)[0].attributes == {"cost": 5}


def test_the_whole_life_of_a_step_is_one_step_with_its_periods():
    (step,) = steps("A schedule", "A assign Ann", "A start Ann", "A suspend Ann", "A resume Ann", "A complete Ann")
    assert (step.resource, step.ended, clocks(step), periods(step)) == ("Ann", "complete", (0, 2, 5), [(2, 3), (4, 5)])


def test_start_and_complete_make_one_step_created_when_the_step_before_it_ended():
    first, second = steps("A start", "A complete", "B start", "B complete")
    assert (clocks(first), periods(first)) == ((0, 0, 1), [(0, 1)])
    assert (clocks(second), periods(second)) == ((1, 2, 3), [(2, 3)])


def test_a_completion_after_a_schedule_alone_is_a_start_and_an_end_in_one():
    (step,) = steps("A schedule", "A assign Ann", "A complete Ann")
    assert (clocks(step), periods(step)) == ((0, 2, 2), [])


def test_a_step_completed_while_suspended_has_no_period_after_its_suspension():
    (step,) = steps("A start", "A suspend", "A complete")
    assert (clocks(step), periods(step)) == ((0, 0, 2), [(0, 1)])


def test_a_period_of_no_length_is_left_out():
    case = Case(id="1", events=(event("A start", 0), event("A complete", 0)))
    assert performed(case) == (Performed(task="A", resource=None, created_at=at(0), started_at=at(0), ended_at=at(0)),)


@pytest.mark.parametrize("skip", ["autoskip", "manualskip"])
def test_a_skip_completes_a_step_without_starting_it(skip):
    fresh, scheduled, running = steps(f"A {skip}", "B schedule", f"B {skip}", "C start", f"C {skip}")
    assert (fresh.ended, clocks(fresh)) == ("complete", (0, None, 0))
    assert (scheduled.ended, clocks(scheduled)) == ("complete", (1, None, 2))
    assert (running.ended, clocks(running), periods(running)) == ("complete", (2, 3, 4), [(3, 4)])


@pytest.mark.parametrize("abort", ["withdraw", "ate_abort", "pi_abort"])
def test_a_withdrawal_or_abort_cancels_a_step(abort):
    fresh, scheduled, running = steps(f"A {abort}", "B schedule", f"B {abort}", "C start", f"C {abort}")
    assert (fresh.ended, clocks(fresh)) == ("cancel", (0, None, 0))
    assert (scheduled.ended, clocks(scheduled)) == ("cancel", (1, None, 2))
    assert (running.ended, clocks(running), periods(running)) == ("cancel", (2, 3, 4), [(3, 4)])


def test_an_abort_of_the_process_cancels_all_that_is_open_and_nothing_that_has_ended():
    found = steps("A start", "A complete", "B start", "C schedule", "B pi_abort")
    assert [(step.task, step.ended, minutes(step.ended_at)) for step in found] == [
        ("A", "complete", 1),
        ("B", "cancel", 4),
        ("C", "cancel", 4),
    ]


def test_an_abort_of_one_step_leaves_the_others_open():
    assert [(step.task, step.ended) for step in steps("B start", "C start", "B ate_abort")] == [
        ("B", "cancel"),
        ("C", "open"),
    ]


def test_what_is_open_when_the_events_end_is_open_and_says_since_when_it_runs():
    scheduled, suspended, running = steps("A schedule", "B start", "B suspend", "C start")
    assert [step.ended for step in (scheduled, suspended, running)] == ["open"] * 3
    assert [clocks(step) for step in (scheduled, suspended, running)] == [(0, None, None), (1, 1, None), (3, 3, None)]
    assert [minutes(step.running_since) for step in (scheduled, suspended, running)] == [None, None, 3]
    assert periods(suspended) == [(1, 2)]


def test_steps_come_by_their_end_and_open_ones_last_as_they_were_opened():
    found = steps("A start", "B start", "C start", "D start", "C complete", "A complete")
    assert [step.task for step in found] == ["C", "A", "B", "D"]


def test_steps_that_end_at_the_same_instant_come_in_the_order_of_the_file():
    text = "case,task,time\n" + "".join(f"1,{task},2024-01-01\n" for task in "CAB")
    (case,) = read_csv(io.BytesIO(text.encode()))
    assert [step.task for step in performed(case)] == ["C", "A", "B"]


def test_instances_are_told_apart_by_their_name():
    first, second = steps("A#1 start Ann", "A#2 start Ann", "A#2 complete Ann", "A#1 complete Ann")
    assert (first.attributes["concept:instance"], periods(first)) == ("2", [(1, 2)])
    assert (second.attributes["concept:instance"], periods(second)) == ("1", [(0, 3)])


def test_an_instance_told_twice_to_be_there_or_to_run_is_still_one():
    (step,) = steps("A#1 schedule", "A#1 schedule", "A#1 start", "A#1 start", "A#1 complete")
    assert (clocks(step), periods(step)) == ((0, 2, 4), [(2, 4)])


def test_an_instance_of_the_same_name_after_its_end_is_another():
    assert [clocks(step) for step in steps("A#1 complete", "A#1 complete")] == [(0, 0, 0), (0, 1, 1)]


def test_without_names_the_events_of_a_resource_belong_to_its_own_instance():
    first, second = steps("A start Ann", "A start Bob", "A complete Bob", "A complete Ann")
    assert (first.resource, periods(first)) == ("Bob", [(1, 2)])
    assert (second.resource, periods(second)) == ("Ann", [(0, 3)])


def test_without_names_the_oldest_instance_of_a_resource_comes_first():
    first, second = steps("A start Ann", "A start Ann", "A complete Ann", "A complete Ann")
    assert (periods(first), periods(second)) == ([(0, 2)], [(1, 3)])


def test_an_instance_of_nobody_goes_before_one_of_somebody_else():
    for_ann, for_any = steps("A schedule Ann", "A schedule", "A start Bob")
    assert (for_ann.resource, minutes(for_ann.started_at)) == ("Ann", None)
    assert (for_any.resource, minutes(for_any.started_at)) == ("Bob", 2)


def test_somebody_else_may_go_on_with_a_step_and_is_then_its_resource():
    (step,) = steps("A schedule Ann", "A start Bob", "A suspend Bob", "A resume Cid", "A complete Dot")
    assert (step.resource, periods(step)) == ("Dot", [(1, 2), (3, 4)])


@pytest.mark.parametrize("done_to_it", ["suspend", "withdraw", "ate_abort", "pi_abort"])
def test_whoever_suspends_or_ends_a_step_from_outside_is_not_its_resource(done_to_it):
    assert steps("A start Ann", f"A {done_to_it} Boss")[0].resource == "Ann"
    assert steps("A start", f"A {done_to_it} Boss")[0].resource == "Boss"


def test_a_step_handed_over_while_it_runs_goes_on_running():
    (step,) = steps("A start Ann", "A reassign Bob", "A complete Bob")
    assert (step.resource, periods(step)) == ("Bob", [(0, 2)])


def test_each_schedule_without_a_name_announces_another_step():
    assert [clocks(step) for step in steps("A schedule", "A schedule", "A complete", "A complete")] == [
        (0, 2, 2),
        (1, 3, 3),
    ]


def test_a_second_start_without_a_name_is_another_step():
    assert len(steps("A schedule", "A start", "A complete", "A start", "A complete")) == 2


@pytest.mark.parametrize("transition", ["unknown", "in progress", "validate"])
def test_a_transition_outside_the_standard_is_a_completion_where_nothing_is_open(transition):
    own = Event(task="A", at=at(0), lifecycle=transition)
    assert [step.ended for step in performed(Case(id="1", events=(own, own)))] == ["complete", "complete"]


def test_a_transition_outside_the_standard_changes_nothing_of_what_is_open():
    (step,) = steps("A start Ann", "A validate Ann", "A complete Ann")
    assert (clocks(step), periods(step)) == ((0, 0, 2), [(0, 2)])


def test_a_suspension_and_a_resumption_out_of_nowhere_are_a_step_nonetheless():
    (step,) = steps("A suspend", "A resume", "A complete")
    assert (clocks(step), periods(step)) == ((0, 1, 2), [(1, 2)])


def test_a_case_without_events_has_no_steps():
    assert performed(Case(id="1")) == ()


events = st.builds(
    Event,
    task=st.sampled_from("AB"),
    at=st.integers(0, 20).map(at),
    resource=st.sampled_from([None, "Ann", "Bob"]),
    lifecycle=st.sampled_from([*STANDARD, "unknown"]),
    attributes=st.sampled_from([{}, {}, {"concept:instance": "1"}, {"concept:instance": "2"}]),
)


@given(st.lists(events, max_size=30))
def test_whatever_the_events_the_clocks_of_every_step_are_in_order(told):
    found = performed(Case(id="1", events=in_order(told)))
    assert {step.task for step in found} == {each.task for each in told}
    ended = [step.ended_at for step in found if step.ended_at is not None]
    assert ended == sorted(ended)
    assert [step.ended == "open" for step in found] == [False] * len(ended) + [True] * (len(found) - len(ended))
    for step in found:
        inside = [instant for period in step.periods for instant in period]
        line = [step.created_at, step.started_at, *inside, step.running_since, step.ended_at]
        assert all(before <= after for before, after in pairwise(each for each in line if each is not None))
        assert all(start < end for start, end in step.periods)
        assert step.running_since is None or step.ended == "open"


@given(st.lists(events, max_size=30))
def test_whatever_was_told_each_completion_ends_one_step(told):
    found = performed(Case(id="1", events=in_order(told)))
    completions = sum(each.lifecycle in {"complete", "autoskip", "manualskip"} for each in told)
    assert sum(step.ended == "complete" for step in found) >= completions
