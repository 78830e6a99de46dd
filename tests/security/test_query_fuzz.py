"""Whatever stands in an address, it is read, or refused by name: no input breaks a parser, and none becomes SQL."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.datastructures import MultiDict

from casework.api.activities import listing
from casework.api.activities.listing import Collection
from casework.api.activities.query import PAGE_SIZE_MAX, Query
from casework.api.bodies import DEPTH_MAX, refuse_deep
from casework.api.errors import BadParameter
from casework.api.identifiers import PathIdentifier
from casework.api.parameters import (
    PAGE_MAX,
    Bound,
    Choice,
    Choices,
    Count,
    Flag,
    Parameter,
    PathId,
    PathUuid,
    QueryId,
    QueryUuid,
    Text,
)
from casework.api.render import to_json
from casework.core.clocks import truncated
from casework.core.errors import Invalid, NotFound
from casework.core.ids import INTEGER_MAX
from casework.core.permission import MEMBER, Grant, Principal
from casework.core.selection import Selection
from casework.store import activities, project_members, projects, work_periods, work_units
from casework.store.activities import Among
from tests.clock import SettableClock

st.randoms().validate()  # loads now what else is loaded deep in a recursion, where Python 3.11 loses count and breaks

MARK = "zq7mark"
WORKSPACE_ID = 4711
GRANT = Grant(principal=Principal(kind="bearer"), workspace_id=WORKSPACE_ID, policy=MEMBER)
IN_PROJECTS = {"workflow_ids": [1, 2]}
COLLECTIONS: dict[str, tuple[Collection, list[Callable[..., Any]]]] = {
    "activities": (
        listing.ACTIVITIES,
        [
            partial(one, among=Among(workflow_ids=[1, 2], is_takeable=is_takeable))
            for one in (activities.list_activities, activities.count_activities)
            for is_takeable in (False, True)
        ],
    ),
    "work_units": (
        listing.WORK_UNITS,
        [partial(one, **IN_PROJECTS) for one in (work_units.list_work_units, work_units.count_work_units)],
    ),
    "projects": (
        listing.PROJECTS,
        [partial(one, **IN_PROJECTS) for one in (projects.list_projects, projects.count_projects)],
    ),
    "project/members": (
        listing.PROJECT_MEMBERS,
        [
            partial(one, **IN_PROJECTS)
            for one in (project_members.list_project_members, project_members.count_project_members)
        ],
    ),
    "work_periods": (listing.WORK_PERIODS, [work_periods.list_work_periods, work_periods.count_work_periods]),
}
"""Each with the functions that ask the database for what a query selects."""
QUERY_PARAMETERS: list[Parameter] = [
    Count(name="it", default=1, minimum=1),
    Count(name="it", default=1, minimum=0, maximum=500),
    QueryId(name="it"),
    QueryUuid(name="it"),
    Bound(name="it", end=True),
    Bound(name="it", end=False),
    Choice(name="it", choices=("asc", "desc"), default="asc"),
    Choices(name="it", choices=("PENDING", "FAILED")),
    Flag(name="it"),
    Text(name="it"),
]
PATH_PARAMETERS: list[Parameter] = [PathId(name="it"), PathUuid(name="it"), PathIdentifier(name="it")]

quick = settings(max_examples=60, deadline=None, derandomize=True)

_numbers = st.integers(-(10**20), 10**20).map(str)
_instants = st.datetimes().map(lambda at: at.isoformat())
_words = st.sampled_from(
    ["", "null", "true", "NaN", "1e5", "[", "[]", "[1,2]", '{"a":1}', "pending", "assigned", "2024-02-30", "-id,name"]
)
_texts = st.one_of(
    _numbers, _instants, st.dates().map(str), st.uuids().map(str), _words, st.text(max_size=30), st.text("[]{}\"',-%\\")
)


def names(collection: Collection) -> st.SearchStrategy[str]:
    """Names of parameters, declared ones and others, with brackets where there should be some and where not."""
    filters = [f"filter[{key}]" for key in collection.filters]
    plain = ["page[number]", "page[size]", "page", "sort", "count", "included", "included[]", "filter", "filter[zz]"]
    fields = ["fields[workflow/activities][]", "fields[workflow/nodes]", "fields", "fields[zz]"]
    endings = st.sampled_from(["", "", "[]", "[0]", "[a]", "][", "%5B%5D"])
    return st.builds(str.__add__, st.sampled_from([*filters, *plain, *fields]), endings)


def sent(query: bytes | str) -> Any:
    """A connection with that query."""
    return SimpleNamespace(scope={"query_string": query if isinstance(query, bytes) else query.encode()})


def attempt(read: Callable[..., Any], *arguments: Any) -> Any:
    """What was read, or how it was refused; nothing else may happen."""
    try:
        return read(*arguments)
    except (BadParameter, NotFound) as refused:
        return refused


class Recorder:
    """A connection that keeps what it is asked, and finds nothing."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    async def execute(self, statement: str) -> None:
        assert MARK not in statement

    async def fetch(self, statement: str, *values: Any) -> list[Any]:
        self.asked.append((statement, values))
        return []

    async def fetchval(self, statement: str, *values: Any) -> int:
        self.asked.append((statement, values))
        return 0


