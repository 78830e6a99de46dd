"""Incidents from the command line."""

import json

import pytest

TASK = {"key": "sum", "kind": "set", "values": {"total": "=input.n + 1"}}
DEFINITION = {"casework": 1, "key": "cli_sums", "name": "Sums", "on_failure": "incident", "tasks": [TASK]}


@pytest.fixture
def incident(desk, write):
    assert desk("apply", write("sums.json", json.dumps(DEFINITION))).code == 0
    run = desk.json("runs", "create", "cli_sums", "--input", '{"n": "one"}')
    listed = desk.json("incidents", "list", "--code", "expression")["items"]
    return next(one for one in listed if one["assignmentId"] == run["id"])


@pytest.mark.parametrize(
    ("command", "then"),
    [
        (("resolve", "--output", '{"total": 2}'), "completed"),
        (("skip",), "completed"),
        (("fail",), "failed"),
        (("retry",), "pending"),
    ],
)
def test_an_incident_is_shown_and_ended(desk, incident, command, then):
    assert desk.json("incidents", "get", incident["id"])["message"] == incident["message"]
    name, *rest = command
    done = desk.json("incidents", name, incident["id"], *rest)
    assert done["assignmentId"] == incident["assignmentId"]
    assert desk.json("runs", "get", incident["assignmentId"])["status"] == then


def test_a_run_that_failed_is_retried_as_a_new_one(desk, incident):
    desk.json("incidents", "fail", incident["id"])
    again = desk.json("runs", "retry", incident["assignmentId"])
    assert again["id"] != incident["assignmentId"]
    assert (again["status"], again["currentTaskName"]) == ("pending", "sum")
    assert desk("runs", "retry", incident["assignmentId"]).code != 0
