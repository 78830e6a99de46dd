"""Section 5, siblings (S003): work units, projects and their members, work periods, the tracker."""

from typing import Any

import pytest

from tests.conformance.client import ABSENT_ID, ABSENT_UUID, INSTANT, JSON_API, WORK, Caller, Case, done, refused
from tests.conformance.scenes import PLAIN, RUNS, Desk


def make(who: Caller, desk: Desk, **fields: Any) -> dict[str, Any]:
    return done(who.post(f"{WORK}/work_units", {"project_id": desk.workflow["id"], **fields}), 201)["data"]


def periods(desk: Desk, who: Caller, **query: Any) -> list[dict[str, Any]]:
    filters = {f"filter[{name}]": value for name, value in query.items()}
    return done(desk.manager.get(f"{WORK}/work_periods", {"filter[account_id]": who.account_id, **filters}))["data"]


def worker(desk: Desk) -> Caller:
    """Somebody who has worked on nothing yet."""
    who = desk.workspace.member(actorRoles=["agent"])
    desk.workspace.allow(desk.workflow, who)
    return who


# Work units


def test_a_work_unit_is_made_with_201_and_is_a_run(desk: Desk):
    answer = desk.ada.post(
        f"{WORK}/work_units",
        {"project_id": desk.workflow["id"], "name": "Order 4711", "data": {"subject": "Late"}, "priority": 60},
    )

    made = done(answer, 201)["data"]
    assert answer.headers["content-type"] == JSON_API
    assert (made["type"], made["attributes"]["status"]) == ("workflow/work_units", "draft")
    assert made["relationships"]["project"]["data"]["id"] == str(desk.workflow["id"])
    assignment = done(desk.ada.get(f"{desk.path}/assignments/{made['id']}"))
    assert (assignment["title"], assignment["input"], assignment["priority"]) == (
        "Order 4711",
        {"subject": "Late"},
        60,
    )


def test_a_work_unit_is_read_and_listed_alike(desk: Desk):
    made = make(desk.ada, desk)

    alone = done(desk.ada.get(f"{WORK}/work_units/{made['id']}"))["data"]
    (listed,) = done(desk.ada.get(f"{WORK}/work_units", {"filter[id]": made["id"]}))["data"]

    steady = {"id", "uuid", "name", "status", "priority", "data", "created_at"}
    assert steady <= alone["attributes"].keys() == listed["attributes"].keys()
    assert {name: alone["attributes"][name] for name in steady} == {name: listed["attributes"][name] for name in steady}


def test_work_units_are_paged_counted_sorted_and_filtered_as_activities_are(fresh: Desk):
    made = [make(fresh.ada, fresh, name=name)["id"] for name in ("b", "a", "c")]
    RUNS["completed"](fresh)

    def ids(**query: Any) -> list[str]:
        return [one["id"] for one in done(fresh.ada.get(f"{WORK}/work_units", query))["data"]]

    assert ids(**{"filter[status]": "draft"}) == made
    assert ids(**{"filter[status]": "draft", "sort": "-name"}) == [made[2], made[0], made[1]]
    assert ids(**{"page[size]": 2, "page[number]": 2})[0] == made[2]
    counted = done(fresh.ada.get(f"{WORK}/work_units", {"count": "true", "page[size]": 1}))
    assert (counted["meta"], len(counted["data"])) == ({"count": 4}, 1)
    refused(fresh.ada.get(f"{WORK}/work_units", sort="colour"), 422)
    refused(fresh.ada.get(f"{WORK}/work_units", {"filter[status]": "open"}), 422)


def test_a_work_unit_is_changed_in_what_is_sent(desk: Desk):
    made = make(desk.ada, desk, name="Order 4711")

    changed = done(desk.ada.patch(f"{WORK}/work_units/{made['id']}", {"priority": 90}))["data"]["attributes"]

    assert (changed["name"], changed["priority"]) == ("Order 4711", 90)
    assert "colour" in refused(desk.ada.patch(f"{WORK}/work_units/{made['id']}", {"colour": "red"}), 422)


