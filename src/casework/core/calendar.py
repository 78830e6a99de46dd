"""Business calendars: at which hours of which days a workspace works, and how its time passes.

The hours are those of a place. Where its clocks are put forward, a time that does not exist is the end of the gap;
where they are put back, a time that comes twice is the first one.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from casework.core.errors import CaseworkError

BUSINESS_SECONDS_MAX: Final = 2_000 * 3600
"""Of a length of business time: a working year. It is looked for day by day."""

DAYS_MAX: Final = 3_660
"""That are looked through: ten years. What would come later counts as coming then."""

SPANS_MAX: Final = 10
"""Of a day: more opening hours than that nobody keeps."""

HOLIDAYS_MAX: Final = 2_000
DAY_MINUTES: Final = 24 * 60

_DAY: Final = timedelta(days=1)

Spans = tuple[tuple[int, int], ...]
"""Opening hours of a day: from and to, as minutes since midnight; ascending, not overlapping."""


class CalendarError(CaseworkError):
    """The hours are no business calendar; `place` names what is wrong."""

    def __init__(self, place: tuple[str | int, ...], message: str) -> None:
        super().__init__(message)
        self.place = place


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """When a workspace works. hours: of each weekday, Monday first. holidays: days without any hours."""

    time_zone: str = "UTC"
    hours: tuple[Spans, ...] = (((9 * 60, 17 * 60),),) * 5 + ((), ())
    holidays: frozenset[date] = frozenset()


DEFAULT: Final = Calendar()
"""Of a workspace that has set none: Monday to Friday, 9 to 17 UTC."""


def check(calendar: Calendar) -> None:
    """Refuse what is no calendar.

    Raises:
        CalendarError: there is no such time zone, hours are none or overlap, a week without any hours, or too much.

    """
    try:
        ZoneInfo(calendar.time_zone)
    except (ValueError, OSError, LookupError):
        message = f"{calendar.time_zone[:100]!r} is no time zone; write one like Europe/Berlin, America/New_York or UTC"
        raise CalendarError(("timeZone",), message) from None
    for weekday, spans in enumerate(calendar.hours):
        _check_day(weekday, spans)
    if not any(calendar.hours):
        raise CalendarError(("hours",), "a week needs at least one hour of business: nothing would ever be due")
    if len(calendar.holidays) > HOLIDAYS_MAX:
        raise CalendarError(("holidays",), f"at most {HOLIDAYS_MAX:,} holidays are kept")


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether that instant is within business hours."""
    day = at.astimezone(ZoneInfo(calendar.time_zone)).date()
    return any(begin <= at < end for begin, end in _spans(calendar, day))


def after(calendar: Calendar, at: datetime, seconds: float) -> datetime:
    """The instant at which so many seconds of business time have passed since `at`; not before business begins."""
    left = timedelta(seconds=seconds)
    limit = at + DAYS_MAX * _DAY
    for opens, end in _onward(calendar, at):
        begin = max(opens, at)
        if end - begin >= left and end > begin:
            return begin + left
        left -= max(end - begin, timedelta())
    return limit


def before(calendar: Calendar, at: datetime, seconds: float) -> datetime:
    """The instant from which so many seconds of business time pass until `at`."""
    left = timedelta(seconds=seconds)
    for begin, closes in _back(calendar, at):
        end = min(closes, at)
        if end - begin >= left and end > begin:
            return end - left
        left -= max(end - begin, timedelta())
    return at - DAYS_MAX * _DAY


def _onward(calendar: Calendar, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    day = at.astimezone(ZoneInfo(calendar.time_zone)).date()
    for number in range(DAYS_MAX):
        yield from _spans(calendar, day + number * _DAY)


def _back(calendar: Calendar, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    day = at.astimezone(ZoneInfo(calendar.time_zone)).date()
    for number in range(DAYS_MAX):
        yield from reversed(_spans(calendar, day - number * _DAY))


def _spans(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    """The business hours of a day as instants."""
    if day in calendar.holidays:
        return []
    zone = ZoneInfo(calendar.time_zone)
    return [(_instant(day, begin, zone), _instant(day, end, zone)) for begin, end in calendar.hours[day.weekday()]]


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """When the clocks of the place first show that time of day, or a later one."""
    wall = datetime.combine(day, time.min) + timedelta(minutes=minute)
    local = wall.replace(tzinfo=zone)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    # Left out: the clocks are put forward between what the offset after it and the one before it make of that time.
    first, last = int(local.replace(fold=1).timestamp()), int(local.timestamp())
    ahead = local.replace(fold=1).utcoffset()
    seconds = bisect_left(range(first, last), 1, key=lambda at: datetime.fromtimestamp(at, zone).utcoffset() == ahead)
    return datetime.fromtimestamp(first + seconds, UTC)


def _check_day(weekday: int, spans: Spans) -> None:
    if len(spans) > SPANS_MAX:
        raise CalendarError(("hours", weekday), f"a day has at most {SPANS_MAX} opening hours")
    last = 0
    for i, (begin, end) in enumerate(spans):
        if not last <= begin < end <= DAY_MINUTES:
            message = "opening hours end after they begin, follow one another, and do not overlap"
            raise CalendarError(("hours", weekday, i), message)
        last = end
