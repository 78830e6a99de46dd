from hypothesis import given, settings
from hypothesis import strategies as st

from casework.core.definition import ITEMS_MAX, STARTER, Definition, Overdue, Task, Transition
from casework.core.parse import document, parse, to_yaml

_text = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12
) | st.sampled_from(
    [
        "on",
        "yes",
        "no",
        "null",
        "~",
        "1",
        "0o17",
        "0x1f",
        "1e5",
        ".5",
        "1_000",
        "2020-01-01",
        "a: b",
        "- a",
        "#",
        "&a",
        "*a",
        "!x",
        "a\nb\n",
        "a\n\nb",
        "a\n b",
        "a \nb",
        "\na",
        "a\n\n",
        "\x85",
        "a\u2028b",
        "a\rb",
        "a\n#b",
        " a",
        "\ufeff",
        "😀" * 60 + " a" * 60,
    ]
)
_keys = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True).filter(lambda key: key != "end")
_conditions = st.sampled_from(
    ["input.a == 1", "output.ok && now > timestamp(run.started_at)", "true", "tasks.size() > 1"]
)
_schemas = st.none() | st.sampled_from(
    [
        True,
        {},
        {"type": "object", "properties": {"on": {"enum": ["yes", "1e5", 1.5, None]}}},
        {"x-a": [[], {}], "minimum": -5},
    ]
)
_indicators = st.dictionaries(_keys, _conditions, max_size=2)


@st.composite
def times(draw, keys, for_each):
    """When a step is due, and what follows."""
    fields = {
        "requeue_after": draw(st.none() | st.integers(1, 10**6)),
        "calendar": draw(st.sampled_from([None, "business"])),
        "distribute": draw(st.sampled_from(["pull", "least_loaded", "round_robin", "sticky"])),
    }
    due = draw(st.none() | st.integers(1, 10**6))
    if due is None:
        return fields
    then = draw(st.none() | st.just("end") if for_each else st.none() | st.sampled_from([*keys, "end"]))
    rule = Overdue(
        remind=draw(st.booleans()),
        raise_priority=draw(st.integers(0, 100)),
        reassign_to_roles=tuple(draw(st.lists(_text, max_size=2, unique=True))),
        then=then,
    )
    reminders = draw(st.lists(st.integers(-(10**6), 10**6), max_size=3, unique=True))
    return fields | {"due": due, "on_overdue": rule, "reminders": tuple(sorted(reminders))}


@st.composite
def tasks(draw, key, keys):
    for_each = draw(st.none() | _conditions)
    targets = st.sampled_from([*keys, "end"])
    split = draw(st.sampled_from(["first", "all"]))
    conditions = _conditions.filter(lambda when: when != "true")
    ways = [Transition(to=draw(targets), when=draw(conditions)) for _ in range(draw(st.integers(0, 2)))]
    ways += draw(st.lists(st.builds(Transition, to=targets), max_size=1))
    return Task(
        key=key,
        name=draw(st.just(key) | _text),
        kind="human",
        description=draw(st.just("") | _text),
        prompt=draw(st.just("") | _text),
        roles=tuple(draw(st.lists(_text, max_size=2, unique=True))),
        exclude=tuple(draw(st.lists(st.sampled_from([*keys, STARTER]), max_size=2, unique=True))),
        form=draw(_schemas),
        output=draw(_schemas),
        allow=draw(st.none() | _conditions),
        deny=draw(st.none() | _conditions),
        **draw(times(keys, for_each)),
        priority=draw(st.none() | st.integers(0, 100)),
        next=tuple(ways),
        split=split,
        otherwise=draw(st.none() | targets),
        join=draw(st.sampled_from(["each", "all", "any"])),
        cancel_rest=draw(st.booleans()),
        visits=draw(st.integers(1, 10_000)),
        for_each=for_each,
        concurrency=draw(st.integers(1, ITEMS_MAX)),
        on_item_error=draw(st.sampled_from(["fail", "skip", "collect"])),
        on_error=draw(st.none() | targets),
        indicators=draw(_indicators),
    )


@st.composite
def definitions(draw):
    keys = draw(st.lists(_keys, min_size=1, max_size=4, unique=True))
    return Definition(
        key=draw(st.from_regex(r"[a-z][a-z0-9_-]{0,9}", fullmatch=True)),
        name=draw(_text),
        tasks=tuple(draw(tasks(key, keys)) for key in keys),
        start=tuple(draw(st.permutations(keys))),
        description=draw(st.just("") | _text),
        input=draw(_schemas),
        output=draw(st.none() | _conditions),
        indicators=draw(_indicators),
        labels=tuple(draw(st.lists(_text, max_size=2, unique=True))),
    )


@settings(deadline=None, max_examples=50)
@given(definitions())
def test_a_definition_survives_its_document(definition):
    assert parse(document(definition), media="value") == definition


@settings(deadline=None, max_examples=50)
@given(definitions())
def test_a_definition_survives_its_yaml(definition):
    assert parse(to_yaml(definition), media="yaml") == definition


def test_a_document_leaves_defaults_out():
    definition = parse({"casework": 1, "key": "w", "tasks": [{"key": "a", "kind": "human"}]}, media="value")
    assert document(definition) == {"casework": 1, "key": "w", "tasks": [{"key": "a", "kind": "human"}]}
    assert to_yaml(definition) == "casework: 1\nkey: w\ntasks:\n- key: a\n  kind: human\n"


def test_a_document_reads_like_one_that_a_person_wrote():
    schema = {"type": "object"}
    definition = Definition(
        key="w",
        name="W",
        start=("b", "a"),
        input=schema,
        output="1",
        tasks=(
            Task(
                key="a",
                name="A",
                kind="human",
                due=5400,
                exclude=("b",),
                next=(Transition(to="b", when="x"), Transition(to="end")),
                form=schema,
            ),
            Task(key="b", name="b", kind="agent", settings={"model": "scripted"}),
        ),
    )
    written = document(definition)
    assert written == {
        "casework": 1,
        "key": "w",
        "name": "W",
        "input": {"type": "object"},
        "start": ["b", "a"],
        "tasks": [
            {
                "key": "a",
                "name": "A",
                "kind": "human",
                "exclude": ["tasks.b"],
                "form": {"type": "object"},
                "due": "1h30m",
                "next": [{"to": "b", "when": "x"}, {"to": "end"}],
            },
            {"key": "b", "kind": "agent", "model": "scripted"},
        ],
        "output": "1",
    }
    assert list(written) == ["casework", "key", "name", "input", "start", "tasks", "output"]
    assert "&" not in to_yaml(definition)


def test_lines_are_written_as_a_block():
    definition = Definition(key="w", name="w", start=(), tasks=(), description="Two\nlines\n")
    assert "description: |\n  Two\n  lines\n" in to_yaml(definition)
