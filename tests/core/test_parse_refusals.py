import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.core.definition import ITEMS_MAX
from casework.core.errors import Invalid
from casework.core.parse import document, parse
from casework.core.parse_task import LATER
from tests.core.sources import EXAMPLE, of_task, only, problems, task


@pytest.mark.parametrize(
    "field",
    sorted(LATER),
)
def test_a_field_of_a_later_part_is_not_built_yet(field):
    assert of_task(**{field: "x"}) == (f"/{field}", f"'{field}' is not built yet", "leave it out")


def test_a_later_field_of_the_workflow_is_not_built_yet():
    value = task(next=[{"to": "b"}]) | {"capacity": "business"}
    assert only(value, "value") == ("/capacity", "'capacity' is not built yet", "leave it out")


@pytest.mark.parametrize(
    ("fields", "where", "words"),
    [
        ({"on_overdue": {"remind": True}}, "/on_overdue", "'on_overdue' needs a time that the step is due"),
        ({"reminders": ["-1h"]}, "/reminders", "'reminders' needs a time that the step is due"),
        ({"due": "4h", "on_overdue": "lead"}, "/on_overdue", "'on_overdue' must be a map"),
        ({"due": "4h", "on_overdue": {"remnd": True}}, "/on_overdue/remnd", "there is no field 'remnd' here"),
        ({"due": "4h", "on_overdue": {"then": "c"}}, "/on_overdue/then", "there is no task 'c'"),
        (
            {"due": "4h", "for_each": "[1]", "on_overdue": {"then": "b"}},
            "/on_overdue/then",
            "one item of a 'for_each' has no way of its own",
        ),
        ({"due": "4h", "on_overdue": {"raise_priority": 0}}, "/on_overdue/raise_priority", "from 1 to 100"),
        ({"due": "4h", "reminders": ["soon"]}, "/reminders/0", "'soon' is no time before or after the step is due"),
        ({"due": "4h", "reminders": [60]}, "/reminders/0", "must be text"),
        ({"calendar": "lunar"}, "/calendar", "'calendar' must be business"),
        ({"calendar": "business", "due": "12w"}, "/due", "'due' is at most 2,000h of business time"),
        ({"calendar": "business", "requeue_after": "12w"}, "/requeue_after", "at most 2,000h of business time"),
        ({"requeue_after": "0s"}, "/requeue_after", "must be a duration of a second or more"),
        (
            {"distribute": "fairly"},
            "/distribute",
            "'distribute' must be one of pull, least_loaded, round_robin, sticky",
        ),
        ({"allow": [20]}, "/allow", "'allow' must be an expression"),
        ({"deny": "item.owner"}, "/deny", "there is no 'item' here"),
        ({"kind": "set", "values": {"x": "1"}, "due": "4h"}, "/due", "there is no field 'due' here"),
    ],
)
def test_what_is_said_of_time_and_people_must_be_meant(fields, where, words):
    path, message, _ = of_task(**fields)
    assert (path, words in message) == (where, True), message


