import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.core.errors import Invalid
from casework.core.parse_report import Report
from casework.core.parse_text import read_text


def read(text, media="yaml"):
    report = Report()
    value = read_text(text, media, report)
    report.raise_if_any()
    return value


def problems(text, media="yaml"):
    with pytest.raises(Invalid) as caught:
        read(text, media)
    return [(problem.line, problem.path, problem.message) for problem in caught.value.problems]


def problem(text, media="yaml"):
    (one,) = problems(text, media)
    return one[0], one[2]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("No", "No"),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("-7", -7),
        ("+7", 7),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2020-01-01", "2020-01-01"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1.2.3", "1.2.3"),
        ("=", "="),
        ("<<", "<<"),
        ("null", None),
        ("~", None),
        ("True", True),
        ("'true'", "true"),
        ("! 5", "5"),
        ("!!str 5", "5"),
        ("!!int 5", 5),
        ("!!float 5", 5),
        ("!!bool true", True),
        ("!!null ''", None),
        ("!!map {a: 1}", {"a": 1}),
        ("!!seq [1]", [1]),
        ("&here [1]", [1]),
        ("", None),
        ("# nothing", None),
        ("\ufeffa: 1", {"a": 1}),
        ("a: |\n  b\n  c\n", {"a": "b\nc\n"}),
        ("a:\n- [1, {b: c}]\n- d", {"a": [[1, {"b": "c"}], "d"]}),
        ("{}", {}),
        ("---\na: 1\n...\n", {"a": 1}),
    ],
)
def test_yaml_is_read_by_the_core_schema(text, value):
    read_value = read(text)
    assert read_value == value
    assert type(read_value) is type(value)
    assert read(text.encode()) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [('{"a": [1, -2.5e3, "b\\n\\u00e9", true, null]}', {"a": [1, -2500.0, "b\né", True, None]}), ("5", 5), ('""', "")],
)
def test_json_is_read(text, value):
    assert read(text, "json") == value


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: b\nc: [", 3, "this is not YAML"),
        ("a: b\n\tc: d", 2, "this is not YAML: found a tab character"),
        ('a: "\\ud800"', 1, "this is not YAML: found invalid Unicode character escape code"),
        ("a: \x07", None, "this is not YAML: unacceptable character"),
        ("a: &x [1]\nb: *x", 2, "the alias *x is not supported"),
        ("a: 1\n*x : 2", 2, "the alias *x is not supported"),
        ("a: 1\nb: !py/object x", 2, "the tag '!py/object' is not supported"),
        ("a: !!int x", 1, "the tag 'tag:yaml.org,2002:int' is not supported"),
        ("a: !!set {x}", 1, "the tag 'tag:yaml.org,2002:set' is not supported"),
        ("a: !!timestamp 2020-01-01", 1, "is not supported"),
        ("a: !!binary aGk=", 1, "is not supported"),
        ("a: 1\n---\nb: 2", 2, "a second document begins here"),
        ("a: 1\nb: 2\na: 3", 3, "the key 'a' stands here twice"),
        ("a: 1\n5: 2", 2, "the key '5' is not text"),
        ("? [a]\n: 1", 1, "a key must be text, not a list or map"),
        ("a\0b", 1, "the document holds a NUL character"),
        ("a\n\ud800", 2, "the document holds half of a surrogate pair"),
        (b"a\n\xff", 2, "the document is not UTF-8 text: byte 3"),
        ("a: " + "1" * 500, 1, "is too long"),
        ("[" * 100, 1, "nested more than 64 deep"),
        ("a: " * 1 + "\n" + "".join(" " * i + "- \n" for i in range(1, 100)), 65, "nested more than 64 deep"),
        ("x" * 1_048_577, None, "the document has 1,048,577 characters"),
        (b"x" * 1_048_577, None, "the document has 1,048,577 bytes"),
    ],
)
def test_what_yaml_can_do_beyond_plain_values_is_a_problem(text, line, words):
    at, message = problem(text)
    assert words in message
    assert at == line


