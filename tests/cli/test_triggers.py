"""What starts work by itself or in bulk, from the command line."""

import json
from itertools import count

import httpx
import pytest

from casework.cli.bulk_rows import LINE_BYTES_MAX
from tests.cli.conftest import TICKET

SUBJECT = json.loads(TICKET)
numbers = count(1)


@pytest.fixture
def total(desk):
    """How many runs there are more than when the test began."""

    def counted():
        return desk.json("runs", "list", "--size", 1)["total"]

    before = counted()
    return lambda: counted() - before


def imported(desk, file, *arguments, code=0):
    result = desk("runs", "import", file, "--workflow", "support_desk", "--json", *arguments)
    assert result.code == code, result.err
    found = result.json
    return found["created"], found["existing"], found["refused"]


def test_a_schedule_is_made_listed_run_and_removed(desk):
    made = desk.json(
        "schedules", "add", "support_desk", "30 8 * * MON", "--time-zone", "Europe/Berlin", "--input", TICKET
    )
    assert made["nextAt"].endswith(("T06:30:00.000Z", "T07:30:00.000Z"))
    listed = desk("schedules", "list")
    assert "30 8 * * MON\tEurope/Berlin" in listed.out
    run = desk.json("schedules", "run", made["id"])["runId"]
    assert desk.json("runs", "get", run)["input"] == SUBJECT
    assert desk("schedules", "remove", made["id"]).out == f"schedule {made['id']}: removed\n"
    assert desk("schedules", "remove", made["id"]).code == 4
    wrong = desk("schedules", "add", "support_desk", "61 * * * *", "--input", TICKET)
    assert (wrong.code, "minute" in wrong.err) == (1, True)


def test_a_hook_is_made_called_and_removed(desk):
    fields = [f"--field={name}=body.{name}" for name in SUBJECT]
    made = desk.json("hooks", "add", "support_desk", *fields, "--external-id", "body.subject")
    headers = {"authorization": f"Bearer {made['secret']}"}
    answers = [httpx.post(desk.url + made["path"], json=SUBJECT, headers=headers) for _ in range(2)]
    assert [one.status_code for one in answers] == [202, 200]
    calls = desk.json("hooks", "calls", made["id"])["items"]
    assert [(one["status"], one["runId"]) for one in calls] == [
        (one.status_code, one.json()["runId"]) for one in answers
    ][::-1]
    assert made["path"] in desk("hooks", "list").out
    assert desk("hooks", "remove", made["id"]).code == 0
    assert httpx.post(desk.url + made["path"], json=SUBJECT, headers=headers).status_code == 401
    assert desk("hooks", "add", "support_desk", "--field", "subject").code == 2


def test_every_line_of_json_is_a_run_once(desk, write, total):
    items = [{"externalId": f"line-{n}", "input": SUBJECT, "title": f"Line {n}"} for n in range(25)]
    file = write("items.jsonl", "".join(json.dumps(one) + "\n\n" for one in items))
    assert imported(desk, file, "--batch", 10) == (25, 0, 0)
    assert imported(desk, file, "--batch", 7) == (0, 25, 0)
    assert total() == 25
    assert desk("runs", "import", file, "--workflow", "support_desk").out == "0 started, 25 were there, 0 refused.\n"


def test_lines_without_an_external_id_go_by_what_they_say(desk, write, total):
    line = json.dumps({"input": SUBJECT, "title": f"no id {next(numbers)}"}) + "\n"
    assert imported(desk, write("once.jsonl", line)) == (1, 0, 0)
    assert imported(desk, write("thrice.jsonl", line * 3)) == (2, 1, 0)
    assert imported(desk, write("again.jsonl", "\n" + line * 3)) == (0, 3, 0)
    assert total() == 3


def test_the_rows_of_a_table_are_runs_by_the_columns_that_are_mapped(desk, write):
    table = 'Order No,subject,body,customer,When\n17,Printer,"It prints,\nin green",Ada,2030-02-04T12:00:00Z\n'
    file = write("orders.csv", "\ufeff" + table)
    mapping = ["--map", "Order No=externalId", "--map", "When=dueAt"]
    assert imported(desk, file, *mapping) == (1, 0, 0)
    assert imported(desk, file, *mapping) == (0, 1, 0)
    run = desk.json("runs", "list", "--size", 1)["items"][0]
    assert run["input"] == {"subject": "Printer", "body": "It prints,\nin green", "customer": "Ada"}
    assert run["dueAt"] == "2030-02-04T12:00:00.000Z"