def test_cancel_of_a_work_unit_cancels_and_unassigns_its_activities_and_closes_their_periods(desk: Desk):
    case = desk.case(workflow=desk.pair)
    case.start(desk.ada, task="left")
    case.moved(desk.bob, "assign", task="right")

    cancelled = done(desk.ada.post(f"{WORK}/work_units/{case.id}/cancel", {"reason": "Ordered twice."}))

    assert cancelled["data"]["attributes"]["status"] == "canceled"
    seen = case.view()
    assert [one["status"] for one in seen.activities] == ["canceled", "canceled"]
    assert [one["assigned_account_id"] for one in seen.activities] == [None, None]
    assert periods(desk, desk.ada, work_unit_id=case.id, ended_at="") == []
    assert seen.assignment["cancelReason"] == "Ordered twice."
    refused(desk.ada.post(f"{WORK}/work_units/{case.id}/cancel", {}), 409)


def test_a_work_units_graph_shows_each_node_with_its_status(desk: Desk):
    case = desk.case()
    case.finish(desk.ada, {"topic": "fault"})

    graph = done(desk.ada.get(f"{WORK}/work_units/{case.id}/workflow"))["data"]["attributes"]

    assert {node["key"]: node["status"] for node in graph["nodes"]} == {
        "classify": "completed",
        "review": "pending",
        "resolve": "pending",
    }
    assert {(edge["source"], edge["target"]) for edge in graph["edges"]} == {
        ("classify", "resolve"),
        ("classify", "review"),
        ("review", "resolve"),
    }


def test_work_units_are_refused_as_activities_are(desk: Desk):
    made = make(desk.ada, desk)["id"]

    refused(desk.outsider.get(f"{WORK}/work_units/{made}"), 404)
    refused(desk.outsider.post(f"{WORK}/work_units", {"project_id": desk.workflow["id"]}), 404)
    refused(desk.bob.post(f"{WORK}/work_units/{made}/cancel"), 403)
    refused(desk.bob.patch(f"{WORK}/work_units/{made}", {"name": "Mine"}), 403)
    refused(desk.ada.anonymous().get(f"{WORK}/work_units"), 401)
    for wrong in (ABSENT_ID, 0, "x", 10**30):
        refused(desk.manager.get(f"{WORK}/work_units/{wrong}"), 404)
    refused(desk.manager.post(f"{WORK}/work_units", {"project_id": ABSENT_ID}), 404)


@pytest.mark.parametrize(
    "body", [{"project_id": None}, {"project_id": "x"}, {"priority": 101}, {"data": []}, {"name": 7}, {"colour": 1}]
)
def test_a_bad_work_unit_is_422_and_is_not_made(fresh: Desk, body: dict[str, Any]):
    refused(fresh.ada.post(f"{WORK}/work_units", {"project_id": fresh.workflow["id"], **body}), 422)

    assert done(fresh.manager.get(f"{WORK}/work_units"))["data"] == []


# Projects


def test_projects_are_the_callers_workflows(desk: Desk):
    shown = {one["id"]: one for one in done(desk.ada.get(f"{WORK}/projects"))["data"]}

    assert set(shown) >= {str(desk.workflow["id"]), str(desk.pair["id"])}
    assert shown[str(desk.workflow["id"])]["attributes"]["name"] == "Support desk"
    assert {one["type"] for one in shown.values()} == {"workflow/projects"}
    alone = done(desk.ada.get(f"{WORK}/projects/{desk.workflow['id']}"))["data"]
    assert alone == shown[str(desk.workflow["id"])]
    assert done(desk.outsider.get(f"{WORK}/projects"))["data"] == []
    refused(desk.outsider.get(f"{WORK}/projects/{desk.workflow['id']}"), 404)


