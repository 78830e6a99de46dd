"""Section 2, assignments (S004): changed, cancelled, switched to another task; and what self-access allows."""

from typing import Any

import pytest

from tests.conformance.client import ABSENT_ID, UUID, Caller, Case, done, refused
from tests.conformance.scenes import RUNS, Desk
from tests.conformance.test_assignments import ASSIGNMENT, TASK

CHOICES: dict[str, Any] = {
    "casework": 1,
    "key": "choices",
    "tasks": [
        {
            "key": "triage",
            "kind": "human",
            "next": [
                {"to": "refund", "when": "output.topic == 'billing'"},
                {"to": "repair", "when": "output.topic == 'fault' && output.sure"},
                {"to": "close"},
            ],
        },
        {"key": "refund", "kind": "human"},
        {"key": "repair", "kind": "human"},
        {"key": "close", "kind": "human", "next": [{"to": "archive"}]},
        {"key": "archive", "kind": "human"},
    ],
}


# To change one


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("title", "Printer smokes", "Printer smokes"),
        ("priority", 80, 80),
        ("dueAt", "2030-02-04T12:00:00Z", "2030-02-04T12:00:00.000Z"),
        ("dueAt", "2030-02-04T14:00:00.123+02:00", "2030-02-04T12:00:00.123Z"),
        ("dueAt", None, None),
    ],
)
def test_any_field_alone_is_changed_and_nothing_else(desk: Desk, name: str, value: Any, shown: Any):
    case = desk.case(title="Printer", priority=10)
    before = case.assignment()

    after = done(desk.ada.put(case.path, {name: value}))

    assert after.keys() == ASSIGNMENT
    assert after[name] == shown
    moving = {name, "updatedAt", "pipelineSeconds", "liveSeconds", "workingSeconds"}
    assert {key: after[key] for key in ASSIGNMENT - moving} == {key: before[key] for key in ASSIGNMENT - moving}


def test_data_is_merged_over_what_is_saved_on_the_current_task(desk: Desk):
    case = desk.case()

    done(desk.ada.put(case.path, {"data": {"topic": "billing", "note": "first"}}))
    done(desk.ada.put(case.path, {"data": {"note": "second"}}))

    assert case.task("classify")["data"] == {"topic": "billing", "note": "second"}
    assert case.activities()[0]["data"] == {"topic": "billing", "note": "second"}


def test_memberid_hands_it_over_which_needs_assignments_write(desk: Desk):
    case = desk.case()
    writer = desk.workspace.member(scopes=["assignments:write"])

    refused(desk.ada.put(case.path, {"memberId": desk.bob.member_id}), 403)
    handed = done(writer.put(case.path, {"memberId": desk.bob.member_id}))

    assert handed["memberId"] == desk.bob.member_id
    refused(desk.ada.get(case.path), 403)
    assert desk.bob.get(case.path).status_code == 200


def test_an_empty_change_changes_nothing(desk: Desk):
    case = desk.case()
    before = case.assignment()

    after = done(desk.ada.put(case.path, {}))

    assert (after["updatedAt"], after["title"]) == (before["updatedAt"], before["title"])


def test_if_match_is_honoured(desk: Desk):
    case = desk.case()
    old = desk.ada.get(case.path).headers["etag"]
    changed = desk.ada.put(case.path, {"title": "One"}, if_match=old)
    assert (changed.status_code, changed.headers["etag"] != old) == (200, True)

    refused(desk.ada.put(case.path, {"title": "Two"}, if_match=old), 412)

    assert case.assignment()["title"] == "One"
    assert desk.ada.get(case.path).headers["etag"] == changed.headers["etag"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("colour", {"colour": "red"}),
        ("status", {"status": "completed"}),
        ("title", {"title": None}),
        ("title", {"title": 7}),
        ("priority", {"priority": "high"}),
        ("dueAt", {"dueAt": "tomorrow"}),
        ("dueAt", {"dueAt": 1234567890}),
        ("dueAt", {"dueAt": "2030-02-30T00:00:00Z"}),
        ("memberId", {"memberId": ABSENT_ID}),
        ("memberId", {"memberId": "bob"}),
        ("data", {"data": "text"}),
        ("data", {"data": None}),
        ("colour", {"title": "kept?", "colour": "red"}),
    ],
)
def test_a_bad_change_is_400_names_the_field_and_changes_nothing(desk: Desk, name: str, body: dict[str, Any]):
    case = desk.case(title="As it was")
    before = case.assignment()

    assert name in refused(desk.manager.put(case.path, body), 400)

    assert case.assignment()["updatedAt"] == before["updatedAt"]
    assert case.assignment()["title"] == "As it was"


