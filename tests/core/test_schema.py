import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.core.schema import SchemaProblem, compile_schema


def problems(schema, value):
    return [(problem.path, problem.message) for problem in compile_schema(schema).problems(value)]


def refused(schema):
    with pytest.raises(SchemaProblem) as caught:
        compile_schema(schema)
    return caught.value.path, caught.value.message


FORM = {
    "type": "object",
    "required": ["topic", "note"],
    "properties": {
        "topic": {"enum": ["billing", "fault"]},
        "note": {"type": ["string", "null"], "maxLength": 3, "pattern": "^a"},
        "lines": {"type": "array", "items": {"properties": {"n/o": {"minimum": 1}}}},
        "mail": {"format": "email"},
        "kind": {"const": {"a": 1}},
        "either": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        "one": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        "none": False,
        "but": {"not": {"type": "integer"}},
    },
    "additionalProperties": False,
}


def test_a_value_that_fits_has_no_problems():
    assert problems(FORM, {"topic": "fault", "note": None}) == []
    assert problems({}, [1, "a", None]) == []


def test_every_problem_is_told_at_once_where_it_is():
    value = {
        "topic": "x",
        "lines": [{}, {"n/o": 0}],
        "mail": "me",
        "kind": 1,
        "either": [],
        "one": [],
        "none": 1,
        "but": 1,
        "new": 1,
    }
    assert dict(problems(FORM, value)) == {
        "/note": "'note' is required",
        "/topic": 'must be one of "billing", "fault"',
        "/lines/1/n~1o": "the value is less than the minimum of 1",
        "/mail": "is not a valid email",
        "/kind": 'must be {"a":1}',
        "/either": "fits none of the forms that are allowed here",
        "/one": "must fit exactly one of the forms that are allowed here",
        "/none": "nothing is allowed here",
        "/but": "has a form that is not allowed here",
        "/new": "'new' is not known here",
    }
    assert problems(FORM, {"topic": "fault", "note": "bcde"}) == [
        ("/note", "the value is longer than 3 characters"),
        ("/note", "does not match the pattern ^a"),
    ]
    assert problems(FORM, []) == [("", "must be an object")]
    assert problems({"type": ["string", "null"]}, 1)[0][1] in (
        "must be a string or a null",
        "must be a null or a string",
    )


def test_no_more_than_a_hundred_problems_are_listed():
    assert len(problems({"items": {"type": "string"}}, [1] * 1_000)) == 100


def test_messages_are_short():
    value = {"a" * 1_000: 1}
    assert len(problems({"additionalProperties": False}, value)[0][1]) < 250
    assert len(problems({"enum": ["x" * 1_000]}, 1)[0][1]) <= 200


def test_what_is_no_json_is_a_problem_and_never_an_exception():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert problems({"items": {"$ref": "#"}}, deep) == [("", "the value is nested too deeply")]
    for value in (object(), "\ud800", {"a": b"1"}, {(1, 2): 3}):
        assert (
            "the value cannot be checked"
            in problems({"additionalProperties": {"type": "string"}, "const": 1}, value)[0][1]
        )


def test_unknown_keywords_are_left_alone():
    assert problems({"x-widget": {"rows": 3}, "type": "string"}, "a") == []


@pytest.mark.parametrize(
    ("schema", "path", "words"),
    [
        (None, "", "a schema is an object, true or false"),
        ([], "", "a schema is an object"),
        ("{}", "", "a schema is an object"),
        ({"type": "strng"}, "/type", "the type must be one of string, number"),
        ({"properties": {"a": {"type": 5}}}, "/properties/a/type", "the type must be one of"),
        ({"required": "a"}, "/required", "must be an array"),
        ({"minLength": -1}, "/minLength", "less than the minimum"),
        ({"properties": 5}, "/properties", "must be an object"),
        ({"pattern": "("}, "/pattern", "is not a valid regex"),
        ({"pattern": "(?=a)b"}, "/pattern", "is not a valid regex"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "/$schema", "only draft 2020-12"),
        ({"const": "\ud800"}, "", "not JSON"),
        ({"const": object()}, "", "not JSON"),
        ({"x-long": "x" * 300_000}, "", "at most 262,144"),
    ],
)
def test_a_schema_that_is_none_is_refused_with_its_place(schema, path, words):
    at, message = refused(schema)
    assert at == path
    assert words in message


def test_a_schema_nested_too_deeply_is_refused():
    deep, schema = [], {}
    for _ in range(100_000):
        deep = [deep]
    for _ in range(100):
        schema = {"not": schema}
    assert "nested" in refused({"const": deep})[1]
    assert "nested" in refused(schema)[1]
    deep = []
    for _ in range(300):
        deep = [deep]
    assert "cannot be used" in refused({"const": deep})[1]


