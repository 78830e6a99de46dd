"""Cases, and what people do with them."""

import json

from tests.cli.conftest import TICKET

TRIAGE = '{"topic": "fault", "severity": "low"}'


def test_a_run_is_made_listed_shown_and_cancelled(desk):
    run = desk.ticket("made and cancelled")
    assert (run["status"], run["currentTaskName"]) == ("pending", "Classify the ticket")
    listed = desk.json("runs", "list", "--status", "pending", "--mine", "--size", 500)
    assert run["id"] in [one["id"] for one in listed["items"]]
    assert desk.json("runs", "get", run["id"])["title"] == "made and cancelled"

    cancelled = desk.json("runs", "cancel", run["id"], "--reason", "a mistake")
    assert (cancelled["status"], cancelled["cancelReason"]) == ("cancelled", "a mistake")
    again = desk("runs", "cancel", run["id"])
    assert (again.code, again.out) == (4, "")


def test_an_input_that_does_not_fit_is_told_with_every_problem(desk):
    refused = desk("runs", "create", "support_desk", "--input", '{"subject": "x"}')
    assert (refused.code, refused.out) == (1, "")
    assert "body" in refused.err
    assert "customer" in refused.err


def test_an_input_may_stand_in_a_file(desk, write):
    run = desk.json("runs", "create", "support_desk", "--input", f"@{write('input.json', TICKET)}", "--no-chat")
    assert run["input"] == json.loads(TICKET)
    assert run["chatId"] is None


def test_an_input_that_is_no_json_object_is_told_as_such(desk):
    for given in ("{", "[]", "@none.json"):
        refused = desk("runs", "create", "support_desk", "--input", given)
        assert (refused.code, "--input" in refused.err) == (1, True)


def test_an_activity_goes_through_the_hands_of_its_person(desk):
    run = desk.ticket("through hands")
    activity = desk.activity(run)["id"]
    assert desk.json("activities", "get", activity)["status"] == "pending"
    assert activity in [one["id"] for one in desk.json("activities", "list", "--takeable", "--size", 500)["items"]]
    assert desk.json("activities", "assign", activity)["status"] == "assigned"
    assert activity in [one["id"] for one in desk.json("activities", "list", "--mine", "--size", 500)["items"]]
    assert activity not in [one["id"] for one in desk.json("activities", "list", "--takeable", "--size", 500)["items"]]
    assert desk.json("activities", "start", activity)["status"] == "in-progress"
    assert desk.json("activities", "pause", activity)["status"] == "paused"
    assert desk.json("activities", "save", activity, "--data", '{"topic": "fault"}')["data"] == {"topic": "fault"}
    assert desk.json("activities", "unassign", activity)["status"] == "pending"
    assert desk.json("activities", "assign", activity, "--start")["status"] == "in-progress"

    unfit = desk("activities", "complete", activity, "--data", '{"severity": "awful"}')
    assert unfit.code == 1
    assert "severity" in unfit.err
    assert desk.json("activities", "complete", activity, "--data", TRIAGE)["status"] == "completed"
    assert desk.json("runs", "get", run["id"])["currentTaskName"] == "Solve it"
    assert desk("activities", "complete", activity, "--data", TRIAGE).code == 4


def test_next_takes_the_best_activity_and_says_when_there_is_none(desk):
    run = desk.ticket("next")
    taken = desk.json("activities", "next", "--start")
    assert taken["status"] == "in-progress"
    desk("activities", "unassign", taken["id"])
    for one in desk.json("activities", "list", "--status", "pending", "--size", 500)["items"]:
        desk.json("activities", "cancel", one["id"])
    nothing = desk("activities", "next", "--json")
    assert (nothing.code, nothing.json, nothing.err) == (0, None, "Nothing waits for you.\n")
    assert run["id"]


def test_an_activity_goes_to_somebody_else(desk):
    other = desk.json("members", "add", "bob@example.org", "--actor-role", "agent")["accountId"]
    activity = desk.activity(desk.ticket("handed over"))["id"]
    assert desk.json("activities", "assign", activity, "--account", other)["assigned_account_id"] == other
    back = desk.json("activities", "reassign", activity, "--account", desk.made["account_id"])
    assert back["assigned_account_id"] == desk.made["account_id"]
    failed = desk.json("activities", "error", activity, "--comment", "No such customer.")
    assert failed["status"] == "errored"


def test_another_task_becomes_the_current_one_by_its_key(desk):
    run = desk.ticket("selected")
    activity = desk.activity(run)["id"]
    desk.json("activities", "assign", activity, "--start")
    desk.json("activities", "save", activity, "--data", TRIAGE)
    assert desk.json("runs", "select", run["id"], "resolve")["taskKey"] == "resolve"
    unknown = desk("runs", "select", run["id"], "nothing")
    assert (unknown.code, "triage" in unknown.err) == (4, True)


def test_members_are_added_changed_and_removed(desk):
    made = desk.json(
        *("members", "add", "cy@example.org", "--name", "Cy", "--password", "correct horse", "--role", "Manager"),
        *("--actor-role", "agent", "--actor-role", "lead", "--supervisor"),
    )
    assert (made["name"], made["role"], made["actorRoles"], made["isSupervisor"]) == (
        *("Cy", "Manager", ["agent", "lead"]),
        True,
    )
    changed = desk.json("members", "update", made["id"], "--role", "User", "--no-supervisor")
    assert (changed["role"], changed["isSupervisor"], changed["name"]) == ("User", False, "Cy")
    key = desk("members", "key", made["id"], "--name", "laptop").out.strip()
    assert desk("members", "get", made["id"], CASEWORK_KEY=key).code == 0
    denied = desk("members", "list", CASEWORK_KEY=key)
    assert (denied.code, denied.out) == (4, "")
    assert desk.json("members", "remove", made["id"]) == {"id": made["id"], "removed": True}
    assert desk("members", "get", made["id"], CASEWORK_KEY=key).code == 4


def test_a_list_is_lines_of_tabs_where_no_terminal_looks_on(desk):
    run = desk.ticket("a\ttab and \x1b[31mred")
    listed = desk("runs", "list", "--size", 500)
    assert listed.code == 0
    head, *lines = [line.split("\t") for line in listed.out.splitlines()]
    assert head[:4] == ["ID", "TITLE", "WORKFLOW", "STATUS"]
    assert {len(line) for line in lines} == {len(head)}
    (line,) = [line for line in lines if line[0] == str(run["id"])]
    assert line[1] == "a tab and  [31mred"


def test_a_page_says_where_there_is_more(desk):
    desk.ticket("one")
    desk.ticket("two")
    listed = desk("runs", "list", "--size", 1)
    assert len(listed.out.splitlines()) == 2
    assert "--page" in listed.err
