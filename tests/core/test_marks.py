import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.core.errors import Invalid
from casework.core.marks import MARK, MASK, Marks, is_marking
from casework.core.parse import parse
from casework.core.schema import compile_schema

SECRET = {"type": "string", MARK: True}
NAMES = st.sampled_from(["a", "b", "c"])


def masked(schema, value):
    compile_schema(schema)  # only what can be published is asked
    return Marks([schema]).masked(value)


def restored(schema, value, stored):
    back, problems = Marks([schema]).restored(value, stored)
    return back, [problem.path for problem in problems]


def objects(**properties):
    return {"type": "object", "properties": properties}


def test_a_marked_field_is_hidden_and_its_neighbours_are_not():
    schema = objects(name={"type": "string"}, ssn=SECRET, of={"type": "object", MARK: False})
    value = {"name": "Ann", "ssn": "078-05-1120", "of": {"ssn": 1}, "more": 2}
    assert masked(schema, value) == value | {"ssn": MASK}


def test_a_schema_that_refers_to_itself_is_gone_through_once_a_value():
    schema = {"$ref": "#/$defs/node", "$defs": {"node": objects(ssn=SECRET, next={"$ref": "#/$defs/node"})}}
    schema["$defs"]["node"]["anyOf"] = [{"$ref": "#/$defs/leaf"}, {"$ref": "#/$defs/leaf"}]
    schema["$defs"]["leaf"] = {"type": "object"}
    value = {"ssn": "1", "next": {"ssn": "2", "next": {"of": 3}}}
    assert masked(schema, value) == {"ssn": MASK, "next": {"ssn": MASK, "next": {"of": 3}}}


@pytest.mark.parametrize("hides", [None, False, 0, "", [], {}, {"deep": [1]}])
def test_whatever_a_marked_field_holds_is_hidden_whole(hides):
    assert masked(objects(ssn=SECRET), {"ssn": hides}) == {"ssn": MASK}


def test_marks_hold_within_lists_and_maps():
    schema = objects(
        people={"type": "array", "items": objects(ssn=SECRET)},
        pair={"prefixItems": [SECRET, {"type": "string"}], "items": {"type": "string"}},
        more={"additionalProperties": SECRET, "properties": {"open": {}}},
        some={"patternProperties": {"^never$": SECRET}},
        any_={"contains": SECRET},
    )
    value = {
        "people": [{"ssn": "1", "n": 2}, {}],
        "pair": ["1", "2", "3"],
        "more": {"open": 1, "x": 2},
        "some": {"k": 1},
        "any_": [1],
    }
    assert masked(schema, value) == {
        "people": [{"ssn": MASK, "n": 2}, {}],
        "pair": [MASK, "2", "3"],
        "more": {"open": 1, "x": MASK},
        "some": {"k": MASK},
        "any_": [MASK],
    }


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [objects(ssn=SECRET)]},
        {"anyOf": [objects(ssn={}), objects(ssn=SECRET)]},
        {"oneOf": [objects(ssn=SECRET), {"type": "null"}]},
        {"if": objects(a={"const": 1}), "then": objects(ssn=SECRET), "else": {}},
        {"dependentSchemas": {"a": objects(ssn=SECRET)}},
        {"$ref": "#/$defs/person", "$defs": {"person": objects(ssn=SECRET)}},
        {"$defs": {"s": SECRET}, "properties": {"ssn": {"$ref": "#/$defs/s"}}},
        {"odd": {"place": SECRET}, "properties": {"ssn": {"$ref": "#/odd/place"}}},
        {"unevaluatedProperties": SECRET, "properties": {"a": {}}},
    ],
)
def test_a_mark_holds_wherever_a_schema_says_it(schema):
    assert is_marking(schema)
    assert masked(schema, {"ssn": "1", "a": 1}) == {"ssn": MASK, "a": 1}


def test_a_schema_that_refers_to_itself_hides_at_every_depth():
    tree = objects(ssn=SECRET, child={"$ref": "#"})
    assert masked(tree, {"child": {"child": {"ssn": "1"}}}) == {"child": {"child": {"ssn": MASK}}}
    assert Marks([tree]).reaches(("child", "child", "ssn"))
    assert not Marks([tree]).reaches(("child", "other"))


def test_several_schemas_hold_at_once():
    assert Marks([objects(a=SECRET), objects(b=SECRET)]).masked({"a": 1, "b": 2, "c": 3}) == {
        "a": MASK,
        "b": MASK,
        "c": 3,
    }


