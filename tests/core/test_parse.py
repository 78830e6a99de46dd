import json
import re
from inspect import cleandoc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.core.definition import ITEMS_MAX, TASKS_MAX, Definition, Task, Transition
from casework.core.errors import Invalid
from casework.core.parse import document, parse
from casework.core.parse_task import LATER

WRONG_TYPE = "the type must be one of string, number, integer, boolean, object, array and null, or a list of them"

EXAMPLE = """\
casework: 1
key: support
name: Support desk
input: {type: object, required: [subject, body], properties: {subject: {type: string}, body: {type: string}}}
tasks:
  - key: classify
    name: Classify the ticket
    kind: agent
    model: scripted                  # or openai:gpt-..., anthropic:..., http://host/v1#model
    prompt: "Classify: {{ input.subject }} {{ input.body }}"     # logic-less substitution, nothing else
    output: {type: object, required: [topic, confidence], properties: {topic: {enum: [billing, fault, other]}}}
    retry: {attempts: 3, backoff: 2s, max: 60s}
    timeout: 60s
    on_error: review
    next:
      - {to: resolve, when: "output.confidence >= 0.9 && output.topic != 'billing'"}
      - {to: review}                 # first match wins; `split: all` takes every match
  - key: review
    name: Review the classification
    kind: human
    roles: [agent]                   # actor_roles
    exclude: [tasks.classify]        # four eyes: whoever did these may not do this (blacklisted_ids)
    form: {type: object, required: [topic], properties: {topic: {enum: [billing, fault, other]}, note: {type: string}}}
    due: 4h
    on_overdue: {reassign_to_roles: [lead], then: resolve}       # escalation: a default route, not only a cancel
    next: [{to: resolve}]
  - key: resolve
    kind: human
    roles: [agent]
    join: all                        # waits while another live step of the run can still reach it; SEMANTICS.md
indicators: {first_time_right: "tasks.review.output.topic == tasks.classify.output.topic"}
"""


def problems(source, media="yaml"):
    with pytest.raises(Invalid) as caught:
        parse(cleandoc(source) if isinstance(source, str) else source, media=media)
    return caught.value.problems


def told(source, media="yaml"):
    return [(problem.line, problem.path, problem.message) for problem in problems(source, media)]


def only(source, media="yaml"):
    (problem,) = problems(source, media)
    return problem.path, problem.message, problem.hint


def task(**fields):
    return {
        "casework": 1,
        "key": "w",
        "tasks": [{"key": "a", "kind": "human", **fields}, {"key": "b", "kind": "human"}],
    }


def of_task(**fields):
    """The only problem of a task `a` with these fields, beside a task `b` that it leads to."""
    value = task(**{"next": [{"to": "b"}], **fields})
    path, message, hint = only(value, "value")
    return path.removeprefix("/tasks/0"), message, hint


def test_the_smallest_document_has_every_default():
    definition = parse("casework: 1\nkey: w\ntasks: [{key: a, kind: human}]", media="yaml")
    assert definition == Definition(key="w", name="w", start=("a",), tasks=(Task(key="a", name="a", kind="human"),))


def test_every_field_is_read():
    source = """
        casework: 1
        key: my-flow_2
        name: My flow
        description: |
          Two
          lines
        labels: [one, two]
        input: {type: object, x-order: [a]}
        start: [b, a]
        output: tasks.a.output
        indicators: {n: "size(tasks)"}
        tasks:
          - key: a
            name: First
            kind: human
            description: What
            prompt: "Do {{ input.x }}"
            roles: [agent, lead]
            exclude: [tasks.b, b]
            form: {type: object}
            output: {required: [x]}
            due: 1h30m
            priority: 80
            split: all
            next: [{to: b, when: output.x && item.y}, {to: end, when: true}]
            otherwise: end
            on_error: b
            join: any
            cancel_rest: true
            visits: 5
            for_each: input.items
            concurrency: 3
            on_item_error: collect
            indicators: {right: "index == 1", left: null}
          - {key: b, kind: human, name: "", due: null, next: [], description: null}
        """
    assert parse(cleandoc(source), media="yaml") == Definition(
        key="my-flow_2",
        name="My flow",
        description="Two\nlines\n",
        labels=("one", "two"),
        input={"type": "object", "x-order": ["a"]},
        start=("b", "a"),
        output="tasks.a.output",
        indicators={"n": "size(tasks)"},
        tasks=(
            Task(
                key="a",
                name="First",
                kind="human",
                description="What",
                prompt="Do {{ input.x }}",
                roles=("agent", "lead"),
                exclude=("b",),
                form={"type": "object"},
                output={"required": ["x"]},
                due=5400,
                priority=80,
                split="all",
                next=(Transition(to="b", when="output.x && item.y"), Transition(to="end", when="true")),
                otherwise="end",
                on_error="b",
                join="any",
                cancel_rest=True,
                visits=5,
                for_each="input.items",
                concurrency=3,
                on_item_error="collect",
                indicators={"right": "index == 1"},
            ),
            Task(key="b", name="b", kind="human"),
        ),
    )


