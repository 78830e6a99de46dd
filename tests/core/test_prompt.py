"""A conversation as the input of a workflow: whatever is made of it says what was said, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.core.errors import Invalid
from casework.core.prompt import Prompt, as_input

SAID = Prompt(messages=[{"role": "user", "content": "Hello."}], message="Hello.", metadata={"channel": "web"})
TEXT = {"type": "string"}

TYPES = st.sampled_from(["string", "integer", "object", "array"])
NAMES = st.sampled_from(["message", "messages", "metadata", "question", "days"])
SCHEMAS = st.fixed_dictionaries(
    {"type": st.just("object")},
    optional={
        "properties": st.dictionaries(NAMES, st.builds(lambda kind: {"type": kind}, TYPES)),
        "required": st.lists(NAMES, unique=True),
        "additionalProperties": st.booleans(),
    },
)


@given(SCHEMAS)
def test_an_input_holds_what_was_said_in_places_that_the_schema_names_or_leaves_open(schema):
    try:
        found = as_input(SAID, schema)
    except Invalid:
        return
    said = {"message": SAID.message, "messages": SAID.messages, "metadata": SAID.metadata}
    named = schema.get("properties")
    assert found
    assert all(value in said.values() for value in found.values())
    assert not named or found.keys() <= named.keys()


@pytest.mark.parametrize("schema", [None, True, {}, {"type": "object"}, {"properties": {}}])
def test_where_nothing_is_named_the_whole_conversation_is_given(schema):
    assert as_input(SAID, schema) == {"message": "Hello.", "messages": SAID.messages, "metadata": {"channel": "web"}}
    bare = Prompt(messages=SAID.messages, message="Hello.")
    assert "metadata" not in as_input(bare, schema)


def test_the_one_property_that_is_asked_for_is_what_the_user_said_last():
    schema = {"properties": {"question": TEXT, "days": {"type": "integer"}}, "required": ["question"]}
    assert as_input(SAID, schema) == {"question": "Hello."}


@pytest.mark.parametrize(
    "schema",
    [
        {"additionalProperties": False},
        {"properties": {"question": TEXT}},
        {"properties": {"a": TEXT, "b": TEXT}, "required": ["a", "b"]},
        {"properties": {"days": {"type": "integer"}}, "required": ["days"]},
        {"properties": {"days": True}, "required": ["days"]},
        {"properties": {"days": TEXT}, "required": ["other"]},
    ],
)
def test_without_a_place_for_it_a_conversation_is_refused(schema):
    with pytest.raises(Invalid, match="does not take a conversation") as raised:
        as_input(SAID, schema)
    assert [problem.path for problem in raised.value.problems] == ["/messages"]