def test_project_members_are_whoever_belongs_to_it(desk: Desk):
    query = {"filter[project_id]": desk.workflow["id"], "page[size]": 1000}

    shown = done(desk.ada.get(f"{WORK}/project/members", query))["data"]

    accounts = {one["attributes"]["account_id"]: one["attributes"]["member_id"] for one in shown}
    assert accounts.items() >= {(who.account_id, who.member_id) for who in (desk.ada, desk.bob, desk.lead)}
    assert desk.outsider.account_id not in accounts


# Work periods and the tracker


def test_a_work_period_is_from_start_to_pause(desk: Desk):
    who = worker(desk)
    case = desk.case()
    case.start(who)
    (begun,) = periods(desk, who)
    case.moved(who, "pause")
    (ended,) = periods(desk, who)

    assert (begun["type"], begun["attributes"]["ended_at"]) == ("workflow/work_periods", None)
    assert begun["id"] == ended["id"]
    assert INSTANT.fullmatch(ended["attributes"]["started_at"])
    assert ended["attributes"]["started_at"] <= ended["attributes"]["ended_at"]
    assert ended["relationships"]["activity"]["data"]["id"] == case.task("classify")["uuid"]


def test_working_seconds_are_the_sum_of_the_work_periods(desk: Desk):
    who = worker(desk)
    case = desk.case()
    case.start(who)
    for _ in range(2):
        case.moved(who, "pause")
        case.moved(who, "process")
    case.moved(who, "complete", {"data": {"topic": "fault"}})

    worked = [one["attributes"]["working_seconds"] for one in periods(desk, who)]

    assert len(worked) == 3
    assert case.activities()[0]["working_seconds"] == pytest.approx(sum(worked))


def test_the_tracker_tells_what_one_works_on_and_starts_pauses_and_resumes_it(desk: Desk):
    who, case = worker(desk), desk.case()
    assert done(who.get(f"{WORK}/tracker/last"))["data"] is None
    uuid = case.task("classify")["uuid"]
    case.moved(who, "assign")

    def tracked(action: str, body: Any = None) -> tuple[str, bool]:
        document = done(
            who.post(f"{WORK}/tracker/{action}", body) if action != "last" else who.get(f"{WORK}/tracker/last")
        )
        assert document["data"]["relationships"]["activity"]["data"]["id"] == uuid
        return case.activities()[0]["status"], document["data"]["attributes"]["ended_at"] is None

    assert tracked("start", {"activity_id": uuid}) == ("in-progress", True)
    assert tracked("last") == ("in-progress", True)
    assert tracked("pause") == ("paused", False)
    assert tracked("last") == ("paused", False)
    assert tracked("resume") == ("in-progress", True)


def test_the_tracker_refuses_as_the_actions_do(desk: Desk):
    who, case = worker(desk), desk.case()
    uuid = case.task("classify")["uuid"]

    refused(who.post(f"{WORK}/tracker/pause"), 409)
    refused(who.post(f"{WORK}/tracker/resume"), 409)
    refused(who.post(f"{WORK}/tracker/start", {"activity_id": uuid}), 409)
    refused(who.post(f"{WORK}/tracker/start", {"activity_id": ABSENT_UUID}), 404)
    refused(who.post(f"{WORK}/tracker/start", {"activity_id": "x"}), 422)
    refused(who.post(f"{WORK}/tracker/start", {}), 422)
    refused(who.anonymous().get(f"{WORK}/tracker/last"), 401)


def test_a_workflow_whose_tasks_ask_for_no_role_is_a_project_of_those_it_is_granted_to(desk: Desk):
    workflow = desk.workspace.publish(PLAIN)
    case: Case = desk.case(desk.manager, workflow=workflow)
    who = worker(desk)
    refused(case.move(who, "assign"), 404)

    desk.workspace.allow(workflow, who)

    assert case.moved(who, "assign")["assigned_account_id"] == who.account_id