@pytest.mark.parametrize(
    "reference",
    [
        "http://localhost/x",
        "https://json-schema.org/draft/2020-12/schema",
        "file:///etc/passwd",
        "other",
        "#anchor",
        "",
        5,
    ],
)
def test_a_reference_leads_nowhere_outside(reference):
    path, message = refused({"properties": {"a": {"$ref": reference}}})
    assert path == "/properties/a/$ref"
    assert "nothing is fetched" in message


def test_references_within_the_schema_are_followed():
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "casework",
        "$defs": {"a/b c": {"type": "string"}},
        "properties": {"x": {"$ref": "#/$defs/a~1b%20c"}, "y": {"$ref": "#/prefixItems/0"}},
        "prefixItems": [{"type": "integer"}],
    }
    assert problems(schema, {"x": 1, "y": "a"}) == [("/x", "must be a string"), ("/y", "must be an integer")]


@pytest.mark.parametrize("reference", ["#/$defs/b", "#/$defs/a/type/0", "#/prefixItems/1", "#/prefixItems/x"])
def test_a_reference_to_nothing_is_refused(reference):
    path, message = refused({"$defs": {"a": {"type": "string"}}, "prefixItems": [{}], "$ref": reference})
    assert path == "/$ref"
    assert "there is nothing at" in message


@pytest.mark.parametrize("keyword", ["$dynamicRef", "$recursiveRef"])
def test_dynamic_references_are_refused(keyword):
    assert refused({"items": {keyword: "#"}}) == (f"/items/{keyword}", f"{keyword} is not supported: use $ref")


def test_a_part_with_a_name_of_its_own_is_refused():
    assert refused({"properties": {"a": {"$id": "x"}}})[0] == "/properties/a/$id"
    assert problems({"properties": {"$id": {"type": "string"}}}, {"$id": 1}) == [("/$id", "must be a string")]


def test_a_schema_may_refer_to_itself_as_a_tree_does():
    tree = {"type": "object", "properties": {"children": {"items": {"$ref": "#"}}}}
    assert problems(tree, {"children": [{"children": [1]}]}) == [("/children/0/children/0", "must be an object")]
    named = {
        "$ref": "#/$defs/tree",
        "$defs": {"tree": {"type": "object", "additionalProperties": {"$ref": "#/$defs/tree"}}},
    }
    assert problems({"properties": {"a": named, "b": named}} | {"$defs": named["$defs"]}, {"a": {"x": 1}}) == [
        ("/a/x", "must be an object")
    ]


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}},
        {
            "$ref": "#/$defs/a",
            "$defs": {"a": {"allOf": [{"items": {"$ref": "#/$defs/a"}}, {"items": {"$ref": "#/$defs/a"}}]}},
        },
        {
            "$ref": "#/$defs/d",
            "$defs": {
                "d": {"items": {"$ref": "#/$defs/e"}},
                "e": {"properties": {"a": {"$ref": "#/$defs/e"}, "b": {"$ref": "#/$defs/d"}}},
            },
        },
    ],
)
def test_a_schema_that_refers_to_itself_twice_is_refused(schema):
    assert "more than once" in refused(schema)[1]


def test_definitions_that_double_at_every_step_are_refused():
    doubling = {f"d{i}": {"allOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(30)} | {
        "d30": {"type": "string"}
    }
    assert "more than 5,000 parts" in refused({"$ref": "#/$defs/d0", "$defs": doubling})[1]
    chain = {f"d{i}": {"$ref": f"#/$defs/d{i + 1}"} for i in range(1_000)} | {"d1000": {}}
    assert "nested more than 64 deep" in refused({"$ref": "#/$defs/d0", "$defs": chain})[1]


def test_no_pattern_makes_checking_slow():
    schema = compile_schema({"pattern": "^(a+)+$"})
    assert schema.problems("a" * 50_000 + "b")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
_schemas = st.recursive(
    st.booleans() | st.just({}) | _json,
    lambda inner: st.dictionaries(
        st.sampled_from(
            ["type", "items", "properties", "$ref", "allOf", "enum", "not", "required", "$defs", "pattern"]
        ),
        inner | st.lists(inner, max_size=2) | st.sampled_from(["#", "#/$defs/a", "string", "^a"]),
        max_size=4,
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(_schemas, _json)
def test_any_json_is_a_schema_that_checks_or_a_schema_problem(schema, value):
    try:
        compiled = compile_schema(schema)
    except SchemaProblem:
        return
    assert len(compiled.problems(value)) <= 100