@pytest.mark.parametrize("state", ["completed", "failed", "cancelled"])
def test_one_that_has_ended_is_not_changed_any_more(desk: Desk, state: str):
    case = RUNS[state](desk)
    before = case.assignment()

    refused(desk.ada.put(case.path, {"title": "Too late"}), 409)

    assert case.assignment() == before


# To cancel one


@pytest.mark.parametrize("state", ["pending", "running", "paused", "resumed"])
def test_cancel_ends_what_is_pending_or_active(desk: Desk, state: str):
    case = RUNS[state](desk)

    cancelled = done(desk.ada.post(f"{case.path}/cancel", {"reason": "Asked for twice"}))

    assert cancelled.keys() == ASSIGNMENT
    assert (cancelled["status"], cancelled["cancelReason"]) == ("cancelled", "Asked for twice")
    assert cancelled["cancelledAt"] == cancelled["completedAt"] is not None


@pytest.mark.parametrize("state", ["completed", "failed", "cancelled"])
def test_cancel_is_409_unless_pending_or_active(desk: Desk, state: str):
    case = RUNS[state](desk)
    before = case.assignment()

    refused(desk.ada.post(f"{case.path}/cancel", {}), 409)

    assert case.assignment() == before


@pytest.mark.parametrize("body", [None, {}, {"reason": None}])
def test_a_reason_is_not_required(desk: Desk, body: Any):
    case = desk.case()

    assert done(desk.ada.post(f"{case.path}/cancel", body))["cancelReason"] is None


@pytest.mark.parametrize("body", [{"reason": 7}, {"why": "no"}, [], "no", {"reason": "x" * 1_000_000}])
def test_a_bad_cancel_is_400_and_cancels_nothing(desk: Desk, body: Any):
    case = desk.case()

    refused(desk.ada.post(f"{case.path}/cancel", body), 400)

    assert case.assignment()["status"] == "pending"


# To switch its current task


@pytest.fixture(scope="module")
def choices(desk: Desk) -> dict[str, Any]:
    workflow = desk.workspace.publish(CHOICES)
    desk.workspace.allow(workflow, desk.ada, desk.bob)
    return workflow


def select(who: Caller, case: Case, key: str, **headers: str):
    return who.put(f"{case.path}/tasks/{case.task(key)['id']}/select", **headers)


def test_select_switches_the_current_task_when_its_condition_is_true(desk: Desk, choices):
    case = desk.case(workflow=choices)
    done(desk.ada.put(case.path, {"data": {"topic": "billing"}}))

    chosen = done(select(desk.ada, case, "refund"))

    assert chosen.keys() == TASK
    assert (chosen["taskKey"], chosen["isCurrent"], chosen["status"]) == ("refund", True, "current")
    assert UUID.fullmatch(chosen["uuid"])
    assert case.assignment()["currentAssignmentTaskId"] == chosen["id"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"topic": "billing", "sure": True}, "output.topic == 'fault'"),
        ({"topic": "fault", "sure": False}, "output.sure"),
        ({}, "output.topic"),
        ({"topic": "fault", "sure": "perhaps"}, "output.sure"),
    ],
)
def test_a_condition_that_is_false_or_errs_is_409_with_why(desk: Desk, choices, data: dict[str, Any], why: str):
    case = desk.case(workflow=choices)
    done(desk.ada.put(case.path, {"data": data}))
    before = case.assignment()

    assert why in refused(select(desk.ada, case, "repair"), 409)

    after = case.assignment()
    assert (after["currentTaskId"], after["updatedAt"]) == (before["currentTaskId"], before["updatedAt"])


def test_a_way_without_a_condition_is_always_open(desk: Desk, choices):
    assert done(select(desk.ada, desk.case(workflow=choices), "close"))["isCurrent"]


def test_where_no_way_leads_is_409(desk: Desk, choices):
    refused(select(desk.ada, desk.case(workflow=choices), "archive"), 409)