def test_text_bytes_json_and_values_mean_the_same():
    text = "casework: 1\nkey: w\ntasks: [{key: a, kind: human}]"
    value = {"casework": 1, "key": "w", "tasks": [{"key": "a", "kind": "human"}]}
    expected = parse(text, media="yaml")
    assert parse(text.encode(), media="yaml") == expected
    assert parse(json.dumps(value), media="json") == expected
    assert parse(value, media="value") == expected
    assert parse(value, media="yaml") == expected


def test_the_example_as_it_stands_says_what_is_not_built_yet():
    assert [(problem.line, problem.path, problem.message, problem.hint) for problem in problems(EXAMPLE)] == [
        (8, "/tasks/0/kind", "the kind 'agent' is not built yet", "built now: human"),
        (25, "/tasks/1/on_overdue", "'on_overdue' is not built yet", "leave it out"),
    ]


def test_the_example_parses_when_people_do_all_of_it():
    text = re.sub(r"(?m)^ +(model|retry|timeout|on_overdue):.*\n", "", EXAMPLE).replace("kind: agent", "kind: human")
    definition = parse(text, media="yaml")
    assert [task.key for task in definition.tasks] == ["classify", "review", "resolve"]
    assert definition.start == ("classify",)
    assert definition.task("review").due == 4 * 3600
    assert definition.task("review").exclude == ("classify",)
    assert definition.task("resolve").join == "all"
    with pytest.raises(KeyError):
        definition.task("nowhere")


def test_a_document_full_of_mistakes_tells_each_of_them_with_its_line():
    source = """
        casework: 2
        key: Foo
        name: [x]
        taks: 1
        tasks:
          - {key: a, kind: humn, next: [{to: b}, {to: revew, when: "1 +"}], due: 4x}
          - key: review
            kind: human
            form: {type: object, properties: {x: {type: strng}}}
            priorty: 3
            exclude: [tasks.q]
            next:
              - to: d
                when: item.x == tasks.cc.output
              - {to: b, when: "foo == 1"}
            on_error: *x
          - key: c
            kind: human
            split: al
            due: 1h
            due: 2h
        start: a
        """
    assert told(source) == [
        (1, "/casework", "the format '2' is not known"),
        (2, "/key", "'Foo' must be a-z, 0-9, _ and - only, a letter first, at most 64 characters"),
        (3, "/name", "'name' must be text"),
        (4, "/taks", "there is no field 'taks' here"),
        (6, "/tasks/0/kind", "there is no kind 'humn'"),
        (6, "/tasks/0/due", "'4x' is not a duration: write it like 90s, 15m, 4h, 2d, 1w, 1h30m or PT4H"),
        (6, "/tasks/0/next/0/to", "there is no task 'b'"),
        (6, "/tasks/0/next/0", "this way is always taken, so those after it never are"),
        (6, "/tasks/0/next/1/to", "there is no task 'revew'"),
        (6, "/tasks/0/next/1/when", "Syntax error: mismatched input '<EOF>' (column 4)"),
        (
            9,
            "/tasks/1/form/properties/x/type",
            "'form' is not a usable JSON Schema: " + WRONG_TYPE,
        ),
        (10, "/tasks/1/priorty", "there is no field 'priorty' here"),
        (11, "/tasks/1/exclude/0", "there is no task 'q'"),
        (13, "/tasks/1/next/0/to", "there is no task 'd'"),
        (14, "/tasks/1/next/0/when", "there is no 'item' here"),
        (14, "/tasks/1/next/0/when", "there is no task 'cc'"),
        (15, "/tasks/1/next/1/to", "there is no task 'b'"),
        (15, "/tasks/1/next/1/when", "there is nothing called 'foo' here (column 1)"),
        (16, "/tasks/1/on_error", "the alias *x is not supported: write the value out"),
        (19, "/tasks/2/split", "'split' must be one of first, all"),
        (21, "/tasks/2/due", "the key 'due' stands here twice"),
        (22, "/start", "'start' must be a list"),
    ]
    hints = {problem.path: problem.hint for problem in problems(source)}
    assert hints["/taks"] == "did you mean 'tasks'?"
    assert hints["/tasks/0/kind"] == "did you mean 'human'?"
    assert hints["/tasks/0/next/1/to"] == "did you mean 'review'?"
    assert hints["/tasks/1/priorty"] == "did you mean 'priority'?"
    assert hints["/tasks/2/split"] == "did you mean 'all'?"
    assert hints["/start"] == "write [a]"


