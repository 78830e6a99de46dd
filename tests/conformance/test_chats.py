"""Section 3, the chat surface (S001): the workflow runs of a chat, and its siblings."""

from typing import Any

import pytest

from tests.conformance.client import ABSENT_ID, ABSENT_UUID, INSTANT, UUID, Case, done, refused
from tests.conformance.people import with_headers
from tests.conformance.scenes import PLAIN, RUNS, Desk

RUN = {"id", "chatId", "workflowId", "status", "startedAt", "completedAt", "steps"}
STEP = {"id", "status", "startedAt", "completedAt"}


def runs(desk: Desk, chat: str) -> list[dict[str, Any]]:
    body = done(desk.manager.get(f"/api/chats/{chat}/workflow-runs"))
    assert body.keys() == {"data"}
    assert body["data"].keys() == {"workflowRuns"}
    return body["data"]["workflowRuns"]


def open_chat(desk: Desk) -> dict[str, Any]:
    return done(desk.ada.post(f"{desk.path}/chats", {"title": "Late order"}), 201)


def start(desk: Desk, chat: str, **fields: Any) -> Any:
    body = {"content": "Go", "workflowId": desk.workflow["uuid"], **fields}
    return desk.ada.post(f"/api/chats/{chat}/messages", body)


# GET /api/chats/{chatId}/workflow-runs: what it answers


@pytest.mark.parametrize("state", RUNS)
def test_a_run_and_its_steps_have_exactly_these_fields(desk: Desk, state: str):
    case = RUNS[state](desk)

    (run,) = runs(desk, case.made["chatUuid"])

    assert run.keys() == RUN
    assert all(step.keys() == STEP for step in run["steps"])
    assert (run["id"], run["chatId"], run["workflowId"]) == (
        case.made["uuid"],
        case.made["chatUuid"],
        desk.workflow["uuid"],
    )


def test_the_answer_is_json(desk: Desk):
    case = desk.case()

    answer = desk.ada.get(f"/api/chats/{case.made['chatUuid']}/workflow-runs")

    assert answer.headers["content-type"].partition(";")[0] == "application/json"


def test_a_uuid_in_upper_case_is_the_same_chat(desk: Desk):
    assert len(runs(desk, desk.case().made["chatUuid"].upper())) == 1


def test_steps_are_in_the_definitions_topological_order_ties_in_order_of_definition(desk: Desk):
    keys = ["c", "b", "a", "last", "first"]
    tasks = [
        *({"key": key, "kind": "human", "next": [{"to": "last"}]} for key in keys[:3]),
        {"key": "last", "kind": "human"},
        {"key": "first", "kind": "human", "split": "all", "next": [{"to": key} for key in ("a", "b", "c")]},
    ]
    workflow = desk.workspace.publish({"casework": 1, "key": "ties", "start": ["first"], "tasks": tasks})

    run = desk.case(desk.manager, workflow=workflow).chat_run()

    assert [step["id"] for step in run["steps"]] == ["first", "c", "b", "a", "last"]


def test_a_task_not_reached_is_listed_as_pending_with_null_times(desk: Desk):
    run = desk.case().chat_run()

    assert [step["id"] for step in run["steps"]] == ["classify", "review", "resolve"]
    assert run["steps"][1:] == [
        {"id": key, "status": "pending", "startedAt": None, "completedAt": None} for key in ("review", "resolve")
    ]


def test_times_are_those_of_the_run_and_of_each_step(desk: Desk):
    run = RUNS["completed"](desk).chat_run()
    first, second, third = run["steps"]

    assert second == {"id": "review", "status": "pending", "startedAt": None, "completedAt": None}
    times = [run["startedAt"], first["completedAt"], third["startedAt"], third["completedAt"]]
    assert all(INSTANT.fullmatch(at) for at in times)
    assert times == sorted(times)
    assert (run["startedAt"], run["completedAt"]) == (first["startedAt"], third["completedAt"])