def test_a_document_of_too_many_values_is_refused_where_they_become_too_many(monkeypatch):
    monkeypatch.setattr("casework.core.parse_text.EVENTS_MAX", 100)
    assert problem("- a\n" * 200) == (100, "the document has more than 100 keys and values")
    assert read("- a\n" * 98) == ["a"] * 98


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{\n"a": }', 2, "this is not JSON: Expecting value"),
        ("", 1, "this is not JSON"),
        ("{'a': 1}", 1, "this is not JSON"),
        ('{"a": 1,\n"a": 2}', 2, "the key 'a' stands here twice"),
        ("[" * 100 + "]" * 100, 1, "nested more than 64 deep"),
        ("[" * 500_000, None, "nested too deeply"),
        ("9" * 5_000, None, "a number that is too long"),
    ],
)
def test_what_is_no_json_is_a_problem(text, line, words):
    at, message = problem(text, "json")
    assert words in message
    assert at == line


def test_every_trouble_is_told_at_once():
    assert [line for line, _, _ in problems("a: *x\nb: !t y\nc: 1\nc: 2\n7: 8\n")] == [1, 2, 4, 5]


def test_a_problem_within_what_is_broken_is_not_told():
    report = Report()
    read_text("a: {b: *x}", "yaml", report)
    report.add(("a", "b", "c"), "must be text")
    report.add(("a",), "must be text")
    with pytest.raises(Invalid) as caught:
        report.raise_if_any()
    assert [problem.path for problem in caught.value.problems] == ["/a/b", "/a"]


def test_the_line_is_that_of_the_key_or_of_what_is_nearest():
    report = Report()
    read_text("a: 1\nb:\n  c:\n    - 1\n    -\n      d: 2\n  '0': x\n", "yaml", report)
    for path in ((), ("a",), ("b", "c", 1, "d"), ("b", "c", "1", "x", "y"), ("b", "0"), ("b", "c"), ("z",)):
        report.add(path, "is wrong")
    with pytest.raises(Invalid) as caught:
        report.raise_if_any()
    assert {problem.path: problem.line for problem in caught.value.problems} == {
        "": 1,
        "/a": 1,
        "/b/c/1/d": 6,
        "/b/c/1/x/y": 6,
        "/b/0": 7,
        "/b/c": 3,
        "/z": 1,
    }


def test_more_than_a_hundred_problems_are_counted():
    many = problems("a: 1\n" * 301)
    assert len(many) == 101
    assert many[-1] == (None, "", "and 200 more")
    with pytest.raises(Invalid, match="The definition has 300 problems: the key 'a' stands here twice"):
        read("a: 1\n" * 301)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(_json, st.sampled_from([None, 2]))
def test_json_means_the_same_as_json_and_as_yaml(value, indent):
    text = json.dumps(value, indent=indent)
    expected = json.loads(text)
    assert read(text, "json") == expected
    if "\\ud" not in text and len(text) < 500 and "\x7f" not in text:
        # YAML knows no escapes of surrogate pairs, and gives up on long keys.
        assert read(text, "yaml") == expected


@settings(deadline=None, max_examples=100)
@given(
    st.binary(max_size=60)
    | st.text(max_size=60)
    | st.text(alphabet="ab1:-?[]{},&*!|>'\"%@#~. \n\t\\", max_size=60)
    | st.lists(
        st.sampled_from(["a", ": ", "- ", "\n", "  ", "!!int ", "&x ", "*x", "[", "]", "{", "}", "? ", "1e9", "|"])
    ).map("".join),
    st.sampled_from(["yaml", "json"]),
)
def test_no_text_makes_reading_raise_anything_but_invalid(text, media):
    report = Report()
    json.dumps(read_text(text, media, report))
    with suppress(Invalid):
        report.raise_if_any()
