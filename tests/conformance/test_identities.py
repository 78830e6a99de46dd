"""Section 0, one model and five views: how the same thing is called on every surface, and how instants are written."""

from itertools import pairwise

import pytest

from tests.conformance.client import INSTANT, UUID, WORK, done, instants, refused
from tests.conformance.scenes import RUNS, SUPPORT, Desk


def test_workspace_is_workspace_uuid_and_org_id(desk: Desk):
    flow = f"/analytics/org/{desk.workspace.uuid}/flows/{desk.workflow['uuid']}"

    assert desk.manager.get(flow).status_code == 200
    assert desk.manager.get(f"{desk.path}/assignments").status_code == 200


def test_workflow_is_workflow_id_and_workflowid_uuid_and_flow_id_and_project(desk: Desk):
    case = desk.case()
    seen = case.view()
    (activity,) = case.resources()

    assert seen.assignment["workflowId"] == desk.workflow["id"]
    assert seen.assignment["workflowUuid"] == seen.chat_run["workflowId"] == desk.workflow["uuid"]
    assert activity["relationships"]["project"]["data"] == {"type": "workflow/projects", "id": str(desk.workflow["id"])}


def test_the_decimal_id_of_a_workflow_is_accepted_as_flow_id_too(desk: Desk):
    desk.case()
    flows = f"/analytics/org/{desk.workspace.uuid}/flows"

    by_uuid = done(desk.manager.get(f"{flows}/{desk.workflow['uuid']}"))
    by_id = done(desk.manager.get(f"{flows}/{desk.workflow['id']}"))

    assert by_id == by_uuid != []


def test_task_is_task_id_and_step_id_by_key_and_node(desk: Desk):
    case = desk.case()
    seen = case.view()
    (activity,) = case.resources()

    assert [step["id"] for step in seen.chat_run["steps"]] == [task["taskKey"] for task in seen.assignment["tasks"]]
    assert seen.assignment["currentTaskId"] == desk.task_id("classify")
    assert activity["relationships"]["node"]["data"] == {"type": "workflow/nodes", "id": str(desk.task_id("classify"))}


def test_run_is_assignment_id_and_workflow_run_and_run_id_and_work_unit(desk: Desk):
    case = desk.case()
    seen = case.view()
    (activity,) = case.resources()

    assert seen.assignment["id"] == case.id
    assert seen.assignment["uuid"] == seen.chat_run["id"] == seen.summary["run_id"] == seen.work_unit["uuid"]
    assert seen.work_unit["id"] == str(case.id)
    unit = {"type": "workflow/work_units", "id": str(case.id)}
    assert activity["relationships"]["work_unit"]["data"] == unit


def test_step_is_the_uuid_of_the_assignment_task_and_the_activity(desk: Desk):
    seen = desk.case().view()

    assert [one["id"] for one in seen.activities] == [seen.task("classify")["uuid"]]
    assert UUID.fullmatch(seen.task("classify")["uuid"])
    assert seen.task("resolve")["uuid"] is None


def test_chat_is_chat_id_and_chat_uuid_and_conversation_id(desk: Desk):
    seen = desk.case().view()

    chat = done(desk.manager.get(f"{desk.path}/chats/{seen.assignment['chatId']}"))
    assert chat["uuid"] == seen.assignment["chatUuid"] == seen.chat_run["chatId"] == seen.summary["conversation_id"]


def test_account_is_the_user_and_ran_by_id_and_account_id(desk: Desk):
    case = desk.case()
    case.moved(desk.ada, "assign")
    seen = case.view()

    assert seen.activity("classify")["assigned_account_id"] == desk.ada.account_id
    assert seen.summary["ran_by_type"] == "personal_api_key"
    chats = done(desk.ada.get(f"/api/users/{desk.ada.account_uuid}/chats"))["data"]["chats"]
    assert case.made["chatUuid"] in {chat["id"] for chat in chats}


def test_member_is_member_id_which_is_not_the_account_id(desk: Desk):
    case = desk.case()
    case.moved(desk.ada, "assign")
    seen = case.view()

    assert seen.assignment["memberId"] == desk.ada.member_id
    assert seen.task("classify")["assignedMemberId"] == desk.ada.member_id
    assert desk.ada.member_id != desk.ada.account_id


def test_assignment_task_id_is_run_id_times_4096_plus_the_tasks_ordinal_in_its_workflow(desk: Desk):
    case = desk.case()

    ids = {task["taskKey"]: task["id"] for task in case.assignment()["tasks"]}

    assert ids == {"classify": case.id * 4096 + 1, "resolve": case.id * 4096 + 2, "review": case.id * 4096 + 3}


