import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.core.condition import (
    NAMES,
    Condition,
    ConditionError,
    Context,
    EvaluationError,
    Verdict,
    compile_call_expression,
    compile_condition,
    compile_expression,
)
from casework.core.condition import _refusal as refusal


def decide(source, **values):
    return compile_condition(source).decide(values)


def explain(source, **values):
    return compile_condition(source).explain(values)


def refused(source, compiler=compile_condition):
    with pytest.raises(ConditionError) as caught:
        compiler(source)
    return caught.value.message, caught.value.column


def test_a_condition_is_true_or_false():
    assert decide("input.a > 1", input={"a": 2}) == Verdict(value=True)
    assert decide("input.a > 1", input={"a": 1}) == Verdict(value=False)


def test_a_condition_knows_what_it_refers_to():
    condition = compile_condition("tasks.review.output.ok && input.a == 1")
    assert condition.source == "tasks.review.output.ok && input.a == 1"
    assert condition.names == {"tasks", "input"}
    assert condition.task_keys == {"review"}
    assert repr(condition) == "Condition('tasks.review.output.ok && input.a == 1')"


def test_every_name_may_be_used():
    for name in NAMES:
        assert compile_condition(f"string({name}) == 'x' || true").names == {name}


def test_an_error_is_never_true():
    assert decide("input.a", input={}) == Verdict(value=False, error='Key not found in map : "a"')
    assert decide("!input.a", input={}).error
    assert decide("input.a / 0 == 1", input={"a": 1}).error == "divide by zero"


def test_a_name_without_a_value_is_an_error_that_says_so():
    assert decide("item.a == 1").error == "there is no 'item' here"
    assert decide("true || item.a == 1").value


@pytest.mark.parametrize("value", [1, 0, "true", "", None, [], [True], {}, 1.5])
def test_only_a_bool_decides(value):
    verdict = decide("input.a", input={"a": value})
    assert not verdict.value
    assert "neither true nor false" in verdict.error


def test_a_whole_number_may_stand_where_a_fraction_is_compared():
    assert decide("input.a >= 0.9", input={"a": 1}).value


def test_the_words_of_an_error_are_cut():
    assert len(decide("input.a == 1", input={"a": ("x" * 1_000,)}).error) <= 300


@pytest.mark.parametrize(
    ("source", "message", "column"),
    [
        ("foo == 1", "there is nothing called 'foo' here", 1),
        ("input.a\n && foo", "there is nothing called 'foo' here", 13),
        ("input.a && 'é' == foo", "there is nothing called 'foo' here", 19),
        ("input.a.trim() == ''", "there is nothing called 'trim' here", 13),
        ("1 +", "Syntax error: mismatched input '<EOF>'", 4),
        ("", "Syntax error: mismatched input '<EOF>'", 1),
        ("1 + 1", "a condition must be true or false; this one gives int", None),
        ("'a'", "a condition must be true or false; this one gives string", None),
        ("input == '\0'", "the expression holds a NUL character or half of a surrogate pair", 11),
        ("input == '\ud800'", "the expression holds a NUL character or half of a surrogate pair", 11),
        ("[" * 100 + "]" * 100, "the expression is nested too deeply", None),
        ("(" * 100 + "true" + ")" * 100, "the expression is nested too deeply", None),
    ],
)
def test_what_does_not_compile_is_refused_with_its_place(source, message, column):
    assert refused(source) == (message, column)


def test_a_complaint_without_a_place_is_passed_on():
    error = refusal("input.a", "INTERNAL: something else")
    assert (error.message, error.column) == ("INTERNAL: something else", None)


@pytest.mark.parametrize("compiler", [compile_condition, compile_expression])
def test_an_expression_is_bounded_in_length(compiler):
    source = "input.a == '" + "x" * 1_987 + "'"
    assert len(source) == 2_000
    assert compiler(source)
    assert refused(source + " ", compiler) == ("the expression has 2,001 characters; at most 2,000 are allowed", None)


@pytest.mark.parametrize("compiler", [compile_condition, compile_expression])
def test_a_macro_within_a_macro_is_refused_for_its_cost(compiler):
    message, _ = refused("input.a.all(x, input.b.exists(y, x == y))", compiler)
    assert "square of the list" in message


def test_a_source_is_compiled_once():
    assert compile_condition("input.once == 1") is compile_condition("input.once == 1")
    assert compile_expression("input.once") is compile_expression("input.once")


