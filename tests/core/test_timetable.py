"""A timetable is due at the instants that a clock on the wall of its place would show, and each of them once."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from casework.core.timetable import NICKNAMES, Timetable, TimetableError


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def times(cron: str, zone: str, start: str, count: int) -> list[str]:
    """The first instants after a start, each found from the one before, as the server does."""
    timetable, now, found = Timetable(cron, zone), at(start), []
    for _ in range(count):
        now = timetable.after(now)
        found.append(now.strftime("%m-%dT%H:%M"))
    return found


def test_the_time_is_that_of_the_place():
    assert times("30 8 * * *", "Europe/Berlin", "2024-01-10", 2) == ["01-10T07:30", "01-11T07:30"]
    assert times("30 8 * * *", "Asia/Kathmandu", "2024-01-10", 1) == ["01-10T02:45"]


# Clocks go forward in New York on 2024-03-10, in Berlin on 2024-03-31, on Lord Howe (by half an hour) on 2024-10-06.


@pytest.mark.parametrize(
    ("cron", "zone", "start", "expected"),
    [
        ("30 2 * * *", "America/New_York", "2024-03-09T12:00", ["03-10T07:00", "03-11T06:30"]),
        ("30 2 * * *", "Europe/Berlin", "2024-03-30T12:00", ["03-31T01:00", "04-01T00:30"]),
        ("15 2 * * *", "Australia/Lord_Howe", "2024-10-05T00:00", ["10-05T15:30", "10-06T15:15"]),
    ],
)
def test_a_time_in_the_gap_is_due_right_after_it(cron, zone, start, expected):
    assert times(cron, zone, start, 2) == expected


def test_two_times_in_the_gap_are_one():
    found = times("0,30 2 * * *", "America/New_York", "2024-03-09T12:00", 3)
    assert found == ["03-10T07:00", "03-11T06:00", "03-11T06:30"]


# They go back in New York on 2024-11-03, in Berlin on 2024-10-27, on Lord Howe (by half an hour) on 2024-04-07.


@pytest.mark.parametrize(
    ("cron", "zone", "start", "expected"),
    [
        ("30 1 * * *", "America/New_York", "2024-11-02T12:00", ["11-03T05:30", "11-04T06:30"]),
        ("30 2 * * *", "Europe/Berlin", "2024-10-26T12:00", ["10-27T00:30", "10-28T01:30"]),
        ("45 1 * * *", "Australia/Lord_Howe", "2024-04-06T00:00", ["04-06T14:45", "04-07T15:15"]),
    ],
)
def test_a_time_that_comes_twice_is_due_the_first_time(cron, zone, start, expected):
    assert times(cron, zone, start, 2) == expected


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("America/New_York", "2024-11-03T00:00"),
        ("America/New_York", "2024-03-10T00:00"),
        ("Europe/Berlin", "2024-10-26T20:00"),
        ("Australia/Lord_Howe", "2024-04-06T10:00"),
        ("Australia/Lord_Howe", "2024-10-05T10:00"),
    ],
)
def test_every_half_hour_stays_every_half_hour(zone, start):
    timetable, now, found = Timetable("*/30 * * * *", zone), at(start), []
    while len(found) < 24:
        now = timetable.after(now)
        found.append(now)
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(minutes=30)}


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana"])
@pytest.mark.parametrize("cron", ["0 0 * * *", "15 1,2 * * *", "45 */2 * * *", "0,30 2 * * *", "* 2 * * *"])
def test_what_comes_next_is_always_later_all_year_long_from_wherever_one_asks(cron, zone):
    timetable, now = Timetable(cron, zone), at("2024-01-01")
    while now < at("2025-01-01"):
        following = timetable.after(now)
        assert following > now
        assert timetable.after(following - timedelta(minutes=7)) <= following
        now = following + timedelta(minutes=17)


def test_the_latest_time_is_found_however_long_nobody_looked():
    daily = Timetable("0 8 * * *", "UTC")
    assert daily.latest(at("2024-01-01T08:00"), at("2024-03-05T09:00")) == at("2024-03-05T08:00")
    assert daily.latest(at("2024-01-01T08:00"), at("2024-01-01T08:00")) == at("2024-01-01T08:00")
    weekly = Timetable("0 8 * * MON", "UTC")
    assert weekly.latest(at("2024-01-01T08:00"), at("2024-02-03T07:00")) == at("2024-01-29T08:00")
    yearly = Timetable("0 0 29 2 *", "UTC")
    assert yearly.latest(at("2004-02-29"), at("2027-01-01")) == at("2024-02-29")
    assert Timetable("* * * * *", "UTC").latest(at("2004-02-29"), at("2027-01-01T00:00:30")) == at("2027-01-01")


@pytest.mark.parametrize("nickname", NICKNAMES)
def test_nicknames_are_understood(nickname):
    assert Timetable(nickname, "UTC").after(at("2024-01-10T12:34")) > at("2024-01-10T12:34")


@pytest.mark.parametrize(
    ("cron", "zone", "field", "says"),
    [
        ("60 * * * *", "UTC", "cron", "minute"),
        ("* 24 * * *", "UTC", "cron", "hour"),
        ("* * 32 * *", "UTC", "cron", "day of the month"),
        ("* * * 13 *", "UTC", "cron", "month"),
        ("* * * * 8", "UTC", "cron", "day of the week"),
        ("* * * *", "UTC", "cron", "five fields"),
        ("0 * * * * *", "UTC", "cron", "five fields"),
        ("", "UTC", "cron", "five fields"),
        ("@often", "UTC", "cron", "@hourly"),
        ("0 0 31 2 *", "UTC", "cron", "day of the month"),
        ("* * * * *", "Mars/Olympus", "timeZone", "time zone"),
        ("* * * * *", "../../etc/passwd", "timeZone", "time zone"),
        ("* * * * *", "Europe", "timeZone", "time zone"),
        ("* * * * *", "", "timeZone", "time zone"),
        ("* * * * *", "a\0b", "timeZone", "time zone"),
    ],
)
def test_what_is_no_timetable_is_told_in_words(cron, zone, field, says):
    with pytest.raises(TimetableError) as refused:
        Timetable(cron, zone)
    assert refused.value.field == field
    assert says in str(refused.value)


def test_what_never_comes_again_has_no_next_time():
    assert Timetable("0 0 1 1 *", "UTC").after(datetime(9999, 6, 1, tzinfo=UTC)) is None


def test_an_hour_that_comes_twice_is_over_once_its_first_time_is():
    assert times("30 2 * * *", "Europe/Berlin", "2024-10-27T01:15", 1) == ["10-28T01:30"]
