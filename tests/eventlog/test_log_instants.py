"""The instants of a log."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.eventlog.instant import YEAR_MAX, YEAR_MIN, instant

FIRST = datetime(YEAR_MIN, 1, 1, tzinfo=UTC).replace(tzinfo=None)
LAST = datetime(YEAR_MAX, 12, 31, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2011-10-18T09:06:20.547+02:00", datetime(2011, 10, 18, 7, 6, 20, 547_000, UTC)),
        ("2011-10-18T09:06:20Z", datetime(2011, 10, 18, 9, 6, 20, tzinfo=UTC)),
        ("2011-10-18 09:06:20 UTC", datetime(2011, 10, 18, 9, 6, 20, tzinfo=UTC)),
        ("2011-10-18T09:06:20-0330", datetime(2011, 10, 18, 12, 36, 20, tzinfo=UTC)),
        ("2011/10/18 09:06", datetime(2011, 10, 18, 9, 6, tzinfo=UTC)),
        (" 2011-10-18 ", datetime(2011, 10, 18, tzinfo=UTC)),
        ("2011-10-18T09:06:20,5", datetime(2011, 10, 18, 9, 6, 20, 500_000, UTC)),
    ],
)
def test_the_usual_ways_to_write_an_instant_are_understood(text, expected):
    assert instant(text) == expected
    assert instant(text).tzinfo is UTC


def test_an_instant_without_offset_is_utc():
    assert instant("2011-10-18T09:06:20") == datetime(2011, 10, 18, 9, 6, 20, tzinfo=UTC)


def test_anything_finer_than_a_millisecond_is_cut_off_and_not_rounded():
    assert instant("2011-10-18T09:06:20.1239999999Z").microsecond == 123_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "03/04/2024",
        "1318921580",
        "1910123112000",
        "2011-W42-2",
        "2011-10-18T09",
        "2011-10-18T09:06:20.Z",
        "2011-10-18T09:06:20+2",
        "\uff12\uff10\uff11\uff11-10-18",
    ],
)
def test_what_is_no_iso_8601_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="write it as 2024-03-31T09:30:00Z"):
        instant(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "1899-12-31", "2201-01-01", "9999-12-31T23:59:59-12:00"])
def test_an_absurd_year_is_refused(text):
    with pytest.raises(ValueError, match="absurd"):
        instant(text)


@pytest.mark.parametrize(
    "text", ["2011-02-30", "2011-13-01", "2011-10-18T25:00", "2011-10-18T09:06:61", "2011-01-01T00:00+99:00"]
)
def test_an_instant_that_does_not_exist_is_refused(text):
    with pytest.raises(ValueError, match="does not exist"):
        instant(text)


@given(
    st.datetimes(min_value=FIRST, max_value=LAST),
    st.integers(min_value=-14 * 60, max_value=14 * 60),
)
def test_every_instant_written_in_iso_8601_is_read_to_the_millisecond(local, minutes):
    written = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert instant(written.isoformat()) == written.replace(microsecond=written.microsecond // 1000 * 1000)


@given(st.text(max_size=40))
def test_no_text_whatever_does_worse_than_a_value_error(text):
    try:
        assert instant(text).tzinfo is UTC
    except ValueError as error:
        assert str(error).startswith("the time")  # noqa: PT017 - an instant is as good as an error here