def test_runs_are_by_started_at_ascending_unstarted_last_by_creation(desk: Desk):
    chat = open_chat(desk)["uuid"]
    started = []
    for _ in range(2):
        sent = done(start(desk, chat), 201)["data"]
        case = case_of(desk, sent["workflowRunId"])
        case.start(desk.ada)
        done(desk.ada.post(f"{case.path}/cancel"))
        started.append(case.made["uuid"])
    never = done(start(desk, chat), 201)["data"]["workflowRunId"]
    done(desk.ada.post(f"{case_of(desk, never).path}/cancel"))
    waiting = done(start(desk, chat), 201)["data"]["workflowRunId"]

    shown = runs(desk, chat)

    assert [run["id"] for run in shown] == [*started, never, waiting]
    assert [run["startedAt"] is None for run in shown] == [False, False, True, True]


def case_of(desk: Desk, run: str) -> Case:
    found = done(desk.manager.get(f"{desk.path}/assignments", pageSize=500))["items"]
    made = next(item for item in found if item["uuid"] == run)
    return Case(workspace=desk.workspace, workflow=desk.workflow, made=made)


# GET /api/chats/{chatId}/workflow-runs: who is refused, in which order


def test_without_a_credential_it_is_401_before_anything_else(desk: Desk):
    nobody = with_headers(desk.ada)

    for chat in ("no-uuid", ABSENT_UUID, desk.case().made["chatUuid"]):
        refused(nobody.get(f"/api/chats/{chat}/workflow-runs"), 401)


NO_UUID = ["1", "no-uuid", "550e8400-e29b-41d4-a716-44665544000", "550e8400e29b41d4a716446655440000x", "%20", "null"]


@pytest.mark.parametrize("chat", NO_UUID)
def test_what_is_no_uuid_is_400_whoever_asks(desk: Desk, chat: str):
    for who in (desk.manager, desk.ada, desk.outsider):
        refused(who.get(f"/api/chats/{chat}/workflow-runs"), 400)


def test_a_chat_that_there_is_not_is_404_whoever_asks(desk: Desk):
    for who in (desk.manager, desk.ada, desk.outsider):
        refused(who.get(f"/api/chats/{ABSENT_UUID}/workflow-runs"), 404)


def test_a_chat_of_another_account_is_403_unless_the_caller_may_read_others(desk: Desk):
    chat = desk.case().made["chatUuid"]

    for who in (desk.bob, desk.outsider):
        refused(who.get(f"/api/chats/{chat}/workflow-runs"), 403)
    reader = desk.workspace.member(scopes=["chats:read"])
    assert reader.get(f"/api/chats/{chat}/workflow-runs").status_code == 200


def test_a_deleted_chat_is_404_also_for_its_owner(desk: Desk):
    chat = desk.case().made["chatUuid"]
    done(desk.ada.delete(f"/api/chats/{chat}"), 204)

    for who in (desk.ada, desk.manager, desk.outsider):
        refused(who.get(f"/api/chats/{chat}/workflow-runs"), 404)


def test_a_chat_without_runs_is_200_and_an_empty_array(desk: Desk):
    assert runs(desk, open_chat(desk)["uuid"]) == []


# Siblings


def test_liveness_asks_for_no_credential(desk: Desk):
    assert with_headers(desk.ada).get("/api/liveness").status_code == 200


def test_the_chats_of_a_user_are_25_by_default_at_most_100_from_an_offset(desk: Desk):
    who = desk.workspace.member()
    made = [done(who.post(f"{desk.path}/chats", {"title": f"Chat {n}"}), 201)["uuid"] for n in range(27)]
    path = f"/api/users/{who.account_uuid}/chats"

    def ids(**query: Any) -> list[str]:
        return [chat["id"] for chat in done(who.get(path, query))["data"]["chats"]]

    assert len(ids()) == 25
    assert set(ids(limit=100)) == set(made)
    assert ids(limit=20) + ids(limit=20, offset=20) == ids(limit=100)
    assert ids(offset=10**12) == []
    for query in ({"limit": 0}, {"limit": 101}, {"limit": "x"}, {"offset": -1}, {"offset": "x"}):
        refused(who.get(path, query), 400)