def test_task_ids_and_ordinals_are_stable_across_versions(desk: Desk):
    workflow = desk.workspace.publish(SUPPORT)
    old = desk.case(desk.manager, workflow=workflow)
    classify, resolve, review = SUPPORT["tasks"]
    triage = {"key": "triage", "kind": "human", "next": [{"to": "classify"}]}
    changed = {**SUPPORT, "key": workflow["key"], "tasks": [triage, review, classify, resolve]}

    second = done(desk.manager.put(f"{desk.path}/workflows/{workflow['id']}", changed))
    new = desk.case(desk.manager, workflow=workflow)

    ids = {task["key"]: task["id"] for task in workflow["tasks"]}
    assert {task["key"]: task["id"] for task in second["tasks"] if task["key"] in ids} == ids
    ordinals = [
        {task["taskKey"]: task["id"] - case.id * 4096 for task in case.assignment()["tasks"]} for case in (old, new)
    ]
    assert ordinals == [
        {"classify": 1, "resolve": 2, "review": 3},
        {"classify": 1, "resolve": 2, "review": 3, "triage": 4},
    ]
    assert (second["version"], old.assignment()["workflowVersionNumber"]) == (2, 1)


def test_a_workflow_has_at_most_4095_tasks(desk: Desk):
    def chain(length: int) -> dict:
        links = [{"key": f"t{n}", "kind": "human", "next": [{"to": f"t{n + 1}"}]} for n in range(1, length)]
        return {"casework": 1, "key": "long", "tasks": [*links, {"key": f"t{length}", "kind": "human"}]}

    refused(desk.manager.post(f"{desk.path}/workflows/validate", chain(4096)), 400)
    done(desk.manager.post(f"{desk.path}/workflows/validate", chain(4095)))


def test_a_task_not_reached_is_shown_without_a_visit(desk: Desk):
    task = desk.case().task("review")

    assert (task["uuid"], task["visit"], task["status"], task["data"], task["output"]) == (None, 0, "pending", {}, None)
    assert (task["enteredAt"], task["startedAt"], task["exitedAt"], task["assignedMemberId"]) == (None,) * 4


def test_a_task_is_shown_by_its_last_visit(desk: Desk):
    loop = {
        "casework": 1,
        "key": "loop",
        "tasks": [{"key": "ask", "kind": "human", "next": [{"to": "ask", "when": "output.again"}, {"to": "end"}]}],
    }
    case = desk.case(desk.manager, workflow=desk.workspace.publish(loop))
    case.finish(desk.manager, {"again": True})
    seen = case.view()

    assert (seen.task("ask")["visit"], seen.task("ask")["status"]) == (2, "current")
    assert seen.chat_step("ask") == {"id": "ask", "status": "pending", "startedAt": None, "completedAt": None}
    assert [one["status"] for one in seen.activities] == ["completed", "pending"]
    assert len(seen.chat_run["steps"]) == len(seen.assignment["tasks"]) == 1


@pytest.mark.parametrize("state", RUNS)
def test_all_instants_are_utc_with_milliseconds_and_z_on_every_surface(desk: Desk, state: str):
    seen = RUNS[state](desk).view()

    views = (seen.chat_run, seen.summary, seen.assignment, seen.work_unit, seen.activities)
    written = [at for view in views for at in instants(view)]
    assert len(written) > len(views)
    assert [at for at in written if not INSTANT.fullmatch(at)] == []


def test_an_instant_is_the_same_on_every_surface(desk: Desk):
    seen = RUNS["completed"](desk).view()

    assert seen.chat_run["startedAt"] == seen.assignment["startedAt"] == seen.work_unit["started_at"]
    assert seen.chat_run["completedAt"] == seen.assignment["completedAt"] == seen.work_unit["completed_at"]
    assert seen.summary["date"] == seen.assignment["createdAt"] == seen.work_unit["created_at"]
    first = seen.activity("classify")
    assert first["started_at"] == seen.task("classify")["startedAt"] == seen.chat_step("classify")["startedAt"]
    assert first["completed_at"] == seen.task("classify")["exitedAt"] == seen.chat_step("classify")["completedAt"]
    assert first["created_at"] == seen.task("classify")["enteredAt"]
    times = [seen.assignment[name] for name in ("createdAt", "startedAt", "completedAt")]
    assert all(earlier <= later for earlier, later in pairwise(times))


def test_the_same_run_is_a_work_unit_and_an_assignment_whoever_made_it(desk: Desk):
    body = {"project_id": desk.workflow["id"], "name": "Order 4711"}
    unit = done(desk.ada.post(f"{WORK}/work_units", body), 201)["data"]

    assignment = done(desk.ada.get(f"{desk.path}/assignments/{unit['id']}"))

    assert (assignment["uuid"], assignment["title"]) == (unit["attributes"]["uuid"], "Order 4711")
    assert assignment["memberId"] == desk.ada.member_id
