"""Section 0, one model and five views: the status words of every surface, in every state that can be reached."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.conformance.client import WORK, Case, act, done
from tests.conformance.scenes import EACH, RESCUE, RUNS, Desk

RUN_WORDS = {
    "pending": ("pending", "PENDING", None, "pending", "draft"),
    "running": ("running", "PENDING", None, "active", "in-progress"),
    "paused": ("running", "PAUSED", None, "active", "in-progress"),
    "resumed": ("running", "RESUMED", None, "active", "in-progress"),
    "completed": ("completed", "COMPLETED", True, "completed", "complete"),
    "failed": ("failed", "FAILED", False, "failed", "errored"),
    "cancelled": ("cancelled", "CANCELLED", False, "cancelled", "canceled"),
}
"""The table of run states: S001 status, S002 state and is_flow_successful, S004 status, work unit."""

STEP_WORDS: dict[str, tuple[str | None, str, str]] = {
    "not reached": (None, "pending", "pending"),
    "waiting for its turn": (None, "pending", "pending"),
    "ready": ("pending", "pending", "current"),
    "assigned": ("assigned", "pending", "current"),
    "in_progress": ("in-progress", "running", "current"),
    "paused": ("paused", "running", "current"),
    "completed": ("completed", "completed", "completed"),
    "failed": ("errored", "failed", "failed"),
    "cancelled": ("canceled", "cancelled", "cancelled"),
    "skipped": ("skipped", "cancelled", "skipped"),
}
"""The table of step states: activity.status (None: not an activity yet), S001 step, S004 assignment task."""

ACTIVITY_WORDS = ("pending", "assigned", "in-progress", "paused", "completed", "errored", "canceled", "skipped")
TERMINAL = ("completed", "failed", "cancelled")


def assigned(desk: Desk) -> Case:
    case = desk.case()
    case.moved(desk.ada, "assign")
    return case


def merging(desk: Desk) -> Case:
    """One of two branches has come to the join, the other is being worked on."""
    case = desk.case(workflow=desk.pair)
    case.finish(desk.ada, task="left")
    case.start(desk.ada, task="right")
    return case


def left_behind(desk: Desk) -> Case:
    """The first task was saved, left for another by a select, and not held open when that one was done."""
    case = desk.case()
    case.moved(desk.ada, "assign")
    case.moved(desk.ada, "save", {"data": {"topic": "fault"}})
    resolve = case.task("resolve")
    done(desk.ada.put(f"{case.path}/tasks/{resolve['id']}/select"))
    case.finish(desk.ada, task="resolve")
    return case


def waiting_for_the_second(desk: Desk) -> Case:
    case = desk.case()
    case.finish(desk.ada, {"topic": "fault"})
    return case


def taken_from_its_worker(desk: Desk) -> Case:
    case = RUNS["running"](desk)
    case.moved(desk.lead, "unassign")
    return case


def started_again(desk: Desk) -> Case:
    case = waiting_for_the_second(desk)
    case.start(desk.ada)
    return case


def failed_beside_another(desk: Desk) -> Case:
    """Of two branches at work one fails, and with it the run."""
    case = desk.case(workflow=desk.pair)
    case.moved(desk.bob, "assign", task="right")
    case.start(desk.ada, task="left")
    case.moved(desk.ada, "error", {"data": {"comment": "No."}}, task="left")
    return case


def rescued(desk: Desk) -> Case:
    """The task failed, and its way for errors was taken."""
    case = desk.case(desk.manager, workflow=desk.workspace.publish(RESCUE))
    case.start(desk.manager)
    case.moved(desk.manager, "error", {"data": {"comment": "No."}})
    return case


SCENES: dict[str, tuple[Callable[[Desk], Case], str, dict[str, str]]] = {
    "a new run": (RUNS["pending"], "pending", {"classify": "ready", "review": "not reached", "resolve": "not reached"}),
    "somebody was named": (assigned, "pending", {"classify": "assigned", "review": "not reached"}),
    "somebody works": (RUNS["running"], "running", {"classify": "in_progress", "resolve": "not reached"}),
    "somebody paused": (RUNS["paused"], "paused", {"classify": "paused", "resolve": "not reached"}),
    "somebody resumed": (RUNS["resumed"], "resumed", {"classify": "in_progress", "resolve": "not reached"}),
    "work was taken away": (taken_from_its_worker, "paused", {"classify": "ready"}),
    "the next task waits": (
        waiting_for_the_second,
        "paused",
        {"classify": "completed", "review": "not reached", "resolve": "ready"},
    ),
    "the next task began": (started_again, "resumed", {"classify": "completed", "resolve": "in_progress"}),
    "one branch waits for another": (
        merging,
        "resumed",
        {"left": "completed", "right": "in_progress", "merge": "waiting for its turn"},
    ),
    "all was done": (
        RUNS["completed"],
        "completed",
        {"classify": "completed", "review": "not reached", "resolve": "completed"},
    ),
    "a task was left behind": (
        left_behind,
        "completed",
        {"classify": "skipped", "review": "not reached", "resolve": "completed"},
    ),
    "it could not be done": (RUNS["failed"], "failed", {"classify": "failed", "review": "not reached"}),
    "an error was caught": (rescued, "paused", {"try": "failed", "repair": "ready"}),
    "one of two branches failed": (
        failed_beside_another,
        "failed",
        {"left": "failed", "right": "cancelled", "merge": "not reached"},
    ),
    "it was called off": (RUNS["cancelled"], "cancelled", {"classify": "cancelled", "review": "not reached"}),
}
"""How a run comes there, the state it is in then, and the states of its tasks."""


@pytest.mark.parametrize("scene", SCENES)
def test_every_surface_has_its_word_for_the_state_of_a_run_and_of_its_steps(desk: Desk, scene: str):
    bring, state, steps = SCENES[scene]

    seen = bring(desk).view()

    assert seen.words == RUN_WORDS[state]
    assert {key: seen.step(key) for key in steps} == {key: STEP_WORDS[word] for key, word in steps.items()}


def test_a_task_done_for_each_of_several_is_shown_as_begun_once_the_first_of_them_is(desk: Desk):
    workflow = desk.workspace.publish(EACH)
    case = desk.case(desk.manager, workflow=workflow, input={"people": ["Ada", "Grace"]})
    uuids = [one["id"] for one in case.activities()]

    def shown() -> tuple[str, str, str, str | None]:
        seen = case.view()
        step, task = seen.chat_step("ask"), seen.task("ask")
        assert step["startedAt"] == task["startedAt"]
        return seen.chat_run["status"], step["status"], task["status"], step["startedAt"]

    assert shown() == ("pending", "pending", "current", None)
    began = done(act(desk.manager, uuids[1], "assign", {"start_working": True}))["data"]["attributes"]["started_at"]
    assert shown() == ("running", "running", "current", began)
    done(act(desk.manager, uuids[1], "complete", {"data": {}}))
    assert shown() == ("running", "running", "current", began)
    done(act(desk.manager, uuids[0], "assign", {"start_working": True}))
    done(act(desk.manager, uuids[0], "complete", {"data": {}}))
    assert shown() == ("running", "completed", "completed", began)


def test_the_scenes_hold_every_state_of_both_tables():
    assert {state for _, state, _ in SCENES.values()} == RUN_WORDS.keys()
    assert {word for _, _, steps in SCENES.values() for word in steps.values()} == STEP_WORDS.keys()


@pytest.mark.parametrize("state", RUNS)
def test_completed_at_is_set_exactly_when_a_run_is_terminal_whatever_the_end(desk: Desk, state: str):
    seen = RUNS[state](desk).view()

    ended = [
        seen.chat_run["completedAt"] is not None,
        seen.assignment["completedAt"] is not None,
        seen.work_unit["completed_at"] is not None,
        seen.summary["latency"] is not None,
    ]
    assert ended == [state in TERMINAL] * 4


@pytest.mark.parametrize("state", RUNS)
def test_started_at_is_set_exactly_when_work_began(desk: Desk, state: str):
    seen = RUNS[state](desk).view()

    began = [seen.chat_run["startedAt"], seen.assignment["startedAt"], seen.work_unit["started_at"]]
    assert [at is not None for at in began] == [state != "pending"] * 3


def test_a_run_that_is_cancelled_before_it_began_has_ended_and_never_started(desk: Desk):
    case = desk.case()
    done(desk.ada.post(f"{case.path}/cancel"))
    seen = case.view()

    assert seen.words == RUN_WORDS["cancelled"]
    assert (seen.chat_run["startedAt"], seen.assignment["startedAt"]) == (None, None)
    assert seen.chat_run["completedAt"] == seen.assignment["completedAt"] == seen.assignment["cancelledAt"]


ZOO = {
    "casework": 1,
    "key": "zoo",
    "tasks": [
        {"key": "classify", "kind": "human", "next": [{"to": "resolve", "when": "has(output.topic)"}]},
        {"key": "resolve", "kind": "human"},
    ],
}


@pytest.fixture(scope="module")
def zoo(desk: Desk) -> dict[str, Case]:
    """A run in each state, of a workflow of their own; and one with an activity that was skipped."""
    workflow = desk.workspace.publish(ZOO)
    keeper, helper = desk.workspace.member(), desk.workspace.member()
    desk.workspace.allow(workflow, keeper, helper)
    there = replace(desk, workflow=workflow, ada=keeper)
    left_behind(there)
    assigned(there)
    ended = {state: RUNS[state](there) for state in ("pending", "paused", *TERMINAL)}
    # Two who work at the same time are two people.
    return {**ended, "running": RUNS["running"](replace(there, ada=helper)), "resumed": RUNS["resumed"](there)}


def _meaning(column: int, word: str | None) -> set[str]:
    return {state for state, words in RUN_WORDS.items() if words[column] == word}


@pytest.mark.parametrize("word", ["PENDING", "PAUSED", "RESUMED", "COMPLETED", "FAILED", "CANCELLED"])
def test_a_filter_by_an_analytics_state_finds_the_runs_that_show_it(desk: Desk, zoo: dict[str, Case], word: str):
    path = f"/analytics/org/{desk.workspace.uuid}/flows/{zoo['pending'].made['workflowUuid']}"
    rows = done(desk.manager.get(path, state=word))

    assert {row["state"] for row in rows} == {word}
    expected = {zoo[state].made["uuid"] for state in _meaning(1, word)}
    assert {row["run_id"] for row in rows} & {case.made["uuid"] for case in zoo.values()} == expected


@pytest.mark.parametrize("word", ["pending", "active", "completed", "failed", "cancelled"])
def test_a_filter_by_an_assignment_status_finds_the_runs_that_show_it(desk: Desk, zoo: dict[str, Case], word: str):
    page = done(desk.manager.get(f"{desk.path}/assignments", status=word, pageSize=500))
    found = {item["id"] for item in page["items"]}

    assert {item["status"] for item in page["items"]} == {word}
    assert found & {case.id for case in zoo.values()} == {zoo[state].id for state in _meaning(3, word)}


@pytest.mark.parametrize("word", ["draft", "in-progress", "complete", "errored", "canceled"])
def test_a_filter_by_a_work_unit_status_finds_the_runs_that_show_it(desk: Desk, zoo: dict[str, Case], word: str):
    query = {"filter[status]": word, "filter[project_id]": zoo["pending"].made["workflowId"]}
    found = done(desk.manager.get(f"{WORK}/work_units", query))["data"]

    assert {one["attributes"]["status"] for one in found} == {word}
    expected = {str(zoo[state].id) for state in _meaning(4, word)}
    assert {one["id"] for one in found} & {str(case.id) for case in zoo.values()} == expected


@pytest.mark.parametrize("word", ACTIVITY_WORDS)
def test_a_filter_by_an_activity_status_finds_the_activities_that_show_it(desk: Desk, zoo: dict[str, Case], word: str):
    query = {"filter[project_id]": zoo["pending"].made["workflowId"]}
    everything = done(desk.manager.get(f"{WORK}/activities", query))["data"]
    found = done(desk.manager.get(f"{WORK}/activities", {**query, "filter[status]": word}))["data"]

    shown = [one["id"] for one in everything if one["attributes"]["status"] == word]
    assert shown
    assert [one["id"] for one in found] == shown
