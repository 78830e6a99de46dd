"""Parameters: read strictly, named where they are wrong, and never too large to be understood."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.datastructures import MultiDict

from casework.api.errors import BadParameter
from casework.api.parameters import (
    PAGE_MAX,
    Bound,
    Choice,
    Choices,
    Count,
    Flag,
    PathId,
    PathUuid,
    QueryId,
    QueryUuid,
    Text,
    parse_bound,
)
from casework.api.render import instant, seconds
from casework.core.clocks import truncated
from casework.core.errors import NotFound


class Sent:
    """A connection with those parameters."""

    def __init__(self, query=(), path=None):
        self.query_params = MultiDict(query)
        self.path_params = path or {}


def query(name, value):
    return Sent(query=[(name, value)])


@pytest.mark.parametrize("text", ["", " 1", "1 ", "1.0", "1e3", "0x1", "1_000", "\u0661", "--1", "one", "+1"])
def test_what_is_no_integer_is_refused_by_name(text):
    with pytest.raises(BadParameter, match=r"^page: must be an integer"):
        Count(name="page", default=1).read(query("page", text))
    with pytest.raises(BadParameter):
        QueryId(name="memberId").read(query("memberId", text))
    with pytest.raises(BadParameter):
        PathId(name="id").check(Sent(path={"id": text}))


def test_a_count_has_a_default_and_bounds():
    size = Count(name="pageSize", default=50, minimum=1, maximum=500)
    assert size.read(Sent()) == 50
    assert size.read(query("pageSize", "500")) == 500
    for text in ("0", "501", "-1", "9" * 5000):
        with pytest.raises(BadParameter, match=r"from 1 to 500"):
            size.read(query("pageSize", text))


def test_a_page_is_never_too_far_to_be_empty():
    page = Count(name="page", default=1, minimum=1)
    assert page.read(query("page", "9" * 5000)) == PAGE_MAX
    assert PAGE_MAX * 1000 < 2**63


def test_a_parameter_that_is_sent_twice_is_refused():
    with pytest.raises(BadParameter, match="more than once"):
        Count(name="page", default=1).read(Sent(query=[("page", "1"), ("page", "2")]))


@pytest.mark.parametrize("text", ["0", "-1", "9223372036854775808", "9" * 5000, "-" + "9" * 5000])
def test_an_id_that_no_row_can_have_is_not_found(text):
    with pytest.raises(NotFound):
        PathId(name="id").read(Sent(path={"id": text}))


def test_the_largest_id_is_one():
    assert PathId(name="id").read(Sent(path={"id": str(2**63 - 1)})) == 2**63 - 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "550e8400e29b41d4a716446655440000",
        "{550e8400-e29b-41d4-a716-446655440000}",
        "urn:uuid:550e8400-e29b-41d4-a716-446655440000",
        "550e8400-e29b-41d4-a716-44665544000g",
    ],
)
def test_a_uuid_has_one_form(text):
    with pytest.raises(BadParameter, match="must be a UUID"):
        PathUuid(name="chatId").read(Sent(path={"chatId": text}))
    with pytest.raises(BadParameter):
        QueryUuid(name="run_id").read(query("run_id", text))


def test_capitals_in_a_uuid_make_no_difference():
    text = "550E8400-E29B-41D4-A716-446655440000"
    assert str(PathUuid(name="chatId").read(Sent(path={"chatId": text}))) == text.lower()


@pytest.mark.parametrize(
    ("text", "end", "expected"),
    [
        ("2024-01-15", False, "2024-01-15T00:00:00+00:00"),
        ("2024-01-15", True, "2024-01-15T23:59:59.999999+00:00"),
        ("2024-01-15T09:30:00Z", True, "2024-01-15T09:30:00+00:00"),
        ("2024-01-15T09:30", False, "2024-01-15T09:30:00+00:00"),
        ("2024-01-15 09:30:00", False, "2024-01-15T09:30:00+00:00"),
        ("2024-01-15T09:30:00.250Z", False, "2024-01-15T09:30:00.250000+00:00"),
        ("2024-01-15T09:30:00.123456789Z", False, "2024-01-15T09:30:00.123456+00:00"),
        ("2024-01-15T09:30:00+02:00", False, "2024-01-15T07:30:00+00:00"),
        ("2024-01-15T09:30:00 02:00", False, "2024-01-15T07:30:00+00:00"),
        ("2024-01-15T09:30:00-0530", False, "2024-01-15T15:00:00+00:00"),
        ("2024-02-29", True, "2024-02-29T23:59:59.999999+00:00"),
    ],
)
def test_bounds_are_dates_or_instants_in_utc(text, end, expected):
    found = parse_bound(text, end=end)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2024-02-30",
        "2024-13-01",
        "2023-02-29",
        "20240115",
        "2024-W03-1",
        "15-01-2024",
        "2024-1-5",
        "2024-01-15T25:00:00Z",
        "2024-01-15T",
        "2024-01-15T09:30:00+99:00",
        "0000-01-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2024-01-15T09:30:00Z ",
        "\uff12024-01-15",
        "2024-01-15T09:30:00+02:00:00",
    ],
)
def test_what_is_no_date_is_refused(text):
    assert parse_bound(text, end=False) is None
    with pytest.raises(BadParameter, match=r"^from_date: "):
        Bound(name="from_date", end=False).read(query("from_date", text))


@given(st.text(max_size=40))
def test_no_text_breaks_a_bound(text):
    parse_bound(text, end=True)


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_that_was_shown_bounds_itself(exact):
    at = truncated(exact)
    assert parse_bound(instant(at), end=True) == at


def test_instants_are_shown_in_utc_to_the_millisecond():
    assert instant(datetime(2024, 2, 4, 14, tzinfo=timezone(timedelta(hours=2)))) == "2024-02-04T12:00:00.000Z"
    assert instant(datetime(2024, 2, 4, 12, 0, 1, 999_999, UTC)) == "2024-02-04T12:00:01.999Z"
    assert instant(None) is None


def test_lengths_of_time_are_whole_where_they_can_be():
    assert (seconds(0), seconds(2000), seconds(1500)) == (0, 2, 1.5)
    assert isinstance(seconds(2000), int)


def test_words_are_of_a_closed_list():
    order = Choice(name="sortOrder", choices=("asc", "desc"), default="desc")
    assert (order.read(Sent()), order.read(query("sortOrder", "asc"))) == ("desc", "asc")
    states = Choices(name="state", choices=("PENDING", "FAILED"))
    assert states.read(query("state", " PENDING , FAILED,PENDING")) == ("PENDING", "FAILED")
    assert states.read(Sent()) is None
    for text in ("", "pending", "PENDING,", "RUNNING"):
        with pytest.raises(BadParameter):
            states.read(query("state", text))
    with pytest.raises(BadParameter):
        order.read(query("sortOrder", "ASC"))


def test_flags_and_texts():
    flag = Flag(name="mine")
    assert [flag.read(query("mine", text)) for text in ("true", "1", "False", "0")] == [True, True, False, False]
    assert flag.read(Sent()) is False
    with pytest.raises(BadParameter):
        flag.read(query("mine", "yes"))
    with pytest.raises(BadParameter, match="longer than 200"):
        Text(name="user_id").read(query("user_id", "x" * 201))


async def test_a_query_that_is_no_text_is_a_bad_parameter(wire):
    for address in ("/api/v2/w/sized?x=%ff", "/api/v2/w/sized?page_size=1%00", "/api/v2/w/raise/a%00b"):
        answer = await wire.get(address)
        assert answer.status_code == 400, address
    assert (await wire.get("/analytics/sized?x=%c3%28")).status_code == 422
    assert (await wire.get("/analytics/sized?x=%c3%a9%20%26")).status_code == 200
