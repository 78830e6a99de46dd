import re

import pytest
from cel_expr_python import cel
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from casework.core.syntax import NAMES, clauses, read, tokens


def names(source):
    return set(read(source).names)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("input.a == output.b", {"input", "output"}),
        ("true", set()),
        ("x.input == 1", set()),
        (".input.a", {"input"}),
        ("1 + .input.a", {"input"}),
        ("f(.input)", {"input"}),
        ("1 in .input", {"input"}),
        ("'input' == \"output\"", set()),
        ("r'\\' + input.a", {"input"}),
        ("'\\'' + input.a + '\\''", {"input"}),
        ("'''it's input''' == task.key", {"task"}),
        ('"""a "quoted" input""" == task.key', {"task"}),
        ("b'input' == rb'output'", set()),
        ("task.key // input\n == 'x'", {"task"}),
        ("task.`input`", {"task"}),
        ("1e5 > 0x1F && 1.5u < item", {"item"}),
        ("{'input': input}['input']", {"input"}),
        ("[input][0].output", {"input"}),
        ("input.a.map(b, b.c)", {"input"}),
        ("input.a.all(item, item.ok)", {"input"}),
        ("input.a.all(item, .item.ok)", {"input", "item"}),
        ("input.a.all(x, item.ok) && index == 1", {"input", "item", "index"}),
        ("input.a.all(item, item.ok) && item", {"input", "item"}),
        ("has(member.labels)", {"member"}),
        ("now > timestamp(chat.at) || is_business_hours", {"now", "chat", "is_business_hours"}),
        ("inputs.a + my_input", set()),
    ],
)
def test_the_names_of_a_source_are_found(source, found):
    assert names(source) == found


@pytest.mark.parametrize(
    ("source", "keys"),
    [
        ("tasks.review.output.ok", {"review"}),
        ("tasks['review'].output == tasks[\"b\"]", {"review", "b"}),
        ("tasks[r'review']", {"review"}),
        ("tasks.`review`", {"review"}),
        ("tasks[input.key].output", set()),
        ("tasks['re\\x76iew']", set()),
        ("tasks['a' + 'b']", set()),
        ("tasks.size() > 0", set()),
        ("size(tasks)", set()),
        ("tasks", set()),
        ("input.tasks.review", set()),
        ("input.a.all(tasks, tasks.review)", set()),
        ("tasks.all(k, tasks[k].output.ok)", set()),
    ],
)
def test_the_tasks_that_a_source_refers_to_are_found(source, keys):
    assert set(read(source).task_keys) == keys


@pytest.mark.parametrize(
    ("source", "macros", "is_nested"),
    [
        ("input.a", 0, False),
        ("input.map == input.filter", 0, False),
        ("input.a.all(x, x) && input.b.exists(y, y)", 2, False),
        ("input.a.filter(x, x).map(y, y)", 2, False),
        ("[input.a.map(x, x)].map(y, y)", 2, False),
        ("input.a.all(x, x.b.exists_one(y, y))", 2, True),
        ("input.a.all(x, x).b.map(y, y.all(z, z))", 3, True),
        ("input.a.all(", 1, False),
    ],
)
def test_macros_are_counted_and_nesting_is_seen(source, macros, is_nested):
    reading = read(source)
    assert (reading.macros, reading.is_nested) == (macros, is_nested)


@pytest.mark.parametrize(
    ("source", "growth", "copies"),
    [
        ("input.a", 1, 1),
        ("f(input.a, input.b)", 1, 1),
        ("input.a + input.b + input.c", 3, 1),
        ("[input.a, input.b, input.c]", 1, 3),
        ("{'a': input.a, 'b': f(1, 2)}", 1, 2),
        ("input.a.map(x, x)", 1, 1),
        ("input.a.map(x, x + x)", 2, 1),
        ("input.a.map(x, [x, x])", 2, 2),
        ("input.a.exists(x, x in ['a', 'b', 'c'])", 1, 3),
        ("input.a.map(x, x + x).map(x, x + x).map(x, x + x)", 8, 1),
        ("'a,b+c'", 1, 1),
    ],
)
def test_how_far_a_result_can_outgrow_its_source_is_bounded(source, growth, copies):
    reading = read(source)
    assert (reading.growth, reading.copies) == (growth, copies)


