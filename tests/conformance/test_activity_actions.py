"""Section 5, the activity surface (S003): who takes an activity, completes it, and what the actions answer."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conformance.client import WORK, Caller, Case, act, done, refused
from tests.conformance.scenes import PLAIN, Desk
from tests.conformance.test_activities import ATTRIBUTES

FOUR_EYES: dict[str, Any] = {
    "casework": 1,
    "key": "four_eyes",
    "tasks": [
        {"key": "write", "kind": "human", "next": [{"to": "check"}]},
        {"key": "check", "kind": "human", "exclude": ["tasks.write"]},
    ],
}


def read(desk: Desk, uuid: str) -> dict[str, Any]:
    return done(desk.manager.get(f"{WORK}/activities/{uuid}"))["data"]["attributes"]


def fresh_activity(desk: Desk, **fields: Any) -> str:
    return desk.case(**fields).assignment()["tasks"][0]["uuid"]


ACTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "assign": ("ready", {"start_working": False}),
    "process": ("assigned", {}),
    "pause": ("in_progress", {}),
    "save": ("in_progress", {"data": {"note": "x"}}),
    "complete": ("in_progress", {"data": {"topic": "fault"}}),
    "error": ("in_progress", {"data": {"comment": "No."}}),
    "cancel": ("ready", {}),
    "reassign": ("assigned", {"account_id": 0}),
    "unassign": ("assigned", {}),
}
"""The state that each action is taken in, and its body."""

BEFORE = {
    "ready": [],
    "assigned": [("assign", {})],
    "in_progress": [("assign", {"start_working": True})],
}


def prepared(desk: Desk, action: str) -> tuple[str, dict[str, Any]]:
    """An activity of ada's to take that action on, and the body for it."""
    state, body = ACTIONS[action]
    uuid = fresh_activity(desk)
    for earlier, sent in BEFORE[state]:
        done(act(desk.ada, uuid, earlier, sent))
    return uuid, {**body, "account_id": desk.bob.account_id} if action == "reassign" else body


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_answers_200_with_the_rendered_activity(desk: Desk, action: str):
    uuid, body = prepared(desk, action)

    answer = act(desk.ada, uuid, action, body)

    document = done(answer)
    assert document.keys() == {"data"}
    assert document["data"].keys() == {"type", "id", "attributes", "relationships"}
    assert (document["data"]["type"], document["data"]["id"]) == ("workflow/activities", uuid)
    assert document["data"]["attributes"].keys() == ATTRIBUTES
    assert answer.headers["etag"]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_body_may_repeat_the_id_and_no_other(desk: Desk, action: str):
    uuid, body = prepared(desk, action)
    other = fresh_activity(desk)

    assert "id" in refused(act(desk.ada, uuid, action, {**body, "id": other}), 422)
    done(act(desk.ada, uuid, action, {**body, "id": uuid}))


@pytest.mark.parametrize("action", ["process", "pause", "cancel", "unassign", "error", "assign"])
def test_an_action_that_needs_no_body_takes_none(desk: Desk, action: str):
    uuid, _ = prepared(desk, action)
    method = "POST" if action in ("cancel", "error") else "PATCH"

    done(desk.ada.send(method, f"{WORK}/activities/{uuid}/{action}"))


# Assign


@pytest.mark.parametrize("body", [{}, {"start_working": False}, {"account_id": None, "start_working": False}])
def test_assign_without_account_id_is_the_caller(desk: Desk, body: dict[str, Any]):
    given = done(act(desk.ada, fresh_activity(desk), "assign", body))

    assert given["data"]["attributes"]["assigned_account_id"] == desk.ada.account_id


def test_assign_with_self_assigning_is_the_caller(desk: Desk):
    body = {"account_id": desk.bob.account_id, "self_assigning": True, "start_working": False}

    given = done(act(desk.ada, fresh_activity(desk), "assign", body))

    assert given["data"]["attributes"]["assigned_account_id"] == desk.ada.account_id


def test_to_assign_anothers_needs_the_supervisor_right_or_activities_write(desk: Desk):
    body = {"account_id": desk.bob.account_id, "start_working": False}
    uuid = fresh_activity(desk)

    refused(act(desk.ada, uuid, "assign", body), 403)
    assert read(desk, uuid)["status"] == "pending"

    done(act(desk.lead, uuid, "assign", body))
    writer = desk.workspace.member(scopes=["activities:write"])
    done(act(writer, fresh_activity(desk), "assign", body))