@pytest.mark.parametrize(
    ("source", "clause"),
    [
        ("input.t && input.f && input.f == true", "input.f"),
        ("input.t && input.t", "input.t && input.t"),
        ("input.f || input.t || true", "input.t"),
        ("input.f || input.f", "input.f || input.f"),
        ("input.f || input.t && input.t", "input.t && input.t"),
        ("input.t && (input.f || input.f)", "(input.f || input.f)"),
        ("input.t ? input.f : input.t", "input.t ? input.f : input.t"),
        (" input.t ", "input.t"),
        ("input.t && input.none", "input.none"),
        ("input.f || input.none || input.t == 1", "input.none"),
        ("input.none && input.f", "input.f"),
    ],
)
def test_the_clause_that_decided_is_told(source, clause):
    assert explain(source, input={"t": True, "f": False}).clause == clause


def test_an_explanation_of_an_error_keeps_the_error():
    verdict = explain("input.t && input.none", input={"t": True})
    assert verdict == Verdict(value=False, error='Key not found in map : "none"', clause="input.none")


_atoms = st.sampled_from(
    ["input.t", "input.f", "input.none", "input.n", "input.s == 'a && b'", "true", "false", "item", "[1].all(x, x > 1)"]
)
_booleans = st.recursive(
    _atoms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(" && ".join),
        st.tuples(inner, inner).map(" || ".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}) && ({pair[1]})"),
        st.tuples(inner, inner, inner).map(lambda three: f"({three[0]} ? {three[1]} : {three[2]})"),
        inner.map(lambda one: f"!({one})"),
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(_booleans)
def test_an_explanation_agrees_with_the_decision(source):
    context = Context({"input": {"t": True, "f": False, "n": 1, "s": "a && b"}})
    condition = compile_condition(source)
    decided, explained = condition.decide(context), condition.explain(context)
    assert (explained.value, explained.error) == (decided.value, decided.error)
    assert explained.clause in source
    if explained.clause != source:
        alone = compile_condition(explained.clause).decide(context)
        assert (alone.value, alone.error is None) == (decided.value, decided.error is None)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=10,
)


@settings(deadline=None)
@given(
    _json, st.sampled_from(["input", "input == output", "input.all(x, x)", "input[0]", "input.a.b", "size(input) > 1"])
)
def test_whatever_the_context_holds_a_condition_does_not_raise(value, source):
    condition = compile_condition(source)
    for verdict in (condition.decide({"input": value, "output": value}), condition.explain({"input": value})):
        assert isinstance(verdict.value, bool)
        assert not (verdict.value and verdict.error)


def test_whatever_the_evaluator_raises_is_an_error():
    class Broken:
        def eval(self, **_):
            raise MemoryError("no more")

    sound = compile_condition("input.a")
    condition = Condition("input.a", Broken(), sound._reading, 1)
    assert condition.decide({"input": {}}) == Verdict(value=False, error="no more")


def value(source, **values):
    return compile_expression(source).value(values)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("input.a", [1, "b", None, True, 1.5, {"c": []}]),
        ("{'a': 1, 'b': [2u]}", {"a": 1, "b": [2]}),
        ("timestamp('2026-01-02T03:04:05.678+01:00')", "2026-01-02T02:04:05.678Z"),
        ("timestamp('2026-01-02T03:04:05Z')", "2026-01-02T03:04:05.000Z"),
        ("duration('90m')", 5400),
        ("duration('1.5s')", 1.5),
        ("input.a.size() + 1", 7),
        ("'INVALID: a text'", "INVALID: a text"),
    ],
)
def test_an_expression_gives_a_json_value(source, result):
    assert value(source, input={"a": [1, "b", None, True, 1.5, {"c": []}]}) == result


@pytest.mark.parametrize("source", ["b'abc'", "0.0 / 0.0", "1.0 / 0.0", "[{1: 2}]", "int", "{'a': b'b'}", "{true: 1}"])
def test_a_result_that_json_cannot_hold_is_refused(source):
    with pytest.raises(EvaluationError, match="what JSON cannot"):
        value(source)


def test_an_expression_that_fails_says_why():
    with pytest.raises(EvaluationError, match="there is no 'item' here"):
        value("item.a")
    with pytest.raises(EvaluationError, match="too large"):
        value("input", input="x" * 2_000_000)


def test_an_expression_may_give_any_type_and_a_condition_may_not():
    assert compile_expression("1 + 1").value({}) == 2
    assert refused("1 + 1")[0].endswith("gives int")


def test_an_expression_over_a_call_knows_the_names_of_a_call():
    assert compile_call_expression("body.n + 1").value({"body": {"n": 2}}) == 3
    with pytest.raises(ConditionError, match="nothing called 'input"):
        compile_call_expression("input.n")
