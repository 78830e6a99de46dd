from datetime import UTC, datetime

import pytest

from casework.core.condition import Context, compile_condition, compile_expression, context_problem
from casework.core.context import BYTES_MAX, LIST_MAX, WALKED_BYTES_MAX


def error(source, **values):
    return compile_condition(source).decide(values).error


def test_a_context_is_the_mapping_it_wraps():
    context = Context({"input": 1, "item": 2})
    assert dict(context) == {"input": 1, "item": 2}
    assert len(context) == 2
    assert context["item"] == 2


def test_an_ordinary_context_has_no_problem():
    assert context_problem({"input": {"a": [1, "b", None, 1.5, True]}, "now": datetime(2026, 1, 1, tzinfo=UTC)}) is None
    assert context_problem({}) is None


def test_a_long_list_may_be_counted_but_not_walked():
    items = list(range(LIST_MAX + 1))
    assert compile_condition("size(input) == 5001").decide({"input": items}).value
    assert "a list of 5,001 elements is too long to walk" in error("input.all(x, x >= 0)", input=items)
    assert compile_condition("input.all(x, x >= 0)").decide({"input": items[:-1]}).value
    assert "too long to walk" in context_problem({"input": {"a": {str(i): i for i in items}}})


def test_large_values_are_refused_sooner_where_a_macro_walks():
    text = "x" * WALKED_BYTES_MAX
    assert compile_condition("input.a != ''").decide({"input": {"a": text}}).value
    assert "the values are too large" in error("[1].all(x, input.a != '')", input={"a": text})
    assert "the values are too large" in error("input.a != ''", input={"a": "x" * BYTES_MAX})
    assert "at most 262,144" in context_problem({"input": text})


def test_only_what_an_expression_names_is_measured():
    context = Context({"input": {"a": True}, "item": "x" * BYTES_MAX * 2, "output": object()})
    assert compile_condition("input.a").decide(context).value


def test_long_texts_looked_at_for_each_of_many_elements_cost_too_much():
    context = {"input": {"list": list(range(4_000)), "text": "a" * 100_000}}
    assert "would cost too much" in error("input.list.exists(x, input.text.matches('b'))", **context)
    context["input"]["list"] = list(range(100))
    assert not compile_condition("input.list.exists(x, input.text.matches('b'))").decide(context).value


def test_values_that_double_at_every_step_cost_too_much():
    doubling = ".map(x, x + x)" * 25
    assert "would cost too much" in error(f"[input.a]{doubling}[0] == ''", input={"a": "a" * 100})
    with pytest.raises(Exception, match="would cost too much"):
        compile_expression("[[1]]" + ".map(x, [x, x])" * 25).value({})


def test_a_result_that_repeats_a_large_value_costs_too_much():
    large = {"input": "x" * (BYTES_MAX - 100)}
    assert len(compile_expression("[input, input]").value(large)) == 2
    with pytest.raises(Exception, match="would cost too much"):
        compile_expression(f"[{', '.join(['input'] * 100)}]").value(large)


def test_the_evaluators_own_budget_is_an_error_too():
    assert "budget" in error("input.all(x, x > 0) && input.all(x, x > 0) && input.all(x, x > 0)", input=[1] * 5_000)


def test_a_text_with_a_nul_is_refused_for_it_would_be_cut_there():
    assert error("input.a == 'a'", input={"a": "a\0b"}) == "'input' holds a NUL character"
    assert compile_condition(r"input.a == '\\u0000'").decide({"input": {"a": "\\u0000"}}).value


def test_what_is_no_json_is_an_error_and_never_an_exception():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert error("input == 1", input=deep) == "'input' is nested too deeply"
    assert "is not a JSON value" in error("input == 1", input=object())
    assert "is not a JSON value" in error("input == '1'", input="\ud800")
    assert "out of range" in error("input.a == 1", input={"a": 2**70})
    assert "tuple" in error("input.a == 1", input={"a": (1, 2)})


def test_of_two_wrong_values_the_first_by_name_is_told():
    context = Context({"output": object(), "input": object(), "item": 1})
    assert compile_condition("output == input").decide(context).error.startswith("'input' ")
    assert compile_condition("item == 1").decide(context).value


def test_now_is_an_instant_or_its_text():
    condition = compile_condition("now > timestamp('2026-01-01T00:00:00Z')")
    assert condition.decide({"now": datetime(2026, 1, 2, tzinfo=UTC)}).value
    assert condition.decide({"now": "2026-01-01T02:00:00+01:00"}).value
    for wrong in (datetime(2026, 1, 2), "2026-01-02T00:00:00", "tomorrow", 5):  # noqa: DTZ001
        assert condition.decide({"now": wrong}).error.startswith("'now' is not a JSON value")


def test_sizes_are_measured_once_a_context():
    text = [["a" * 50] * 100, "b" * 5_000]
    context = Context({"input": text * 3})
    condition = compile_condition("input.exists(x, x == 'b')")
    first = condition.decide(context)
    assert first == condition.decide(context)
    assert compile_condition("input.map(x, 'a' + 'b') == [] || input.all(x, size(x) > 1)").decide(context).value