def test_the_chats_of_another_user_are_403_and_of_nobody_404(desk: Desk):
    refused(desk.bob.get(f"/api/users/{desk.ada.account_uuid}/chats"), 403)
    assert desk.manager.get(f"/api/users/{desk.ada.account_uuid}/chats").status_code == 200
    refused(desk.manager.get(f"/api/users/{ABSENT_UUID}/chats"), 404)
    refused(desk.manager.get("/api/users/nobody!/chats"), 400)


def test_messages_of_a_chat_are_read_oldest_first(desk: Desk):
    chat = open_chat(desk)["uuid"]
    for content in ("one", "two"):
        done(desk.ada.post(f"/api/chats/{chat}/messages", {"content": content}), 201)

    messages = done(desk.ada.get(f"/api/chats/{chat}/messages"))["data"]["messages"]

    assert [(one["role"], one["content"]) for one in messages] == [("user", "one"), ("user", "two")]
    refused(desk.bob.get(f"/api/chats/{chat}/messages"), 403)
    refused(desk.bob.get(f"/api/chats/{ABSENT_UUID}/messages"), 404)
    refused(desk.bob.get("/api/chats/1/messages"), 400)


def test_to_say_something_is_201_and_is_there_on_both_surfaces(desk: Desk):
    chat = open_chat(desk)

    answer = done(desk.ada.post(f"/api/chats/{chat['uuid']}/messages", {"content": "Grüße \U0001f44b"}), 201)

    assert answer.keys() == {"data"}
    (here,) = done(desk.ada.get(f"/api/chats/{chat['uuid']}/messages"))["data"]["messages"]
    (there,) = done(desk.ada.get(f"{desk.path}/chats/{chat['id']}/messages"))["items"]
    assert here == there
    assert here["content"] == "Grüße \U0001f44b"
    refused(desk.bob.post(f"/api/chats/{chat['uuid']}/messages", {"content": "I too"}), 403)


def test_a_message_with_workflow_id_starts_a_run(desk: Desk):
    chat = open_chat(desk)["uuid"]

    done(start(desk, chat), 201)

    (run,) = runs(desk, chat)
    assert (run["status"], run["workflowId"]) == ("pending", desk.workflow["uuid"])
    assert UUID.fullmatch(run["id"])


def test_a_message_with_workflow_id_is_409_while_a_run_is_going_on(desk: Desk):
    chat = open_chat(desk)["uuid"]
    done(start(desk, chat), 201)

    refused(start(desk, chat), 409)

    assert len(runs(desk, chat)) == 1
    assert len(done(desk.ada.get(f"/api/chats/{chat}/messages"))["data"]["messages"]) == 1
    done(desk.ada.post(f"/api/chats/{chat}/messages", {"content": "but this may be said"}), 201)


def test_a_run_is_started_only_of_a_workflow_that_one_may_use(desk: Desk):
    chat = open_chat(desk)["uuid"]
    other = desk.workspace.publish(PLAIN)

    refused(start(desk, chat, workflowId=other["uuid"]), 403)
    refused(start(desk, chat, workflowId=ABSENT_UUID), 404)
    refused(start(desk, chat, workflowId="support"), 400)

    assert runs(desk, chat) == []


def test_to_delete_a_chat_is_204_and_its_owners(desk: Desk):
    chat = open_chat(desk)["uuid"]

    refused(desk.bob.delete(f"/api/chats/{chat}"), 403)
    answer = desk.ada.delete(f"/api/chats/{chat}")

    assert (answer.status_code, answer.content) == (204, b"")
    refused(desk.ada.delete(f"/api/chats/{chat}"), 404)
    refused(desk.ada.get(f"/api/chats/{chat}/messages"), 404)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"content": ""},
        {"content": None},
        {"content": 7},
        {"content": "x", "colour": "red"},
        {"content": "x", "role": "king"},
        {"content": "x", "workflowId": ABSENT_ID},
        ["x"],
        "x",
        None,
    ],
)
def test_a_bad_message_is_400_and_is_not_said(desk: Desk, body: Any):
    chat = open_chat(desk)["uuid"]

    refused(desk.ada.post(f"/api/chats/{chat}/messages", body), 400)

    assert done(desk.ada.get(f"/api/chats/{chat}/messages"))["data"]["messages"] == []
