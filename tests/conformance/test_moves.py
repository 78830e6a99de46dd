"""Section 0, step states: the table of actions, who may take them, and the one thing that a person works on."""

import pytest

from tests.conformance.client import WORK, Caller, Case, act, done, refused
from tests.conformance.scenes import Desk

REFUSE = None

MOVES = {
    "assign": {"ready": "assigned", "assigned": REFUSE, "in_progress": REFUSE, "paused": REFUSE},
    "reassign": {"ready": REFUSE, "assigned": "assigned", "in_progress": "assigned", "paused": "assigned"},
    "unassign": {"ready": REFUSE, "assigned": "pending", "in_progress": "pending", "paused": "pending"},
    "process": {"ready": REFUSE, "assigned": "in-progress", "in_progress": REFUSE, "paused": "in-progress"},
    "pause": {"ready": REFUSE, "assigned": REFUSE, "in_progress": "paused", "paused": REFUSE},
    "save": {"ready": "pending", "assigned": "assigned", "in_progress": "in-progress", "paused": "paused"},
    "complete": {"ready": REFUSE, "assigned": "completed", "in_progress": "completed", "paused": "completed"},
    "error": {"ready": "errored", "assigned": "errored", "in_progress": "errored", "paused": "errored"},
    "cancel": {"ready": "canceled", "assigned": "canceled", "in_progress": "canceled", "paused": "canceled"},
}
"""The table of actions, by the status that each leads to; lead, who supervises, acts on an activity of lead's own."""

TERMINAL = ("completed", "failed", "cancelled", "skipped")

WORDS = {
    "ready": "pending",
    "assigned": "assigned",
    "in_progress": "in-progress",
    "paused": "paused",
    "completed": "completed",
    "failed": "errored",
    "cancelled": "canceled",
    "skipped": "skipped",
}


def bring(desk: Desk, state: str, who: Caller) -> tuple[Case, str]:
    """A run whose first activity is in that state, of `who`; and that activity's id."""
    case = desk.case(who)
    uuid = case.task("classify")["uuid"]
    for action, body in STEPS[state]:
        done(act(who, uuid, action, body))
    if state == "skipped":
        done(who.put(f"{case.path}/tasks/{case.task('resolve')['id']}/select"))
        case.finish(who, task="resolve")
    return case, uuid


STEPS = {
    "ready": [],
    "assigned": [("assign", {})],
    "in_progress": [("assign", {"start_working": True})],
    "paused": [("assign", {"start_working": True}), ("pause", {})],
    "completed": [("assign", {"start_working": True}), ("complete", {"data": {"topic": "fault"}})],
    "failed": [("assign", {"start_working": True}), ("error", {})],
    "cancelled": [("assign", {}), ("cancel", {})],
    "skipped": [("assign", {}), ("save", {"data": {"topic": "fault"}})],
}


def body_of(desk: Desk, action: str) -> dict:
    return {
        "assign": {"account_id": desk.bob.account_id},
        "reassign": {"account_id": desk.bob.account_id},
        "save": {"data": {"note": "Called back."}},
        "complete": {"data": {"topic": "fault"}},
    }.get(action, {})


def read(desk: Desk, uuid: str) -> dict:
    return done(desk.manager.get(f"{WORK}/activities/{uuid}"))["data"]["attributes"]


@pytest.mark.parametrize("state", ["ready", "assigned", "in_progress", "paused"])
@pytest.mark.parametrize("action", MOVES)
def test_an_action_leads_where_the_table_says_or_is_refused_with_409(desk: Desk, action: str, state: str):
    _, uuid = bring(desk, state, desk.lead)

    answer = act(desk.lead, uuid, action, body_of(desk, action))

    if (expected := MOVES[action][state]) is REFUSE:
        assert WORDS[state] in refused(answer, 409), "the detail says the state it is in"
        expected = WORDS[state]
    else:
        assert done(answer)["data"]["attributes"]["status"] == expected
    assert read(desk, uuid)["status"] == expected


@pytest.mark.parametrize("state", TERMINAL)
def test_every_action_on_what_has_ended_is_refused_and_changes_nothing(desk: Desk, state: str):
    _, uuid = bring(desk, state, desk.lead)
    before = done(desk.manager.get(f"{WORK}/activities/{uuid}"))

    for action in MOVES:
        refused(act(desk.lead, uuid, action, body_of(desk, action)), 409)

    assert before["data"]["attributes"]["status"] == WORDS[state]
    assert done(desk.manager.get(f"{WORK}/activities/{uuid}")) == before


def test_assign_with_start_working_begins_at_once(desk: Desk):
    case = desk.case()

    begun = case.moved(desk.ada, "assign", {"start_working": True})

    assert begun["status"] == "in-progress"
    assert begun["assigned_account_id"] == desk.ada.account_id
    assert begun["started_at"]


def test_to_assign_the_same_person_again_is_a_no_op_200(desk: Desk):
    case, uuid = bring(desk, "assigned", desk.ada)
    before = done(desk.ada.get(f"{WORK}/activities/{uuid}"))["data"]
    etag = desk.ada.get(f"{WORK}/activities/{uuid}").headers["etag"]

    again = case.move(desk.ada, "assign")

    steady = ("status", "assigned_account_id", "started_at", "created_at", "working_seconds")
    attributes = done(again)["data"]["attributes"]
    assert {name: attributes[name] for name in steady} == {name: before["attributes"][name] for name in steady}
    assert again.headers["etag"] == etag


