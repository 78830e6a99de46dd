import json
import re
from inspect import cleandoc

import pytest

from casework.core.definition import TASKS_MAX, Definition, Overdue, Task, Transition
from casework.core.parse import document, parse
from tests.core.sources import EXAMPLE, WRONG_TYPE, of_task, only, problems, told


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


def test_the_example_parses_as_it_stands():
    definition = parse(EXAMPLE, media="yaml")
    assert [task.kind for task in definition.tasks] == ["agent", "human", "human"]
    assert parse(document(definition), media="value") == definition


def test_the_example_parses_when_people_do_all_of_it():
    text = re.sub(r"(?m)^ +(model|retry|timeout):.*\n", "", EXAMPLE).replace("kind: agent", "kind: human")
    definition = parse(text, media="yaml")
    assert [task.key for task in definition.tasks] == ["classify", "review", "resolve"]
    assert definition.start == ("classify",)
    assert definition.task("review").due == 4 * 3600
    assert definition.task("review").on_overdue == Overdue(reassign_to_roles=("lead",), then="resolve")
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