@pytest.mark.parametrize(
    ("path", "is_reached"),
    [
        *(((), True), (("ssn",), True), (("ssn", "x"), True), (("people",), True), (("people", "0", "ssn"), True)),
        *((("name",), False), (("people", "0", "name"), False), (("unknown",), False)),
    ],
)
def test_a_path_reaches_what_is_marked_where_it_leads_to_it_into_it_or_above_it(path, is_reached):
    schema = objects(ssn=SECRET, name={}, people={"items": objects(ssn=SECRET, name={})})
    assert Marks([schema]).reaches(path) is is_reached


def test_the_mask_handed_back_keeps_what_is_stored():
    schema = objects(ssn=SECRET, name={}, people={"items": objects(ssn=SECRET)})
    stored = {"ssn": "1", "name": "Ann", "people": [{"ssn": "2"}]}
    back = {"ssn": MASK, "name": MASK, "people": [{"ssn": MASK}, {"ssn": "3"}]}
    assert restored(schema, back, stored) == (stored | {"name": MASK, "people": [{"ssn": "2"}, {"ssn": "3"}]}, [])


def test_the_mask_where_nothing_is_stored_is_a_problem_of_its_field():
    schema = objects(ssn=SECRET, people={"items": objects(ssn=SECRET)})
    assert restored(schema, {"ssn": MASK, "people": [{"ssn": MASK}]}, {})[1] == ["/ssn", "/people/0/ssn"]


@pytest.mark.parametrize(("mark", "told"), [("yes", "true or false"), (1, "true or false"), (None, "true or false")])
def test_a_mark_that_is_no_boolean_is_refused_where_it_stands(mark, told):
    form = {"$defs": {"s": {MARK: mark}}, "properties": {"ssn": {"$ref": "#/$defs/s"}}}
    task = {"key": "a", "kind": "human", "form": form}
    with pytest.raises(Invalid) as caught:
        parse({"casework": 1, "key": "w", "tasks": [task]}, media="value")
    (problem,) = caught.value.problems
    assert (problem.path, told in problem.message) == (f"/tasks/0/form/$defs/s/{MARK}", True)


@pytest.mark.parametrize("schema", [SECRET, {"$ref": "#/$defs/s", "$defs": {"s": SECRET}}, {"anyOf": [{}, SECRET]}])
def test_a_whole_schema_cannot_be_marked(schema):
    document = {"casework": 1, "key": "w", "input": schema, "tasks": [{"key": "a", "kind": "human"}]}
    with pytest.raises(Invalid) as caught:
        parse(document, media="value")
    assert [problem.path for problem in caught.value.problems] == ["/input"]


def test_a_property_that_is_called_like_the_mark_is_none():
    schema = {"properties": {MARK: {"type": "string"}}}
    assert not is_marking(schema)
    parse({"casework": 1, "key": "w", "input": schema, "tasks": [{"key": "a", "kind": "human"}]}, media="value")


# Properties

HIDDEN, OPEN = "canary", "open"


def _within(inner):
    """Schemas with a value each: HIDDEN stands in its marked places, OPEN in all others."""
    pairs = st.dictionaries(NAMES, inner, max_size=3)
    return st.one_of(
        pairs.map(lambda p: ({"properties": {k: s for k, (s, _) in p.items()}}, {k: v for k, (_, v) in p.items()})),
        inner.map(lambda p: ({"items": p[0]}, [p[1], p[1]])),
        inner.map(lambda p: ({"properties": {"a": {}}, "additionalProperties": p[0]}, {"a": OPEN, "b": p[1]})),
        st.tuples(inner, inner).map(
            lambda p: ({"prefixItems": [p[0][0]], "items": p[1][0]}, [p[0][1], p[1][1], p[1][1]])
        ),
        st.tuples(st.sampled_from(["allOf", "anyOf", "oneOf"]), inner).map(
            lambda p: ({p[0]: [{"title": "more"}, p[1][0]]}, p[1][1])
        ),
    )


CASES = st.recursive(
    st.sampled_from([({MARK: True}, HIDDEN), ({"$ref": "#/$defs/s"}, HIDDEN), ({}, OPEN), ({MARK: False}, OPEN)]),
    _within,
    max_leaves=10,
).map(lambda p: ({"properties": {"in": p[0]}, "$defs": {"s": {MARK: True}}}, {"in": p[1]}))


@given(CASES)
def test_no_marked_leaf_survives_and_every_other_is_as_it_was(case):
    schema, value = case
    shown = Marks([schema]).masked(value)
    assert json.dumps(shown) == json.dumps(value).replace(HIDDEN, MASK)


@given(CASES)
def test_masking_twice_is_masking_once(case):
    schema, value = case
    marks = Marks([schema])
    assert marks.masked(marks.masked(value)) == marks.masked(value)


@given(CASES)
def test_what_was_hidden_and_is_handed_back_is_what_was_there(case):
    schema, value = case
    marks = Marks([schema])
    assert marks.restored(marks.masked(value), value) == (value, ())