@pytest.mark.parametrize(
    ("field", "value", "where", "words"),
    [
        ("name", 5, "/name", "'name' must be text"),
        ("name", "x" * 201, "/name", "'name' has 201 characters; at most 200 are allowed"),
        ("prompt", "x" * 20_001, "/prompt", "at most 20,000"),
        ("description", True, "/description", "must be text"),
        ("roles", "agent", "/roles", "'roles' must be a list"),
        ("roles", 5, "/roles", "'roles' must be a list"),
        ("roles", ["a", "a"], "/roles/1", "'a' is listed twice"),
        ("roles", [""], "/roles/0", "must be text of 1 to 200 characters"),
        ("roles", [5], "/roles/0", "must be text of 1 to 200 characters"),
        ("roles", [f"r{i}" for i in range(101)], "/roles", "'roles' has 101 entries; at most 100 are allowed"),
        ("exclude", ["tasks."], "/exclude/0", "there is no task 'tasks.'"),
        ("exclude", ["end"], "/exclude/0", "there is no task 'end'"),
        ("form", {"type": "x"}, "/form/type", "'form' is not a usable JSON Schema: the type must be one of"),
        ("form", {"properties": {"a/b": {"minLength": "x"}}}, "/form/properties/a~1b/minLength", "must be an integer"),
        ("output", "x", "/output", "'output' is not a usable JSON Schema: a schema is an object, true or false"),
        ("due", "0s", "/due", "'due' must be a duration of a second or more"),
        ("due", 90, "/due", "'due' must be a duration of a second or more"),
        ("due", "11x", "/due", "'11x' is not a duration"),
        ("priority", 101, "/priority", "'priority' must be a whole number from 0 to 100"),
        ("priority", 1.5, "/priority", "'priority' must be a whole number"),
        ("priority", True, "/priority", "'priority' must be a whole number"),
        ("visits", 0, "/visits", "'visits' must be a whole number from 1 to 10,000"),
        ("visits", 10_001, "/visits", "'visits' must be a whole number"),
        ("concurrency", ITEMS_MAX + 1, "/concurrency", "'concurrency' must be a whole number from 1 to 10,000"),
        ("split", "any", "/split", "'split' must be one of first, all"),
        ("join", [], "/join", "'join' must be one of each, all, any"),
        ("on_item_error", "stop", "/on_item_error", "'on_item_error' must be one of fail, skip, collect"),
        ("cancel_rest", "no", "/cancel_rest", "'cancel_rest' must be true or false"),
        ("for_each", 5, "/for_each", "'for_each' must be an expression, as text"),
        ("for_each", "item.list", "/for_each", "there is no 'item' here"),
        ("otherwise", "c", "/otherwise", "there is no task 'c'"),
        ("on_error", "c", "/on_error", "there is no task 'c'"),
        ("next", "b", "/next", "'next' must be a list"),
        ("next", [5, {"to": "b"}], "/next/0", "a way on must be a map"),
        ("next", [{"to": "b", "if": "true"}], "/next/0/if", "there is no field 'if' here"),
        ("next", [{"to": "b", "when": 1}], "/next/0/when", "'when' must be an expression, as text"),
        ("next", [{"to": "b", "when": "1 + 1"}], "/next/0/when", "a condition must be true or false"),
        ("next", [{"to": "b", "when": " true "}, {"to": "end"}], "/next/0", "this way is always taken"),
        ("next", [{"to": "b"}] + [{"to": "b", "when": "input.a"}] * 100, "/next", "'next' has 101 entries"),
        ("indicators", ["x"], "/indicators", "'indicators' must be a map from names to expressions"),
        ("indicators", {"A b": "1"}, "/indicators/A b", "'A b' must be a-z, 0-9 and _ only"),
        ("indicators", {"a": 1}, "/indicators/a", "'a' must be an expression, as text"),
        ("indicators", {"a": "1 +"}, "/indicators/a", "Syntax error"),
        ("indicators", {"a": "index"}, "/indicators/a", "there is no 'index' here"),
        ("indicators", {f"i{i}": "1" for i in range(101)}, "/indicators", "'indicators' has 101 entries"),
    ],
)
def test_a_field_that_is_wrong_is_told(field, value, where, words):
    found = problems(task(**{"next": [{"to": "b"}], field: value}), "value")
    assert found[0].path == f"/tasks/0{where}"
    assert words in found[0].message


def test_a_way_must_lead_somewhere():
    for entry in ({}, {"to": ""}, {"to": None}):
        assert of_task(next=[entry])[:2] == ("/next/0", "the way has no 'to'")
    assert of_task(next=[{"to": 5}])[:2] == ("/next/0/to", "'to' must be text")


def test_the_target_end_needs_no_task():
    parse(task(next=[{"to": "b", "when": "input.a"}, {"to": "end"}], otherwise="end", on_error="end"), media="value")


def test_a_way_that_is_always_taken_may_stand_anywhere_when_all_are_taken():
    parse(task(next=[{"to": "b"}, {"to": "end", "when": "input.a"}], split="all"), media="value")


def test_item_and_index_are_known_where_a_task_is_done_for_each():
    ways = [{"to": "b", "when": "item.ok && index > 1 && error == null"}]
    parse(task(next=ways, for_each="input.items", indicators={"a": "item"}), media="value")
    parse(task(next=[{"to": "b", "when": "input.list.all(item, item.ok)"}]), media="value")
    value = task(next=[{"to": "b"}]) | {"output": "item"}
    assert only(value, "value") == ("/output", "there is no 'item' here", "it is known in a task with 'for_each' only")


def test_starts_are_tasks():
    value = task(next=[{"to": "b"}])
    assert only(value | {"start": ["a", "c"]}, "value")[:2] == ("/start/1", "there is no task 'c'")
    assert only(value | {"start": ["a", "end"]}, "value")[:2] == ("/start/1", "there is no task 'end'")
    assert parse(value | {"start": []}, media="value").start == ("a",)