@pytest.mark.parametrize("value", [None, 5, "text", [], True])
def test_a_document_is_a_map(value):
    assert only(value, "value")[:2] == ("", "the document must be a map that begins with 'casework: 1'")
    assert only(json.dumps(value), "json")[0] == ""


def test_what_a_document_must_say_is_asked_for():
    assert [(problem.path, problem.message) for problem in problems({}, "value")] == [
        ("", "the document does not say its format"),
        ("", "the workflow has no 'key'"),
        ("", "the workflow has no tasks"),
    ]
    assert problems({}, "value")[0].hint == "begin it with 'casework: 1'"
    assert only({"casework": 1, "key": "w", "tasks": []}, "value")[:2] == ("/tasks", "the workflow has no tasks")
    assert only({"casework": 1, "key": "w", "tasks": {}}, "value")[:2] == ("/tasks", "'tasks' must be a list")
    assert only({"casework": True, "key": "w", "tasks": [{"key": "a", "kind": "human"}]}, "value")[0] == "/casework"


@pytest.mark.parametrize("key", ["A", "1a", "", "a b", "a" * 65, 5, [], "é"])
def test_a_workflows_key_is_plain(key):
    value = {"casework": 1, "key": key, "tasks": [{"key": "a", "kind": "human"}]}
    assert only(value, "value")[0] == "/key"


@pytest.mark.parametrize("key", ["A", "1a", "", "a b", "a-b", "a" * 64, 5, ["x"]])
def test_a_tasks_key_is_plain(key):
    value = {"casework": 1, "key": "w", "tasks": [{"key": key, "kind": "human"}]}
    assert only(value, "value")[0] == "/tasks/0/key"


def test_a_task_has_a_key_that_is_its_own_and_a_kind():
    assert told({"casework": 1, "key": "w", "tasks": [{}]}, "value") == [
        (None, "/tasks/0", "the task has no 'key'"),
        (None, "/tasks/0", "the task has no 'kind'"),
    ]
    assert of_task(key="b", next=[])[:2] == ("/tasks/1/key", "the key 'b' is taken by an earlier task")
    assert of_task(key="end")[:2] == ("/key", "'end' is the reserved target of a way that ends its branch")


def test_an_entry_that_is_no_task_keeps_the_places_of_the_others():
    value = {"casework": 1, "key": "w", "tasks": [5, {"key": "a", "kind": "human", "split": "x"}]}
    assert [path for _, path, _ in told(value, "value")] == ["/tasks/0", "/tasks/1/split"]


def test_there_are_at_most_4095_tasks():
    tasks = [{"key": f"t{i}", "kind": "human"} for i in range(TASKS_MAX + 1)]
    value = {"casework": 1, "key": "w", "tasks": tasks, "start": [task["key"] for task in tasks[:-1]]}
    assert only(value, "value")[:2] == ("/tasks", "the workflow has 4,096 tasks; at most 4,095 are allowed")


@pytest.mark.parametrize("kind", ["agent", "http", "function", "decision", "set", "wait", "subworkflow"])
def test_a_kind_that_is_not_built_is_one_problem_whatever_its_settings(kind):
    assert of_task(kind=kind, model="x", retry={}, anything=1)[:2] == ("/kind", f"the kind '{kind}' is not built yet")


@pytest.mark.parametrize(
    "field",
    sorted(LATER),
)
def test_a_field_of_a_later_part_is_not_built_yet(field):
    assert of_task(**{field: "x"}) == (f"/{field}", f"'{field}' is not built yet", "leave it out")


def test_a_later_field_of_the_workflow_is_not_built_yet():
    value = task(next=[{"to": "b"}]) | {"on_failure": "incident"}
    assert only(value, "value") == ("/on_failure", "'on_failure' is not built yet", "leave it out")


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
    assert hint == "built now: human"
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