@pytest.mark.parametrize(
    ("source", "operator", "parts"),
    [
        ("a", "", ("a",)),
        ("a && b && c", "&&", ("a", "b", "c")),
        ("a || b && c || d", "||", ("a", "b && c", "d")),
        ("(a || b) && f(c && d)", "&&", ("(a || b)", "f(c && d)")),
        ("a && b ? c : d && e", "", ("a && b ? c : d && e",)),
        ("'a && b' == c", "", ("'a && b' == c",)),
        ("[a && b, {c: d || e}]", "", ("[a && b, {c: d || e}]",)),
        ("a // && x\n && b", "&&", ("a // && x", "b")),
        ("'(' == a && b == r\")\"", "&&", ("'(' == a", 'b == r")"')),
    ],
)
def test_a_source_is_cut_at_its_weakest_top_level_operator(source, operator, parts):
    assert clauses(source) == (operator, parts)


@settings(deadline=None)
@given(st.text(alphabet="ab'\"`\\r/&|?()[]{}.,+\n \t1eu#é", max_size=60))
def test_the_words_are_the_source_in_order_whatever_it_is(source):
    at = 0
    for token in tokens(source):
        assert token.at >= at
        assert source[token.at : token.at + len(token.text)] == token.text
        at = token.at + len(token.text)
    assert clauses(source)[1]


_others = ["x", "1", "1.5", "1e3", "0x1Fu", "true", "null", "'input'", "r'item'", "'\\\\'", "'''a'b'''", 'r"\\d"', "[]"]
_operands = st.sampled_from(
    [*NAMES, *(f".{name}" for name in NAMES), *_others, 'b"task"', '"// \\""', "'a' // input '\n"]
)


def _grown(inner):
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(inner, st.sampled_from(["input", "tasks", "`item`", "x", "size()", "contains('a')"])).map(".".join),
        pair.map(lambda two: f"{two[0]}[{two[1]}]"),
        pair.map(lambda two: f"[{two[0]}, {two[1]}]"),
        pair.map(lambda two: f"{{{two[0]}: {two[1]}}}"),
        st.tuples(inner, st.sampled_from(["&&", "||", "+", "==", " in ", "-"]), inner).map("".join),
        st.tuples(inner, inner, inner).map(lambda three: f"({three[0]} ? {three[1]} : {three[2]})"),
        st.tuples(inner, st.sampled_from(["all", "exists", "exists_one", "map", "filter"]), _operands, inner).map(
            lambda call: f"{call[0]}.{call[1]}({call[2]}, {call[3]})"
        ),
        inner.map(lambda one: f"dyn({one})"),
        inner.map(lambda one: f"!{one}"),
    )


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.recursive(_operands, _grown, max_leaves=8))
def test_no_name_is_missed_in_anything_that_compiles(source):
    try:
        cel.NewEnv(variables=dict.fromkeys(NAMES, cel.Type.DYN)).compile(source)
    except RuntimeError:
        assume(False)  # noqa: FBT003
    # The names that were found suffice to compile it, and so does each clause by itself.
    environment = cel.NewEnv(variables=dict.fromkeys(names(source), cel.Type.DYN))
    environment.compile(source)
    for part in clauses(source)[1]:
        environment.compile(part)


_literals = st.sampled_from(
    ["'input'", '"it\\"s"', "r'\\n'", "'''a'b'''", "// output\n 1", "1.5e3", "x.input", "x.`task`"]
)
_uses = st.sampled_from(NAMES)


@settings(deadline=None)
@given(st.lists(st.tuples(_literals, _uses, st.sampled_from([" + ", "\n+", "+ // item\n"])), max_size=8))
def test_exactly_the_names_outside_texts_and_comments_are_found(parts):
    source = "".join(f"{literal}{plus}{name}.field + " for literal, name, plus in parts) + "1"
    assert names(source) == {name for _, name, _ in parts}
    assert re.search(r"\binput\b", source) or "input" not in names(source)
