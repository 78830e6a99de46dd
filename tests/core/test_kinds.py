import pytest

from casework.core.command import Complete
from casework.core.context import Context
from casework.core.kinds import compile_program
from casework.core.parse import document, parse
from casework.core.version import compile_version
from tests.core.cases import LEAD, Case
from tests.core.sources import only


def flow(*tasks, **fields):
    return {"casework": 1, "key": "flow", "tasks": list(tasks), **fields}


def parsed(*tasks, **fields):
    return parse(flow(*tasks, **fields), media="value")


def case_of(*tasks, input=None, **fields):  # noqa: A002 - a run's
    definition = parsed(*tasks, **fields)
    return Case.of(
        *definition.tasks,
        start=definition.start,
        input=input or {},
        output=definition.output,
        on_failure=definition.on_failure,
    )


def problem(**fields):
    path, message, hint = only(flow({"key": "a", **fields}), "value")
    return path.removeprefix("/tasks/0"), message, hint


TABLE = {
    "key": "rate",
    "kind": "decision",
    "rules": [
        {"when": "input.amount > 1000", "then": {"level": "high", "fee": "=input.amount / 100"}},
        {"when": "input.amount > 100", "then": {"level": "middle"}},
        {"then": {"level": "low"}},
    ],
}


@pytest.mark.parametrize(
    ("amount", "output"),
    [(5000, {"level": "high", "fee": 50}), (500, {"level": "middle"}), (5, {"level": "low"})],
)
def test_the_first_rule_that_applies_decides(amount, output):
    case = case_of(TABLE, input={"amount": amount})
    assert case.run.state == "completed"
    assert case.run.output == output


def test_every_rule_that_applies_may_give_something():
    case = case_of(TABLE | {"hit": "all"}, input={"amount": 5000})
    assert [one["level"] for one in case.run.output] == ["high", "middle", "low"]
    assert case_of({**TABLE, "hit": "all", "rules": TABLE["rules"][:1]}, input={"amount": 5}).run.output == []


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (TABLE["rules"][:1], "no rule applies"),
        ([{"when": "input.missing > 1", "then": 1}], "could not be decided"),
        ([{"then": "=input.missing"}], "missing"),
    ],
)
def test_a_table_that_does_not_decide_fails_the_step(rules, words):
    case = case_of({**TABLE, "rules": rules}, input={"amount": 5})
    assert case.run.state == "failed"
    assert case.run.error["code"] == "expression"
    assert words in case.run.error["message"]


def test_values_are_set_in_the_decision_that_reaches_them():
    case = case_of(
        {"key": "a", "kind": "human", "next": [{"to": "b"}]},
        {
            "key": "b",
            "kind": "set",
            "values": {"sum": "=output == null", "n": "=tasks.a.output.n + 1"},
            "next": [{"to": "c"}],
        },
        {"key": "c", "kind": "human", "prompt": "x"},
    )
    case.take("a")
    events = case.do(Complete(step=1, data={"n": 4}), LEAD)
    assert events == ["step.completed", "step.created", "step.completed", "step.created"]
    assert case.step("b", live=False).output == {"sum": True, "n": 5}
    assert case.live() == ["c"]


def test_what_a_worker_is_given_is_rendered_once():
    case = case_of(
        {
            "key": "a",
            "kind": "http",
            "method": "POST",
            "url": "https://example.org/{{ input.id }}",
            "key_header": "X-Request-Key",
            "headers": {"authorization": "Bearer {{ secrets.KEY }}"},
            "body": {"n": "=input.n"},
            "expect": [200, 404],
        },
        input={"id": "x", "n": 2},
    )
    assert case.step("a").data == {
        "method": "POST",
        "url": "https://example.org/x",
        "headers": {"authorization": "Bearer {{ secrets.KEY }}"},
        "body": {"n": 2},
        "expect": [200, 404],
        "key_header": "X-Request-Key",
    }
    case = case_of({"key": "a", "kind": "http", "url": "https://example.org"})
    assert case.step("a").data == {"method": "GET", "url": "https://example.org"}
    case = case_of({"key": "a", "kind": "function", "function": "score"})
    assert case.step("a").data == {"function": "score", "arguments": {}}


def test_people_are_given_nothing_but_their_form():
    assert compile_program("human", {}).evaluate(Context({})) == {}