@pytest.mark.parametrize("name", COLLECTIONS)
@quick
@given(data=st.data())
def test_a_query_of_the_activity_surface_is_read_or_refused_by_name(name: str, data: st.DataObject):
    collection, _ = COLLECTIONS[name]
    pairs = data.draw(st.lists(st.tuples(names(collection), _texts), max_size=6))
    query = "&".join(f"{key}={quote(value, errors='surrogatepass')}" for key, value in pairs)
    asked = attempt(collection.read, sent(query))
    if isinstance(asked, BadParameter):
        assert (asked.where, len(asked.problems)) == ("query", 1)
        return
    selection = asked.reading.selection
    assert 1 <= selection.limit <= PAGE_SIZE_MAX
    assert 0 <= selection.offset <= PAGE_MAX * PAGE_SIZE_MAX
    assert {one.column for one in selection.order} <= set(collection.sorts.values())
    assert {one.column for one in selection.conditions} <= {one.column for one in collection.filters.values()}
    assert asked.reading.related <= set(collection.related)


@quick
@given(st.binary(max_size=60) | st.text("[]=&%abfilter0129,-", max_size=60).map(str.encode))
def test_no_bytes_break_the_parser_of_queries(raw: bytes):
    try:
        query = Query(sent(raw))
    except (BadParameter, UnicodeDecodeError):  # what is no UTF-8 is refused before it comes here
        return
    for name in ("filter", "page", "sort", "included", "fields", "a"):
        for key in ("", *query.keys(name)):
            texts = attempt(query.texts, name, key)
            assert texts.name.startswith(name) if isinstance(texts, BadParameter) else isinstance(texts, list)
            attempt(query.words, name, key)


@quick
@given(st.lists(st.tuples(st.sampled_from(["a", "filter[b]", "filter[b][]", "page[size]"]), st.text("ab[]=&%+ 1"))))
def test_brackets_mean_the_same_percent_encoded_or_not(pairs: list[tuple[str, str]]):
    plain = Query(sent("&".join(f"{name}={quote(value)}" for name, value in pairs)))
    encoded = Query(sent("&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)))
    for name, key in (("a", ""), ("filter", "b"), ("page", "size")):
        wanted = [value for other, value in pairs if other.replace("[]", "") == (f"{name}[{key}]" if key else name)]
        assert plain.texts(name, key) == encoded.texts(name, key) == wanted


@pytest.mark.parametrize("name", COLLECTIONS)
@quick
@given(data=st.data())
async def test_nothing_that_was_written_in_a_query_becomes_sql(name: str, data: st.DataObject):
    collection, reads = COLLECTIONS[name]
    text = st.sampled_from(
        [MARK, f"{MARK}' or '1'='1", f'["{MARK}"]', f'{{"{MARK}": ["{MARK}"]}}', f"-{MARK}", "1", ""]
    )
    pairs = data.draw(st.lists(st.tuples(names(collection), text | _texts), min_size=1, max_size=5))
    try:
        selection: Selection = collection.read(
            sent("&".join(f"{key}={quote(value, errors='surrogatepass')}" for key, value in pairs))
        ).reading.selection
    except BadParameter:
        return
    recorder = Recorder()
    for read in reads:
        await read(recorder, GRANT, selection, now=SettableClock().now())
    for statement, values in recorder.asked:
        assert MARK not in statement
        assert values[0] == WORKSPACE_ID
        assert max(int(number) for number in _places(statement)) == len(values)


def _places(statement: str) -> list[str]:
    return [part[: len(part) - len(part.lstrip("0123456789"))] for part in statement.split("$")[1:]]


@pytest.mark.parametrize("parameter", QUERY_PARAMETERS, ids=lambda one: type(one).__name__)
@quick
@given(st.lists(_texts, max_size=2))
def test_a_parameter_of_a_query_is_read_or_refused_by_name(parameter: Any, texts: list[str]):
    connection = SimpleNamespace(query_params=MultiDict([("it", text) for text in texts]))
    value = attempt(parameter.read, connection)
    if isinstance(value, BadParameter):
        assert (value.where, value.name) == ("query", "it")
    elif isinstance(parameter, Count):
        assert parameter.minimum <= value <= (parameter.maximum or PAGE_MAX)
    elif isinstance(parameter, Bound) and value is not None:
        assert truncated(value).tzinfo is not None


@pytest.mark.parametrize("parameter", PATH_PARAMETERS, ids=lambda one: type(one).__name__)
@quick
@given(_texts)
def test_a_parameter_of_a_path_is_read_or_refused_by_name_or_names_nothing(parameter: Any, text: str):
    value = attempt(parameter.read, SimpleNamespace(path_params={"it": text}))
    if isinstance(value, BadParameter):
        assert (value.where, value.name) == ("path", "it")
    elif isinstance(value, int):
        assert 1 <= value <= INTEGER_MAX


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('[]{}"\\ab'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('[{"\\', max_size=3), inner, max_size=3),
    max_leaves=12,
)


@quick
@given(_json, st.integers(0, 2 * DEPTH_MAX))
def test_what_is_nested_too_deeply_is_refused_and_nothing_else(value: Any, more: int):
    for _ in range(more):
        value = [value, "]"] if more % 2 else {"[": value}
    try:
        refuse_deep(to_json(value))
    except Invalid:
        assert _depth(value) > DEPTH_MAX
    else:
        assert _depth(value) <= DEPTH_MAX


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


def test_the_marks_of_these_tests_survive_encoding():
    assert unquote(quote(f"{MARK}' or '1'='1")) == f"{MARK}' or '1'='1"