def test_the_assignee_must_be_a_member_of_the_project(desk: Desk):
    for account_id in (desk.outsider.account_id, 10**9):
        uuid = fresh_activity(desk)
        refused(act(desk.lead, uuid, "assign", {"account_id": account_id}), 422)
        assert read(desk, uuid)["assigned_account_id"] is None


def test_the_assignee_must_hold_one_of_actor_roles(desk: Desk):
    clerk = desk.workspace.member(actorRoles=["clerk"])
    desk.workspace.allow(desk.workflow, clerk)

    assert "agent" in refused(act(clerk, fresh_activity(desk), "assign"), 422)
    assert "agent" in refused(act(desk.lead, fresh_activity(desk), "assign", {"account_id": clerk.account_id}), 422)


def test_without_actor_roles_any_project_member_may_take_it(desk: Desk):
    case = desk.case(workflow=desk.pair)
    clerk = desk.workspace.member(actorRoles=["clerk"])
    desk.workspace.allow(desk.pair, clerk)

    assert case.moved(clerk, "assign", task="left")["status"] == "assigned"


def test_whoever_is_in_blacklisted_ids_may_not_take_it(desk: Desk):
    workflow = desk.workspace.publish(FOUR_EYES)
    desk.workspace.allow(workflow, desk.ada, desk.bob)
    case = desk.case(workflow=workflow)
    case.finish(desk.ada)

    assert case.activities()[1]["blacklisted_ids"] == [desk.ada.account_id]
    refused(case.move(desk.ada, "assign"), 422)
    refused(case.move(desk.manager, "assign", {"account_id": desk.ada.account_id}), 422)
    assert case.moved(desk.bob, "assign")["assigned_account_id"] == desk.bob.account_id


def test_reassign_asks_the_same_of_the_new_assignee(desk: Desk):
    uuid, _ = prepared(desk, "unassign")

    refused(act(desk.ada, uuid, "reassign", {"account_id": desk.outsider.account_id}), 422)

    assert read(desk, uuid)["assigned_account_id"] == desk.ada.account_id


# Save and complete


def test_save_keeps_the_data_without_completing(desk: Desk):
    uuid, _ = prepared(desk, "save")

    done(act(desk.ada, uuid, "save", {"data": {"topic": "billing", "note": "first"}}))
    saved = done(act(desk.ada, uuid, "save", {"data": {"note": "second"}}))["data"]["attributes"]

    assert (saved["status"], saved["data"], saved["output"]) == (
        "in-progress",
        {"topic": "billing", "note": "second"},
        None,
    )


def test_save_does_not_ask_the_data_to_fit_the_form_yet(desk: Desk):
    uuid, _ = prepared(desk, "save")

    assert done(act(desk.ada, uuid, "save", {"data": {"note": 7}}))["data"]["attributes"]["data"] == {"note": 7}


def test_complete_merges_data_over_what_was_saved_and_it_becomes_the_output(desk: Desk):
    case = desk.case()
    case.start(desk.ada)
    case.moved(desk.ada, "save", {"data": {"topic": "billing", "note": "first"}})
    uuid = case.task("classify")["uuid"]

    completed = done(act(desk.ada, uuid, "complete", {"data": {"topic": "fault"}}))["data"]["attributes"]

    assert completed["status"] == "completed"
    assert completed["output"] == completed["data"] == {"topic": "fault", "note": "first"}
    assert case.task("classify")["output"] == {"topic": "fault", "note": "first"}
    assert case.task("resolve")["isCurrent"], "the run moved on by what was merged"


