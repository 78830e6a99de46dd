"""Section 7, consistency across the surfaces: each item is a test that reads all of them at the same instant."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.client import WORK, Caller, Case, View, done, refused
from tests.conformance.scenes import RUNS, Desk
from tests.conformance.test_words import RUN_WORDS, SCENES, STEP_WORDS


@pytest.fixture
def desk(fresh: Desk) -> Desk:
    """Nothing else happens in the workspace, so that counts are of the test's own cases."""
    return fresh


def words(*, chats: str, analytics: str, successful: bool | None, assignment: str, unit: str) -> tuple[Any, ...]:
    return (chats, analytics, successful, assignment, unit)


def test_1_post_assignments_is_at_once_pending_on_every_surface_and_one_more_on_its_first_task(desk: Desk):
    before = desk.case().view()

    seen = desk.case().view()

    assert seen.chat_run["status"] == "pending"
    assert seen.summary["state"] == "PENDING"
    assert [one["status"] for one in seen.activities] == ["pending"]
    assert seen.activities[0]["assigned_account_id"] is None
    assert seen.counts == {**before.counts, "classify": before.counts["classify"] + 1}
    assert seen.chats == seen.counts
    assert (seen.assignment["status"], seen.work_unit["status"]) == ("pending", "draft")


def test_2_assign_with_start_working_is_a_step_running_with_started_at_and_the_rest_unchanged(desk: Desk):
    case = desk.case()
    before = case.view()

    begun = case.moved(desk.ada, "assign", {"start_working": True})
    seen = case.view()

    assert seen.chat_step("classify")["status"] == "running"
    assert seen.chat_step("classify")["startedAt"] == begun["started_at"] == seen.chat_run["startedAt"] is not None
    assert seen.chat_run["status"] == "running"
    assert seen.summary["state"] == "PENDING"
    assert (seen.counts, seen.chats) == (before.counts, before.chats)
    assert seen.assignment["status"] == "active"
    assert seen.assignment["currentTaskId"] == before.assignment["currentTaskId"]


def test_3_complete_moves_the_current_task_the_stats_by_one_and_ends_the_step(desk: Desk):
    case = desk.case()
    case.start(desk.ada)
    before = case.view()

    completed = case.moved(desk.ada, "complete", {"data": {"topic": "billing"}})
    seen = case.view()

    assert (before.assignment["currentTaskName"], seen.assignment["currentTaskName"]) == (
        "Classify the ticket",
        "Review it",
    )
    assert before.counts == {"classify": 1, "review": 0, "resolve": 0}
    assert seen.counts == seen.chats == {"classify": 0, "review": 1, "resolve": 0}
    assert seen.chat_step("classify")["status"] == "completed"
    assert seen.chat_step("classify")["completedAt"] == completed["completed_at"] is not None
    assert [one["status"] for one in seen.activities] == ["completed", "pending"]
    assert seen.chat_run["completedAt"] is None


def test_4_the_last_complete_is_completed_everywhere_gone_from_the_stats_with_latency_set(desk: Desk):
    case = desk.case()
    case.finish(desk.ada, {"topic": "billing"})
    case.finish(desk.bob)
    case.start(desk.ada)

    case.moved(desk.ada, "complete", {"data": {"answer": "Done."}})
    seen = case.view()

    assert seen.words == words(
        chats="completed", analytics="COMPLETED", successful=True, assignment="completed", unit="complete"
    )
    assert set(seen.counts.values()) == set(seen.chats.values()) == {0}
    assert seen.summary["latency"] > 0
    assert seen.assignment["output"] == seen.work_unit["output"] == {"answer": "Done."}
    assert [step["status"] for step in seen.chat_run["steps"]] == ["completed"] * 3
    assert seen.assignment["currentTaskId"] is None
    refused(desk.ada.get(f"{case.path}/current-task-detail"), 404)


def test_5_error_without_an_error_route_is_failed_everywhere_with_its_text_and_later_tasks_stay_pending(desk: Desk):
    case = desk.case()
    case.start(desk.ada)

    case.moved(desk.ada, "error", {"data": {"comment": "The address is missing."}})
    seen = case.view()

    assert seen.words == words(
        chats="failed", analytics="FAILED", successful=False, assignment="failed", unit="errored"
    )
    assert "The address is missing." in seen.summary["error"]
    assert seen.step("classify") == STEP_WORDS["failed"]
    assert seen.step("review") == seen.step("resolve") == STEP_WORDS["not reached"]
    assert set(seen.counts.values()) == {0}


def by_assignment(who: Caller, case: Case) -> Any:
    return who.post(f"{case.path}/cancel", {"reason": "Asked for twice"})


def by_work_unit(who: Caller, case: Case) -> Any:
    return who.post(f"{WORK}/work_units/{case.id}/cancel", {"reason": "Asked for twice"})