@pytest.mark.parametrize(
    ("fields", "where", "words"),
    [
        ({"kind": "set"}, "/values", "must be a map"),
        ({"kind": "set", "values": {}}, "/values", "must be a map"),
        ({"kind": "set", "values": {str(i): i for i in range(300)}}, "/values", "has 300 entries"),
        ({"kind": "set", "values": {"a": {"b": ["=1 +"]}}}, "/values/a/b/0", "Syntax error"),
        ({"kind": "set", "values": {"a": 1}, "roles": ["x"]}, "/roles", "no field 'roles'"),
        ({"kind": "decision"}, "/rules", "must be a list of 1 to 500 maps"),
        ({"kind": "decision", "rules": [3]}, "/rules/0", "must be a map"),
        ({"kind": "decision", "rules": [{"when": "true"}]}, "/rules/0/then", "has no 'then'"),
        ({"kind": "decision", "rules": [{"wen": "true", "then": 1}]}, "/rules/0/wen", "no field 'wen'"),
        ({"kind": "decision", "rules": [{"when": "1 + 1", "then": 1}]}, "/rules/0/when", "must be true or false"),
        ({"kind": "decision", "rules": [{"when": "tasks.zz.output", "then": 1}]}, "/rules/0/when", "no task 'zz'"),
        ({"kind": "function"}, "/function", "does not name"),
        ({"kind": "function", "function": "a b"}, "/function", "letters, digits"),
        ({"kind": "function", "function": "f", "arguments": []}, "/arguments", "must be a map"),
        ({"kind": "http"}, "/url", "has no 'url'"),
        ({"kind": "http", "url": "ftp://x"}, "/url", "must begin with"),
        ({"kind": "http", "url": "https://x", "method": "TRACE"}, "/method", "must be one of"),
        ({"kind": "http", "url": "https://x", "headers": {"a": 1}}, "/headers/a", "must be text"),
        ({"kind": "http", "url": "https://x", "headers": {str(i): "x" for i in range(60)}}, "/headers", "60 entries"),
        ({"kind": "http", "url": "https://x", "headers": {"a b": "x"}}, "/headers/a b", "not the name of a header"),
        ({"kind": "http", "url": "https://x", "key_header": "a b"}, "/key_header", "not the name of a header"),
        ({"kind": "http", "url": "https://x", "headers": {"idempotency-key": "x"}}, "/headers", "bears the step's key"),
        ({"kind": "http", "url": "https://x", "expect": [99]}, "/expect", "from 100 to 599"),
        ({"kind": "http", "url": "https://x", "retry": 3}, "/retry", "must be a map"),
        ({"kind": "http", "url": "https://x", "retry": {"attempts": 0}}, "/retry/attempts", "from 1 to 100"),
        ({"kind": "http", "url": "https://x", "retry": {"backoff": "8d"}}, "/retry/backoff", "at most 7d"),
        ({"kind": "http", "url": "https://x", "limits": 5}, "/limits", "must be a map"),
        ({"kind": "http", "url": "https://x", "limits": {"at_once": 5}}, "/limits/at_once", "no field 'at_once'"),
        ({"kind": "http", "url": "https://x", "limits": {"concurrency": 0}}, "/limits/concurrency", "from 1 to 10,000"),
        ({"kind": "http", "url": "https://x", "limits": {"rate": "5/w"}}, "/limits/rate", "write it like 10/s, 100/m"),
        ({"kind": "http", "url": "https://x", "limits": {"rate": "10001/s"}}, "/limits/rate", "at most 10,000"),
        ({"kind": "human", "limits": {"concurrency": 2}}, "/limits", "no field 'limits'"),
        ({"kind": "http", "url": "https://x", "on_failure": "wait"}, "/on_failure", "must be one of"),
        ({"kind": "human", "retry": {"attempts": 2}}, "/retry", "no field 'retry'"),
    ],
)
def test_settings_that_are_wrong_are_told_with_their_place(fields, where, words):
    path, message, _ = problem(**fields)
    assert path == where
    assert words in message


def test_a_document_of_every_kind_says_the_same_again():
    definition = parsed(
        TABLE | {"hit": "all", "next": [{"to": "f"}]},
        {
            "key": "f",
            "kind": "function",
            "function": "score",
            "arguments": {"a": "=1"},
            "retry": {"attempts": 3, "backoff": "2s", "max": "5m"},
            "timeout": "90s",
            "limits": {"concurrency": 5, "rate": "100/m"},
            "on_failure": "incident",
            "next": [{"to": "h"}],
        },
        {"key": "h", "kind": "http", "url": "https://x.example", "retry": {"attempts": 2}, "next": [{"to": "s"}]},
        {"key": "s", "kind": "set", "values": {"a": 1}},
        on_failure="incident",
    )
    again = document(definition)
    assert again["tasks"][1]["retry"] == {"attempts": 3, "backoff": "2s", "max": "5m"}
    assert again["tasks"][1]["timeout"] == "1m30s"
    assert again["tasks"][1]["limits"] == {"concurrency": 5, "rate": "100/m"}
    assert "limits" not in again["tasks"][2]
    assert parse(again, media="value") == definition
    assert compile_version(definition).program("s").names == frozenset()