def test_a_task_that_nothing_leads_to_is_told_unless_a_reference_is_wrong_anyway():
    assert only(task(), "value") == (
        "/tasks/1",
        "nothing leads to the task 'b'",
        "name it in another task's 'next', or in 'start'",
    )
    assert parse(task() | {"start": ["a", "b"]}, media="value").start == ("a", "b")
    assert only(task(next=[{"to": "c"}]), "value")[0] == "/tasks/0/next/0/to"


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        ("a\0", "/name", "the text holds a NUL or broken character"),
        ("\ud800", "/name", "the text holds a NUL or broken character"),
        (float("nan"), "/name", "the number is not finite"),
        (2**63, "/name", "is too large"),
        (object(), "/name", "a object is not a JSON value"),
        ((1,), "/name", "a tuple is not a JSON value"),
        ({5: 1}, "/name", "a key is not text"),
        ({"\0": 1}, "/name", "a key holds a NUL or broken character"),
    ],
)
def test_what_json_cannot_hold_is_a_problem_of_its_own(value, path, words):
    document = {"casework": 1, "key": "w", "name": value, "tasks": [{"key": "a", "kind": "human"}]}
    assert only(document, "value")[0] == path
    assert words in only(document, "value")[1]
    assert (
        only('{"casework": 1, "key": "w", "name": "\\u0000", "tasks": [{"key": "a", "kind": "human"}]}', "json")[0]
        == "/name"
    )


def test_a_value_without_end_is_refused():
    loop = []
    loop.append(loop)
    assert only({"tasks": loop}, "value")[1] == "the document is nested more than 64 deep"
    twice = {}
    twice["a"] = twice["b"] = twice
    assert only(twice, "value")[1].startswith("the document is ")


def test_a_value_of_too_many_parts_is_refused(monkeypatch):
    monkeypatch.setattr("casework.core.parse_value.EVENTS_MAX", 100)
    assert only([[0] * 200], "value")[1] == "the document is too large"


def test_the_authors_words_are_cut():
    _, message, hint = of_task(kind="x" * 5_000)
    assert len(message) < 100
    assert hint == "built now: human, agent, http, function, decision, set, wait, subworkflow"
    assert len(of_task(next=[{"to": "a"}, {"to": "x" * 150}], split="all")[1]) < 100


def test_hints_cost_little_however_many_names_there_are():
    tasks = [{"key": f"task_number_{i}", "kind": "human", "next": [{"to": f"tsk_number_{i}x"}]} for i in range(2_000)]
    found = problems({"casework": 1, "key": "w", "tasks": tasks}, "value")
    assert len(found) == 101
    assert found[0].hint.startswith("did you mean 'task_number_")
    assert found[-1].message == "and 1,900 more"
    assert problems({"casework": 1, "key": "w", "x" * 2_000: 1, "tasks": tasks[:1]}, "value")[0].hint is None


def _parsed(source, media):
    try:
        return parse(source, media=media), ()
    except Invalid as error:
        return None, error.problems


_words = st.sampled_from(
    [
        "casework",
        "key",
        "tasks",
        "kind",
        "human",
        "agent",
        "next",
        "to",
        "when",
        "a",
        "b",
        "end",
        "start",
        "form",
        "due",
        "1h",
    ]
)
_values = st.recursive(
    _words | st.none() | st.booleans() | st.integers(0, 3) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=5),
    max_leaves=20,
)
_documents = st.fixed_dictionaries(
    {
        "casework": st.just(1) | _values,
        "key": st.just("w") | _values,
        "tasks": st.lists(
            st.fixed_dictionaries(
                {"key": _words | _values, "kind": st.just("human") | _words},
                optional=dict.fromkeys(
                    ["next", "form", "due", "indicators", "for_each", "otherwise", "exclude", "split", "roles"], _values
                ),
            )
            | _values,
            max_size=4,
        ),
    },
    optional={"start": _values, "input": _values, "output": _values, "indicators": _values, "x": _values},
)


@settings(deadline=None, max_examples=100)
@given(_documents | _values)
def test_no_value_makes_parse_raise_anything_but_invalid(value):
    definition, found = _parsed(value, "value")
    assert len(found) <= 101
    if definition is not None:
        assert parse(document(definition), media="value") == definition


@settings(deadline=None, max_examples=100)
@given(
    st.binary(max_size=100)
    | st.text(max_size=100)
    | st.builds(
        lambda at, what: EXAMPLE[:at] + what + EXAMPLE[at:],
        st.integers(0, len(EXAMPLE)),
        st.text(max_size=3)
        | st.sampled_from(["\n", "&a ", "*a", "!!x ", "- ", ": ", "{", "]", "'", "\t", "\0", "\ud800"]),
    )
    | st.builds(lambda start, end: EXAMPLE[:start] + EXAMPLE[end:], *[st.integers(0, len(EXAMPLE))] * 2),
    st.sampled_from(["yaml", "json"]),
)
def test_no_text_makes_parse_raise_anything_but_invalid(source, media):
    definition, found = _parsed(source, media)
    assert (definition is None) == bool(found)