@pytest.mark.parametrize("state", ["pending", "running", "paused", "resumed"])
@pytest.mark.parametrize("cancel", [by_assignment, by_work_unit])
def test_6_cancel_by_either_surface_is_cancelled_everywhere_and_again_is_refused(desk: Desk, cancel: Any, state: str):
    case = RUNS[state](desk)

    done(cancel(desk.ada, case))
    seen = case.view()

    assert seen.words == words(
        chats="cancelled", analytics="CANCELLED", successful=False, assignment="cancelled", unit="canceled"
    )
    assert [(one["status"], one["assigned_account_id"]) for one in seen.activities] == [("canceled", None)]
    periods = done(desk.manager.get(f"{WORK}/work_periods", {"filter[work_unit_id]": case.id}))["data"]
    assert all(period["attributes"]["ended_at"] for period in periods)
    assert set(seen.counts.values()) == {0}
    assert seen.assignment["cancelReason"] == seen.work_unit["cancel_reason"] == "Asked for twice"
    for again in (by_assignment, by_work_unit):
        refused(again(desk.ada, case), 409)
    assert case.view() == seen


def test_7_starting_another_activity_pauses_this_one_and_starting_it_again_resumes_it(desk: Desk):
    case, other = desk.case(), desk.case()
    case.start(desk.ada)
    assert case.view().words == RUN_WORDS["running"]

    other.start(desk.ada)
    paused = case.view()
    case.moved(desk.ada, "process")
    resumed = case.view()

    assert (paused.summary["state"], resumed.summary["state"]) == ("PAUSED", "RESUMED")
    assert (paused.chat_run["status"], resumed.chat_run["status"]) == ("running", "running")
    assert (paused.step("classify"), resumed.step("classify")) == (STEP_WORDS["paused"], STEP_WORDS["in_progress"])
    assert other.view().words == RUN_WORDS["paused"]


@pytest.mark.parametrize("scene", SCENES)
def test_8_the_same_instant_reads_the_same_on_every_surface(desk: Desk, scene: str):
    seen = SCENES[scene][0](desk).view()

    assert dict(differences(seen)) == {}


def differences(seen: View) -> Iterator[tuple[str, list[Any]]]:
    """What the surfaces do not agree on."""
    run, summary, assignment, unit = seen.chat_run, seen.summary, seen.assignment, seen.work_unit
    same: dict[str, list[Any]] = {
        "run": [run["id"], summary["run_id"], assignment["uuid"], unit["uuid"]],
        "chat": [run["chatId"], summary["conversation_id"], assignment["chatUuid"]],
        "workflow": [run["workflowId"], assignment["workflowUuid"]],
        "made": [summary["date"], assignment["createdAt"], unit["created_at"]],
        "started": [run["startedAt"], assignment["startedAt"], unit["started_at"]],
        "ended": [run["completedAt"], assignment["completedAt"], unit["completed_at"]],
        "title": [assignment["title"], unit["name"]],
        "output": [assignment["output"], unit["output"]],
        "order of tasks": [[step["id"] for step in run["steps"]], [one["taskKey"] for one in assignment["tasks"]]],
    }
    for task in assignment["tasks"]:
        key = task["taskKey"]
        step = seen.chat_step(key)
        same[f"{key} started"] = [step["startedAt"], task["startedAt"]]
        same[f"{key} ended"] = [step["completedAt"], task["exitedAt"]]
        if seen.step(key)[0] is not None:
            activity = seen.activity(key)
            same[f"{key} started"].append(activity["started_at"])
            same[f"{key} ended"].append(activity["completed_at"])
            same[f"{key} data"] = [task["data"], activity["data"]]
            same[f"{key} output"] = [task["output"], activity["output"]]
            same[f"{key} name"] = [task["taskName"], activity["name"]]
    is_open = assignment["status"] in ("pending", "active")
    same["open"] = [is_open, run["completedAt"] is None, summary["is_flow_successful"] is None]
    for name, values in same.items():
        if any(value != values[0] for value in values):
            yield name, values


def test_8_lists_and_single_reads_agree_at_the_same_instant(desk: Desk):
    cases = [bring(desk) for bring in RUNS.values()]

    listed = {item["id"]: item for item in done(desk.manager.get(f"{desk.path}/assignments"))["items"]}
    units = {one["id"]: one["attributes"] for one in done(desk.manager.get(f"{WORK}/work_units"))["data"]}

    moving = {"workingSeconds", "liveSeconds", "pipelineSeconds", "working_seconds", "live_seconds", "pipeline_seconds"}
    for case in cases:
        for one, other in ((listed[case.id], case.assignment()), (units[str(case.id)], case.work_unit())):
            assert {name: one[name] for name in one.keys() - moving} == {
                name: other[name] for name in other.keys() - moving
            }


def test_8_the_stats_agree_with_the_list_of_assignments(desk: Desk):
    last = [bring(desk) for bring in (*RUNS.values(), Desk.case)][-1]

    listed = done(desk.manager.get(f"{desk.path}/assignments", status="pending,active"))["items"]

    standing = Counter(task["taskKey"] for item in listed for task in item["tasks"] if task["isCurrent"])
    assert last.counts() == {"classify": 0, "review": 0, "resolve": 0} | standing