def test_the_step_left_in_progress_is_paused_not_completed(desk: Desk, choices):
    case = desk.case(workflow=choices)
    case.start(desk.ada)

    done(select(desk.ada, case, "close"))

    seen = case.view()
    assert seen.step("triage") == ("paused", "running", "current")
    assert seen.task("triage")["exitedAt"] is None


def test_a_task_left_behind_can_be_switched_back_to(desk: Desk, choices):
    case = desk.case(workflow=choices)
    done(select(desk.ada, case, "close"))

    back = done(select(desk.ada, case, "triage"))

    assert (back["isCurrent"], back["visit"]) == (True, 1)


def test_to_select_the_current_task_changes_nothing(desk: Desk, choices):
    case = desk.case(workflow=choices)
    before = case.assignment()["updatedAt"]

    assert done(select(desk.ada, case, "triage"))["isCurrent"]

    assert case.assignment()["updatedAt"] == before


@pytest.mark.parametrize("state", ["completed", "failed", "cancelled"])
def test_select_in_a_terminal_assignment_is_409(desk: Desk, state: str):
    case = RUNS[state](desk)

    refused(select(desk.ada, case, "review"), 409)


def test_select_of_another_assignments_task_is_404(desk: Desk):
    case, other = desk.case(), desk.case()

    for wrong in (other.task("resolve")["id"], case.id * 4096 + 4000, ABSENT_ID, 0):
        refused(desk.ada.put(f"{case.path}/tasks/{wrong}/select"), 404)
    refused(desk.ada.put(f"{case.path}/tasks/resolve/select"), 400)


# Self-access


CALLS: dict[str, tuple[str, str, str]] = {
    "read": ("GET", "", "read"),
    "cel-context": ("GET", "/cel-context", "read"),
    "current-task-detail": ("GET", "/current-task-detail", "read"),
    "messages": ("GET", "/messages", "read"),
    "task": ("GET", "/tasks/{task}", "read"),
    "update": ("PUT", "", "write"),
    "select": ("PUT", "/tasks/{task}/select", "write"),
    "cancel": ("POST", "/cancel", "write"),
}
"""What is asked of an assignment, and the level of assignments that it needs for others'."""


def call(who: Caller, case: Case, name: str, *, assignment_id: int | None = None):
    method, path, _ = CALLS[name]
    address = f"{case.workspace.path}/assignments/{assignment_id or case.id}"
    body = None if method == "GET" else {}
    return who.send(method, address + path.format(task=case.task("classify")["id"]), json=body)


@pytest.mark.parametrize("name", CALLS)
def test_a_member_does_it_in_its_own_assignments(desk: Desk, name: str):
    done(call(desk.ada, desk.case(), name))


@pytest.mark.parametrize("name", CALLS)
def test_for_others_it_is_403_without_the_scope_and_404_when_absent(desk: Desk, name: str):
    case = desk.case()

    refused(call(desk.bob, case, name), 403)
    refused(call(desk.bob, case, name, assignment_id=ABSENT_ID), 404)

    assert case.assignment()["status"] == "pending"


@pytest.mark.parametrize("level", ["read", "write"])
@pytest.mark.parametrize("name", CALLS)
def test_for_others_it_is_assignments_read_to_read_and_write_to_change(desk: Desk, name: str, level: str):
    case = desk.case()
    who = desk.workspace.member(scopes=[f"assignments:{level}"])

    answer = call(who, case, name)

    may = CALLS[name][2] == "read" or level == "write"
    assert answer.status_code == (200 if may else 403), answer.text


def test_the_list_without_the_scope_is_forced_to_mine(desk: Desk):
    own, _ = desk.case(desk.bob), desk.case(desk.ada)

    found = done(desk.bob.get(f"{desk.path}/assignments", mine="false", pageSize=500))["items"]

    assert {item["memberId"] for item in found} == {desk.bob.member_id}
    assert own.id in {item["id"] for item in found}


def test_to_list_another_memberid_without_the_scope_is_403(desk: Desk):
    refused(desk.bob.get(f"{desk.path}/assignments", memberId=desk.ada.member_id), 403)
    assert desk.bob.get(f"{desk.path}/assignments", memberId=desk.bob.member_id).status_code == 200
