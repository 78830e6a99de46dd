from datetime import UTC, datetime

import pytest

from casework.core.condition import EvaluationError
from casework.core.context import Context
from casework.core.template import RENDERED_MAX, TemplateError, compile_template

CONTEXT = Context(
    {
        "input": {"subject": "Roof", "n": 3, "tags": ["a", "b"], "none": None},
        "tasks": {"review": {"output": {"ok": True}}},
        "now": datetime(2026, 3, 2, tzinfo=UTC),
    }
)


def rendered(value):
    return compile_template(value).render(CONTEXT)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5),
        (None, None),
        ("plain", "plain"),
        ("=input.n + 1", 4),
        ("= input.tags", ["a", "b"]),
        ({"a": ["=input.n", {"b": "x"}]}, {"a": [3, {"b": "x"}]}),
        ("About {{ input.subject }}!", "About Roof!"),
        ("{{input.subject}}{{ input.n }}", "Roof3"),
        ("{{ input.tags }}", '["a","b"]'),
        ("{{ input.tags.1 }}", "b"),
        ("{{ tasks.review.output.ok }}", "true"),
        ("[{{ input.none }}]", "[]"),
        ("[{{ input.missing.deeper }}]", "[]"),
        ("[{{ input.tags.9 }}]", "[]"),
        ("[{{ input.tags.x }}]", "[]"),
        ("[{{ input.n.x }}]", "[]"),
        ("Bearer {{ secrets.API_KEY }}", "Bearer {{ secrets.API_KEY }}"),
        ("{{ secrets.A }} and {{ input.n }}", "{{ secrets.A }} and 3"),
        ("a { b } c", "a { b } c"),
    ],
)
def test_expressions_and_paths_are_replaced(value, expected):
    assert rendered(value) == expected


def test_what_a_value_refers_to_is_known():
    template = compile_template({"a": "=tasks.review.output.ok", "b": "{{ tasks.draft.output }} {{ input.x }}"})
    assert template.names == {"tasks", "input"}
    assert template.task_keys == {"review", "draft"}
    assert compile_template("{{ tasks }}").task_keys == frozenset()


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        ({"a": [1, "=1 +"]}, ("a", 1), "Syntax error"),
        ("=nothing.there", (), "nothing called 'nothing.there'"),
        ({"a": "{{ input.n + 1 }}"}, ("a",), "must hold a path"),
        (["{{ other.x }}"], (0,), "nothing called 'other'"),
        ("{{ }}", (), "must hold a path"),
    ],
)
def test_what_does_not_compile_is_told_with_its_place(value, path, words):
    with pytest.raises(TemplateError, match=words) as caught:
        compile_template(value)
    assert caught.value.path == path


def test_an_expression_without_a_value_is_an_error():
    with pytest.raises(EvaluationError, match="missing"):
        rendered({"a": "=input.missing"})


def test_a_rendered_value_has_a_limit():
    context = Context({"input": {"text": "x" * (RENDERED_MAX // 4)}})
    with pytest.raises(EvaluationError, match="at most 262,144"):
        compile_template(["{{ input.text }}"] * 5).render(context)
