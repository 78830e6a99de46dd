"""A span as whole days and the parts at its ends."""

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import example, given
from hypothesis import strategies as st

from casework.core.days import Days, Part, month_of, span

MILLISECOND = timedelta(milliseconds=1)
MIDNIGHT = datetime(2024, 2, 4, tzinfo=UTC)

instants = st.datetimes(datetime(2024, 2, 1), datetime(2024, 2, 9)).map(  # noqa: DTZ001 - the zone comes next
    lambda at: at.replace(tzinfo=UTC, microsecond=at.microsecond // 1000 * 1000)
)
bounds = st.none() | instants | st.sampled_from([MIDNIGHT, MIDNIGHT - MILLISECOND, MIDNIGHT + MILLISECOND])


def holds(found, at):
    """How often an instant is in the days and parts of a span."""
    days = found.days
    in_days = (
        days is not None
        and (days.first is None or at.date() >= days.first)
        and (days.end is None or at.date() < days.end)
    )
    return in_days + sum(part.since <= at < part.before for part in found.parts)


@given(bounds, bounds, instants)
@example(MIDNIGHT, MIDNIGHT, MIDNIGHT)
@example(MIDNIGHT, MIDNIGHT + timedelta(days=1) - MILLISECOND, MIDNIGHT)
def test_days_and_parts_hold_every_instant_of_the_span_once(first, last, at):
    wanted = (first is None or first <= at) and (last is None or at <= last)
    assert holds(span(first, last), at) == wanted


def test_whole_days_have_no_parts():
    found = span(MIDNIGHT, MIDNIGHT + timedelta(days=3) - timedelta(microseconds=1))
    assert (found.days, found.parts) == (Days(first=date(2024, 2, 4), end=date(2024, 2, 7)), ())
    assert span(None, None).days == Days(first=None, end=None)


def test_a_span_within_a_day_is_one_part():
    found = span(MIDNIGHT + timedelta(hours=1), MIDNIGHT + timedelta(hours=2))
    assert found.days is None
    assert found.parts == (
        Part(since=MIDNIGHT + timedelta(hours=1), before=MIDNIGHT + timedelta(hours=2) + MILLISECOND),
    )


def test_days_are_those_of_utc():
    tokyo = timezone(timedelta(hours=9))
    found = span(datetime(2024, 2, 4, 9, tzinfo=tokyo), None)
    assert found.days == Days(first=date(2024, 2, 4), end=None)


def test_a_span_that_ends_before_it_begins_is_empty():
    found = span(MIDNIGHT, MIDNIGHT - timedelta(days=5))
    assert (found.days, found.parts) == (None, ())


def test_the_ends_of_time_are_no_trouble():
    for at in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        for found in (span(at, at), span(at, None), span(None, at)):
            assert holds(found, MIDNIGHT) in (0, 1)
    assert holds(span(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)), MIDNIGHT) == 1


def test_a_month_begins_at_its_first_midnight():
    at = datetime(2026, 2, 28, 23, 59, tzinfo=UTC)
    assert month_of(at) == datetime(2026, 2, 1, tzinfo=UTC)