def test_reassign_from_work_closes_the_work_period_and_gives_it_to_the_new_one(desk: Desk):
    case, _ = bring(desk, "in_progress", desk.ada)

    handed = case.moved(desk.ada, "reassign", {"account_id": desk.bob.account_id})

    assert (handed["status"], handed["assigned_account_id"]) == ("assigned", desk.bob.account_id)
    assert open_periods(desk, case) == []


@pytest.mark.parametrize("action", ["unassign", "cancel"])
def test_unassign_and_cancel_leave_nobody_on_it_and_no_open_work_period(desk: Desk, action: str):
    case, uuid = bring(desk, "in_progress", desk.ada)

    done(act(desk.lead, uuid, action))

    assert read(desk, uuid)["assigned_account_id"] is None
    assert open_periods(desk, case) == []


def open_periods(desk: Desk, case: Case) -> list[dict]:
    query = {"filter[work_unit_id]": case.id, "filter[ended_at]": ""}
    return done(desk.manager.get(f"{WORK}/work_periods", query))["data"]


@pytest.mark.parametrize("action", ["save", "error"])
def test_save_and_error_on_what_nobody_took_are_a_supervisors_only(desk: Desk, action: str):
    _, uuid = bring(desk, "ready", desk.ada)

    refused(act(desk.ada, uuid, action, body_of(desk, action)), 403)

    assert read(desk, uuid)["status"] == "pending"
    done(act(desk.lead, uuid, action, body_of(desk, action)))


@pytest.mark.parametrize("state", ["assigned", "paused"])
def test_process_is_refused_when_the_caller_is_not_its_assignee(desk: Desk, state: str):
    _, uuid = bring(desk, state, desk.ada)

    refused(act(desk.bob, uuid, "process"), 403)
    assert WORDS[state] in refused(act(desk.lead, uuid, "process"), 409), "who may act on it is told the state"

    assert read(desk, uuid)["status"] == WORDS[state]


@pytest.mark.parametrize("action", ["reassign", "unassign", "pause", "save", "complete", "error"])
def test_a_colleague_does_nothing_with_what_is_anothers(desk: Desk, action: str):
    _, uuid = bring(desk, "in_progress", desk.ada)

    refused(act(desk.bob, uuid, action, body_of(desk, action)), 403)

    assert read(desk, uuid)["status"] == "in-progress"


def test_a_person_has_at_most_one_open_work_period_starting_one_activity_pauses_the_other(desk: Desk):
    first, uuid = bring(desk, "in_progress", desk.ada)
    second, other = bring(desk, "in_progress", desk.ada)

    assert read(desk, uuid)["status"] == "paused"
    assert read(desk, other)["status"] == "in-progress"
    assert open_periods(desk, first) == []
    query = {"filter[account_id]": desk.ada.account_id, "filter[ended_at]": ""}
    (period,) = done(desk.manager.get(f"{WORK}/work_periods", query))["data"]
    assert period["relationships"]["work_unit"]["data"]["id"] == str(second.id)


def test_process_takes_up_what_was_paused_and_puts_the_other_aside(desk: Desk):
    _, uuid = bring(desk, "in_progress", desk.ada)
    _, other = bring(desk, "in_progress", desk.ada)

    done(act(desk.ada, uuid, "process"))

    assert (read(desk, uuid)["status"], read(desk, other)["status"]) == ("in-progress", "paused")


def test_two_people_work_at_the_same_time(desk: Desk):
    _, uuid = bring(desk, "in_progress", desk.ada)
    bring(desk, "in_progress", desk.bob)

    assert read(desk, uuid)["status"] == "in-progress"


@pytest.mark.parametrize("state", STEPS)
def test_working_is_at_most_live_and_live_at_most_pipeline_on_every_step_and_run(desk: Desk, state: str):
    case, _ = bring(desk, state, desk.ada)
    seen = case.view()

    for clocks in (*seen.activities, seen.work_unit):
        assert 0 <= clocks["working_seconds"] <= clocks["live_seconds"] <= clocks["pipeline_seconds"]
    run = seen.assignment
    assert 0 <= run["workingSeconds"] <= run["liveSeconds"] <= run["pipelineSeconds"]


def test_clocks_stand_still_where_their_time_is_over(desk: Desk):
    case, uuid = bring(desk, "completed", desk.ada)
    case.finish(desk.ada)

    before, after = read(desk, uuid), read(desk, uuid)

    assert before == after
    assert case.work_unit() == case.work_unit()


def test_working_seconds_counts_hands_on_it_and_live_seconds_the_pause_too(desk: Desk):
    _, uuid = bring(desk, "paused", desk.ada)
    first, second = read(desk, uuid), read(desk, uuid)

    assert second["working_seconds"] == first["working_seconds"]
    assert second["live_seconds"] >= first["live_seconds"] >= first["working_seconds"]
