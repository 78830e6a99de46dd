"""Business time, held against a walk through it minute by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.core.calendar import (
    DAY_MINUTES,
    DAYS_MAX,
    DEFAULT,
    HOLIDAYS_MAX,
    Calendar,
    CalendarError,
    after,
    before,
    check,
    is_open,
)

MINUTE = timedelta(minutes=1)
NINE_TO_FIVE = ((9 * 60, 17 * 60),)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")

spans = st.lists(st.integers(0, 96), max_size=4, unique=True).map(
    lambda quarters: tuple(
        (a * 15, b * 15) for a, b in zip(sorted(quarters)[::2], sorted(quarters)[1::2], strict=False)
    )
)
calendars = st.builds(
    Calendar,
    time_zone=st.sampled_from(ZONES),
    hours=st.tuples(*[spans] * 7).filter(lambda week: sum(b - a for day in week for a, b in day) >= DAY_MINUTES),
    holidays=st.frozensets(st.dates(date(2026, 3, 20), date(2026, 4, 20)), max_size=4),
)
# Around nights in which the clocks of these places change.
instants = st.sampled_from(
    [
        datetime(2026, 3, 7, tzinfo=UTC),
        datetime(2026, 3, 28, tzinfo=UTC),
        datetime(2026, 4, 3, tzinfo=UTC),
        datetime(2026, 10, 24, tzinfo=UTC),
        datetime(2026, 10, 31, tzinfo=UTC),
    ]
).flatmap(lambda day: st.integers(0, 3 * 24 * 60).map(lambda minutes: day + minutes * MINUTE))


def shown(calendar, at):
    """Whether the clock on the wall says that it is open: true of every minute but those that come twice."""
    wall = at.astimezone(ZoneInfo(calendar.time_zone))
    minute = wall.hour * 60 + wall.minute
    return wall.date() not in calendar.holidays and any(
        begin <= minute < end for begin, end in calendar.hours[wall.weekday()]
    )


def comes_twice(calendar, at):
    zone = ZoneInfo(calendar.time_zone)
    return any(
        (at + shift).astimezone(zone).replace(tzinfo=None) == at.astimezone(zone).replace(tzinfo=None)
        for shift in (timedelta(hours=1), timedelta(hours=-1), timedelta(minutes=30), timedelta(minutes=-30))
    )


@given(calendars, instants)
def test_it_is_open_when_the_clock_on_the_wall_says_so(calendar, at):
    if not comes_twice(calendar, at):
        assert is_open(calendar, at) == shown(calendar, at)


@given(calendars, instants, st.integers(1, 600))
@settings(max_examples=60, deadline=None)
def test_so_many_open_minutes_pass_until_the_instant_that_is_found(calendar, at, minutes):
    found = after(calendar, at, minutes * 60)
    walked = int((found - at) / MINUTE)
    if walked < 30 * 24 * 60:
        assert sum(is_open(calendar, at + n * MINUTE) for n in range(walked)) == minutes


@given(calendars, instants, st.integers(1, 30 * 3600))
@settings(deadline=None)
def test_what_is_later_by_some_time_is_earlier_by_the_same_time(calendar, at, seconds):
    found = after(calendar, at, seconds)
    assert after(calendar, before(calendar, found, seconds), seconds) == found
    assert found > at


@given(calendars, instants, st.integers(1, 30 * 3600), st.integers(0, 30 * 3600))
@settings(deadline=None)
def test_time_adds_up(calendar, at, first, second):
    assert after(calendar, after(calendar, at, first), second + 1) == after(calendar, at, first + second + 1)


def test_a_weekend_and_a_holiday_are_passed_over():
    friday = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
    assert after(DEFAULT, friday, 3600) == datetime(2026, 3, 6, 17, 0, tzinfo=UTC)
    assert after(DEFAULT, friday, 2 * 3600) == datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
    easter = Calendar(holidays=frozenset({date(2026, 3, 9)}))
    assert after(easter, friday, 2 * 3600) == datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
    assert before(easter, datetime(2026, 3, 10, 9, 30, tzinfo=UTC), 3600) == datetime(2026, 3, 6, 16, 30, tzinfo=UTC)
    assert not is_open(easter, datetime(2026, 3, 9, 10, 0, tzinfo=UTC))


def test_an_hour_that_is_left_out_is_no_business_time():
    night = Calendar(time_zone="Europe/Berlin", hours=((), (), (), (), (), (), ((60, 4 * 60),)))
    begins = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)  # 01:00; at 02:00 the clocks show 03:00
    assert after(night, begins, 2 * 3600) == begins + timedelta(hours=2)
    assert after(night, begins, 2 * 3600 + 60) > begins + timedelta(days=6)
    gap = Calendar(time_zone="Europe/Berlin", hours=((), (), (), (), (), (), ((150, 195),)))
    assert after(gap, begins, 60) == datetime(2026, 3, 29, 1, 1, tzinfo=UTC)  # from 03:00, the end of the gap


def test_nothing_comes_later_than_in_ten_years():
    rare = Calendar(hours=(((0, 1),), *[()] * 6))
    at = datetime(2026, 3, 6, tzinfo=UTC)
    assert after(rare, at, 3600 * 1000) == at + timedelta(days=DAYS_MAX)
    assert before(rare, at, 3600 * 1000) == at - timedelta(days=DAYS_MAX)


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"time_zone": "Mars/Olympus"}, ("timeZone",)),
        ({"hours": ((),) * 7}, ("hours",)),
        ({"hours": (((600, 540),), *[()] * 6)}, ("hours", 0, 0)),
        ({"hours": (((540, 600), (590, 700)), *[()] * 6)}, ("hours", 0, 1)),
        ({"hours": ((), ((0, 1441),), *[()] * 5)}, ("hours", 1, 0)),
        ({"hours": (tuple((n, n + 1) for n in range(11)), *[()] * 6)}, ("hours", 0)),
        ({"holidays": frozenset(date(2000, 1, 1) + timedelta(days=n) for n in range(HOLIDAYS_MAX + 1))}, ("holidays",)),
    ],
)
def test_what_is_no_calendar_is_refused_and_told_where(fields, place):
    with pytest.raises(CalendarError) as caught:
        check(Calendar(**fields))
    assert caught.value.place == place


def test_the_usual_week_is_accepted():
    check(DEFAULT)
    check(Calendar(time_zone="Asia/Kathmandu", hours=(((0, 1440),),) * 7))