def test_complete_tells_every_problem_with_a_pointer_and_changes_nothing(desk: Desk):
    case = desk.case()
    case.start(desk.ada)
    uuid = case.task("classify")["uuid"]
    before = desk.ada.get(f"{WORK}/activities/{uuid}")

    answer = act(desk.ada, uuid, "complete", {"data": {"topic": "weather", "amount": "many"}})

    refused(answer, 422)
    pointers = {error["source"]["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/data/topic", "/data/amount"}
    assert desk.ada.get(f"{WORK}/activities/{uuid}").headers["etag"] == before.headers["etag"]
    assert case.task("classify")["isCurrent"]


def test_what_is_required_and_missing_is_told_too(desk: Desk):
    uuid, _ = prepared(desk, "complete")

    assert "topic" in refused(act(desk.ada, uuid, "complete", {"data": {}}), 422)

    assert read(desk, uuid)["status"] == "in-progress"


def test_error_is_kept_with_its_comment(desk: Desk):
    case = desk.case()
    case.start(desk.ada)

    failed = case.moved(desk.ada, "error", {"data": {"comment": "The address is missing."}})

    assert failed["status"] == "errored"
    assert "The address is missing." in case.summary()["error"]


@pytest.mark.parametrize(
    ("action", "body"),
    [
        *(("assign", body) for body in ({"account_id": "ada"}, {"start_working": "yes"}, {"colour": "red"}, [], "x")),
        *(("assign", body) for body in ({"account_id": 1.5}, {"account_id": 10**30}, {"account_id": -1})),
        *(("reassign", body) for body in ({}, {"account_id": None}, {"account_id": "bob"}, {"account_id": [1]})),
        *(("save", body) for body in ({}, {"data": None}, {"data": []}, {"data": "x"}, {"data": {}, "colour": 1})),
        *(("complete", body) for body in ({}, {"data": None}, {"data": 7})),
        *(("error", body) for body in ({"data": "x"}, {"data": {"comment": 7}}, {"data": {}}, {"comment": "x"})),
        *(("process", body) for body in ({"colour": "red"}, [], "x", 7)),
        *(("pause", body) for body in ({"colour": "red"},)),
        *(("cancel", body) for body in ({"colour": "red"}, [])),
        *(("unassign", body) for body in ({"colour": "red"},)),
    ],
)
def test_a_bad_body_is_422_and_changes_nothing(desk: Desk, action: str, body: Any):
    uuid, _ = prepared(desk, action)
    before = desk.ada.get(f"{WORK}/activities/{uuid}")

    refused(act(desk.ada, uuid, action, body), 422)

    assert desk.ada.get(f"{WORK}/activities/{uuid}").headers["etag"] == before.headers["etag"]


@pytest.mark.parametrize("action", ACTIONS)
def test_malformed_json_is_400_and_changes_nothing(desk: Desk, action: str):
    uuid, _ = prepared(desk, action)
    method = "POST" if action in ("cancel", "error") else "PATCH"
    path = f"{WORK}/activities/{uuid}" + ("" if action == "save" else f"/{action}")
    before = desk.ada.get(f"{WORK}/activities/{uuid}").headers["etag"]

    for text in (b"{", b'{"data": }', b"\xff\xfe", b"{'data': 1}"):
        answer = desk.ada.send(method, path, content=text, headers={"content-type": "application/json"})
        refused(answer, 400)

    assert desk.ada.get(f"{WORK}/activities/{uuid}").headers["etag"] == before


# The next one


def line(desk: Desk) -> tuple[dict[str, Any], Caller]:
    """A project of its own, and somebody who works in it."""
    workflow = desk.workspace.publish(PLAIN)
    worker = desk.workspace.member()
    desk.workspace.allow(workflow, worker)
    return workflow, worker


def take(who: Caller, **body: Any) -> Any:
    return done(who.post(f"{WORK}/activities/next", body))["data"]


def test_next_takes_the_best_activity_for_the_caller(desk: Desk):
    workflow, worker = line(desk)
    low, high, late = (desk.case(desk.manager, workflow=workflow, priority=n) for n in (10, 90, 90))

    taken = [take(worker)["relationships"]["work_unit"]["data"]["id"] for _ in range(3)]

    assert taken == [str(case.id) for case in (high, late, low)]
    assert take(worker) is None, "nothing is left"
    assert high.task("only")["assignedMemberId"] == worker.member_id


def test_next_may_start_work_and_stay_in_one_project(desk: Desk):
    workflow, worker = line(desk)
    other, _ = line(desk)
    desk.workspace.allow(other, worker)
    desk.case(desk.manager, workflow=other, priority=90)
    case = desk.case(desk.manager, workflow=workflow, priority=10)

    taken = take(worker, project_id=workflow["id"], start_working=True)

    assert taken["relationships"]["work_unit"]["data"]["id"] == str(case.id)
    assert taken["attributes"]["status"] == "in-progress"
    refused(worker.post(f"{WORK}/activities/next", {"project_id": desk.workflow["id"]}), 404)


def test_next_gives_nobody_what_they_may_not_do(desk: Desk):
    assert take(desk.outsider) is None
    clerk = desk.workspace.member(actorRoles=["clerk"])
    desk.workspace.allow(desk.workflow, clerk)
    desk.case()

    assert take(clerk, project_id=desk.workflow["id"]) is None


def test_next_gives_two_that_ask_at_once_different_ones(desk: Desk):
    workflow, worker = line(desk)
    other = desk.workspace.member()
    desk.workspace.allow(workflow, other)
    cases: list[Case] = [desk.case(desk.manager, workflow=workflow) for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        taken = [one["id"] for one in pool.map(take, [worker, other] * 4)]

    assert len(set(taken)) == len(cases)
