"""Section 4, the analytics surface (S002): a bare array of run summaries, its filters, its paging, its refusals."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.conformance.client import ABSENT_ID, ABSENT_UUID, INSTANT, UUID, Case, done, refused
from tests.conformance.conftest import Site
from tests.conformance.people import by_token, person
from tests.conformance.scenes import PLAIN, RUNS, Desk, open_desk

SUMMARY = {
    *("run_id", "conversation_id", "date", "is_flow_successful", "state", "error", "latency", "total_tokens"),
    *("user_id", "inputs", "outputs", "llms", "feedback", "run_type", "ran_by_type", "ran_by_id"),
    *("ran_by_display_name", "parent_run_id", "parent_project_id", "parent_project_name", "llm_usage"),
}

STATES = ("PENDING", "PAUSED", "RESUMED", "COMPLETED", "FAILED", "CANCELLED")

RUN_TYPES = {
    *("workflow_builder", "form", "batch", "chat_assistant", "agent_assistant", "trigger", "scheduled"),
    *("sub_workflow", "api"),
}


def flow(desk: Desk) -> str:
    return f"/analytics/org/{desk.workspace.uuid}/flows/{desk.workflow['uuid']}"


def rows(desk: Desk, **query: Any) -> list[dict[str, Any]]:
    return done(desk.manager.get(flow(desk), query))


def ids(desk: Desk, **query: Any) -> list[str]:
    return [row["run_id"] for row in rows(desk, **query)]


@pytest.fixture(scope="module")
def crowd(site: Site) -> tuple[Desk, list[Case]]:
    """A workspace with more runs of a flow than a page holds by default, some made in the same millisecond."""
    desk = open_desk(site.workspace())
    with ThreadPoolExecutor(7) as pool:
        return desk, [*pool.map(lambda _: desk.case(chat=False), range(28))]


# What a row holds


@pytest.mark.parametrize("state", RUNS)
def test_all_fields_are_present_in_every_state(desk: Desk, state: str):
    row = RUNS[state](desk).summary()

    assert row.keys() == SUMMARY
    assert UUID.fullmatch(row["run_id"])
    assert INSTANT.fullmatch(row["date"])
    assert row["run_type"] in RUN_TYPES
    assert row["total_tokens"] == 0
    assert (row["llms"], row["llm_usage"], row["feedback"]) == (None, [], None)
    assert (row["parent_run_id"], row["parent_project_id"], row["parent_project_name"]) == (None, None, None)


def test_the_answer_is_a_bare_array(desk: Desk):
    desk.case()

    answer = desk.manager.get(flow(desk))

    assert isinstance(answer.json(), list)
    assert answer.headers["content-type"].partition(";")[0] == "application/json"


def test_a_flow_without_runs_is_an_empty_array(fresh: Desk):
    assert rows(fresh) == []


def test_date_is_the_runs_creation(desk: Desk):
    case = desk.case()

    assert case.summary()["date"] == case.made["createdAt"]


def test_latency_is_seconds_from_start_to_end_and_null_while_open(desk: Desk):
    assert [RUNS[state](desk).summary()["latency"] for state in ("pending", "running", "paused", "resumed")] == [
        None
    ] * 4
    case = RUNS["completed"](desk)
    run = case.chat_run()

    span = datetime.fromisoformat(run["completedAt"]) - datetime.fromisoformat(run["startedAt"])

    assert case.summary()["latency"] == pytest.approx(span.total_seconds(), abs=0.002)


def test_inputs_and_outputs_are_text_json_where_they_hold_more(desk: Desk):
    case = desk.case(taskId=desk.task_id("resolve"), input={"subject": "Ärger", "lines": [1, 2]})
    case.finish(desk.ada, {"answer": {"deep": True}})
    row = case.summary()

    assert json.loads(row["inputs"]) == {"subject": "Ärger", "lines": [1, 2]}
    assert json.loads(row["outputs"]) == {"answer": {"deep": True}}


def test_outputs_and_error_are_null_while_there_are_none(desk: Desk):
    row = desk.case().summary()

    assert (row["outputs"], row["error"]) == (None, None)


def test_error_is_the_text_of_what_went_wrong(desk: Desk):
    assert "The address is missing." in RUNS["failed"](desk).summary()["error"]


def test_conversation_id_is_the_chats_uuid_or_null(desk: Desk):
    case = desk.case()

    assert case.summary()["conversation_id"] == case.made["chatUuid"]
    assert desk.case(chat=False).summary()["conversation_id"] is None


def test_a_person_who_ran_it_is_told_by_account_and_email(desk: Desk):
    who = by_token(person(desk.workspace, role="Manager"))
    row = desk.case(who).summary()

    assert (row["ran_by_type"], row["ran_by_id"], row["ran_by_display_name"]) == ("user", who.account_uuid, who.email)


def test_a_personal_key_that_ran_it_is_told_by_name(desk: Desk):
    key = desk.workspace.key(name="nightly import")
    row = desk.case(desk.manager.bearing(key["key"])).summary()

    assert (row["ran_by_type"], row["ran_by_display_name"]) == ("personal_api_key", "nightly import")
    assert UUID.fullmatch(row["ran_by_id"])


def test_a_workspace_key_that_ran_it_is_an_org_api_key(desk: Desk):
    key = desk.workspace.key(name="robot", workspaceOwned=True)
    row = desk.case(desk.manager.bearing(key["key"]), chat=False).summary()

    assert (row["ran_by_type"], row["ran_by_display_name"]) == ("org_api_key", "robot")


def test_run_type_tells_how_it_was_initiated(desk: Desk):
    chat = done(desk.ada.post(f"{desk.path}/chats", {"title": "Late order"}), 201)
    body = {"content": "Go", "workflowId": desk.workflow["uuid"]}
    run = done(desk.ada.post(f"/api/chats/{chat['uuid']}/messages", body), 201)["data"]["workflowRunId"]

    assert next(row for row in rows(desk, page_size=1000) if row["run_id"] == run)["run_type"] == "chat_assistant"
    assert desk.case().summary()["run_type"] == "api"


# Order and pages


def test_newest_date_comes_first_ties_by_run_id(crowd):
    desk, cases = crowd

    found = rows(desk, page_size=1000)

    assert {row["run_id"] for row in found} == {case.made["uuid"] for case in cases}
    keys = [(-datetime.fromisoformat(row["date"]).timestamp(), row["run_id"]) for row in found]
    assert keys == sorted(keys)


def test_page_is_from_0_and_page_size_is_by_default_25_and_at_most_1000(crowd):
    desk, cases = crowd
    whole = ids(desk, page_size=1000)

    assert len(whole) == len(cases)
    assert ids(desk) == ids(desk, page=0) == whole[:25]
    assert ids(desk, page=1) == whole[25:]
    assert [one for page in range(4) for one in ids(desk, page=page, page_size=7)] == whole


@pytest.mark.parametrize("page", [2, 10**6, 10**12, 10**30])
def test_a_page_outside_the_data_is_an_empty_array(crowd, page: int):
    assert rows(crowd[0], page=page) == []


# Filters


def test_both_dates_are_inclusive_and_bound_date(fresh: Desk):
    case = fresh.case()
    date = case.made["createdAt"]
    before, after = ((datetime.fromisoformat(date) + timedelta(milliseconds=n)).isoformat() for n in (-1, 1))

    assert ids(fresh, start_date=date) == ids(fresh, end_date=after) == [case.made["uuid"]]
    assert ids(fresh, start_date=date, end_date=date) == [case.made["uuid"]]
    assert ids(fresh, start_date=after) == ids(fresh, end_date=before) == []


def test_a_bare_date_is_its_whole_day(fresh: Desk):
    case = fresh.case()
    day = case.made["createdAt"][:10]
    yesterday = str(datetime.fromisoformat(day).date() - timedelta(days=1))

    assert ids(fresh, start_date=day, end_date=day) == [case.made["uuid"]]
    assert ids(fresh, end_date=yesterday) == []


def test_state_is_a_comma_list_with_surrounding_blanks_tolerated(fresh: Desk):
    made = {state: RUNS[state](fresh).made["uuid"] for state in ("pending", "completed", "failed", "cancelled")}

    assert set(ids(fresh, state="COMPLETED,FAILED")) == {made["completed"], made["failed"]}
    assert set(ids(fresh, state=" COMPLETED , PENDING ")) == {made["completed"], made["pending"]}
    assert set(ids(fresh, state="PENDING,PENDING")) == {made["pending"]}


@pytest.mark.parametrize("state", ["RUNNING", "completed", "Completed", "DONE", "COMPLETED;FAILED", "COMPLETED,,X"])
def test_any_other_state_is_422(desk: Desk, state: str):
    assert "state" in refused(desk.manager.get(flow(desk), state=state), 422)


def test_user_id_is_exact(fresh: Desk):
    fresh.case()

    assert rows(fresh, user_id="customer-1041") == []
    assert rows(fresh, user_id="%") == []


def test_filters_hold_together(fresh: Desk):
    case = RUNS["completed"](fresh)
    fresh.case()
    day = case.made["createdAt"][:10]

    assert ids(fresh, state="COMPLETED", start_date=day, end_date=day, page_size=1) == [case.made["uuid"]]
    assert ids(fresh, state="COMPLETED", start_date="2999-01-01") == []


# Refusals


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("page", value) for value in ("-1", "x", "", "1.5")),
        *(("page_size", value) for value in ("0", "-1", "1001", "x", "", str(10**30))),
        *(("start_date", value) for value in ("yesterday", "2024-02-30", "", "1705276800", "2024-01-15T25:00:00Z")),
        *(("end_date", value) for value in ("tomorrow", "2024-13-01", "", "15.01.2024")),
    ],
)
def test_a_bad_parameter_is_422_with_its_loc_msg_and_type(desk: Desk, name: str, value: str):
    answer = desk.manager.get(flow(desk), {name: value})

    refused(answer, 422)
    (problem,) = answer.json()["detail"]
    assert problem["loc"] == ["query", name]
    assert problem["msg"]
    assert problem["type"]


def test_without_a_credential_it_is_401_with_a_detail(desk: Desk):
    answer = desk.manager.anonymous().get(flow(desk))

    refused(answer, 401)
    assert answer.json().keys() == {"detail"}


def test_it_is_403_for_who_is_not_a_member_or_without_analytics_read(site: Site, desk: Desk):
    for who in (desk.ada, desk.lead, desk.outsider, site.workspace("Elsewhere").member(role="Manager")):
        refused(who.get(flow(desk)), 403)
    assert desk.workspace.member(scopes=["analytics:read"]).get(flow(desk)).status_code == 200


def test_an_org_that_there_is_not_is_403_as_any_other(desk: Desk):
    for org in (ABSENT_UUID, "nowhere", "1"):
        refused(desk.manager.get(f"/analytics/org/{org}/flows/{desk.workflow['uuid']}"), 403)


@pytest.mark.parametrize("wrong", [ABSENT_UUID, str(ABSENT_ID), "0", "-1", "support", str(10**30), "1.5", "%20"])
def test_no_such_flow_in_that_org_is_404_with_a_detail(desk: Desk, wrong: str):
    answer = desk.manager.get(f"/analytics/org/{desk.workspace.uuid}/flows/{wrong}")

    refused(answer, 404)
    assert answer.json().keys() == {"detail"}


def test_a_flow_of_another_org_is_404(site: Site, desk: Desk):
    elsewhere = site.workspace("Elsewhere")
    theirs = elsewhere.publish(PLAIN)

    refused(desk.manager.get(f"/analytics/org/{desk.workspace.uuid}/flows/{theirs['uuid']}"), 404)
    refused(desk.manager.get(f"/analytics/org/{desk.workspace.uuid}/flows/{theirs['id']}"), 404)


# Metrics


def test_metrics_count_by_state_throughput_latency_and_times_by_task(fresh: Desk):
    for state in RUNS:
        RUNS[state](fresh)

    found = done(fresh.manager.get(f"{flow(fresh)}/metrics"))

    counted = Counter(row["state"] for row in rows(fresh))
    assert found["states"] == dict.fromkeys(STATES, 0) | counted
    assert found["runs"] == len(RUNS)
    assert found["latency"].keys() >= {"p50", "p95", "p99"}
    assert {task["task_key"] for task in found["tasks"]} <= {"classify", "review", "resolve"}
    assert all({"wait", "working"} <= task.keys() for task in found["tasks"])
    assert found["throughput"]
    assert found["usage"] == []


def test_metrics_are_refused_as_the_runs_are(desk: Desk):
    refused(desk.manager.anonymous().get(f"{flow(desk)}/metrics"), 401)
    refused(desk.ada.get(f"{flow(desk)}/metrics"), 403)
    refused(desk.manager.get(f"/analytics/org/{desk.workspace.uuid}/flows/{ABSENT_UUID}/metrics"), 404)