def test_a_column_is_understood_as_the_type_that_the_workflow_asks_for(desk, write):
    types = {"count": "integer", "paid": "boolean", "price": "number", "name": "string"}
    document = {
        "casework": 1,
        "key": "typed",
        "input": {"type": "object", "properties": {name: {"type": kind} for name, kind in types.items()}},
        "tasks": [{"key": "look", "kind": "human"}],
    }
    assert desk("apply", write("typed.json", json.dumps(document))).code == 0
    file = write("typed.csv", "count,paid,price,name\n3,TRUE,1.5,007\n")
    result = desk("runs", "import", file, "--workflow", "typed", "--json")
    assert (result.code, result.json["created"]) == (0, 1), result.err
    run = desk.json("runs", "list", "--size", 1)["items"][0]
    assert run["input"] == {"count": 3, "paid": True, "price": 1.5, "name": "007"}


def test_refused_lines_are_told_in_a_report_and_the_rest_is_made(desk, write, total):
    good = {"externalId": f"good-{next(numbers)}", "input": SUBJECT}
    bad = {"externalId": "bad", "input": {"subject": 3}}
    file = write("mixed.jsonl", f"{json.dumps(good)}\nnonsense\n\n{json.dumps(bad)}\n")
    assert imported(desk, file, "--batch", 1, code=1) == (1, 0, 2)
    report = file.with_name("mixed.jsonl.refused.jsonl")
    told = [json.loads(line) for line in report.read_text().splitlines()]
    assert [(one["line"], one["externalId"]) for one in told] == [(2, None), (4, "bad")]
    assert "/input/subject" in [problem["path"] for problem in told[1]["problems"]]
    assert total() == 1
    file.write_text(json.dumps(good) + "\n")
    assert imported(desk, file) == (0, 1, 0)
    assert not report.exists()


@pytest.mark.parametrize(
    ("name", "text", "arguments", "code"),
    [
        ("a.txt", "x", [], 2),
        ("a.csv", "a,b\n1,2\n", ["--map", "c=title"], 1),
        ("a.csv", "a,b\n1,2\n", ["--map", "a=colour"], 2),
        ("a.csv", 'a,b\n1,"2\n', [], 1),
        ("a.jsonl", "", ["--workflow", "absent"], 4),
    ],
)
def test_what_cannot_be_read_is_told_with_a_code(desk, write, name, text, arguments, code):
    result = desk("runs", "import", write(name, text), "--workflow", "support_desk", *arguments)
    assert (result.code, result.out) == (code, ""), result.err


def test_an_import_that_stops_says_how_far_it_came_and_goes_on_when_it_is_begun_again(desk, write, total):
    lines = [json.dumps({"externalId": f"half-{next(numbers)}", "input": SUBJECT}) for _ in range(3)]
    file = write("half.jsonl", "\n".join([*lines, "x" * (LINE_BYTES_MAX + 1)]))
    stopped = desk("runs", "import", file, "--workflow", "support_desk", "--batch", 1)
    assert (stopped.code, stopped.out, total()) == (1, "", 2)
    assert "It stopped when 2 lines were there" in stopped.err
    assert "longer than 1 MiB" in stopped.err
    file.write_text("\n".join(lines))
    assert imported(desk, file) == (1, 2, 0)


def test_a_file_that_is_not_there_is_told(desk, tmp_path):
    result = desk("runs", "import", tmp_path / "none.csv", "--workflow", "support_desk")
    assert (result.code, "cannot be read" in result.err) == (1, True)


def test_an_event_is_sent(desk):
    sent = desk.json("events", "send", "order.paid", "42", "--payload", '{"amount": 12}', "--keep-seconds", 60)
    assert (sent["taken"], sent["runId"]) == (False, None)
    assert desk.json("events", "send", "order.paid")["id"] > sent["id"]
    wrong = desk("events", "send", "order paid")
    assert (wrong.code, "name" in wrong.err) == (1, True)
    wrong = desk("events", "send", "order.paid", "--payload", "{")
    assert (wrong.code, "--payload is not JSON" in wrong.err) == (1, True)
