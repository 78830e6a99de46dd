"""A span of time as whole days (UTC), counted beforehand, and the parts of days at its ends, which are not."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import msgspec

from casework.core.clocks import truncated

_MILLISECOND: Final = timedelta(milliseconds=1)
_DAY: Final = timedelta(days=1)

# Nothing was made outside of these, and a day more or less is still a date.
_EARLIEST: Final = datetime(1, 1, 3, tzinfo=UTC)
_LATEST: Final = datetime(9999, 12, 29, tzinfo=UTC)


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """From `since` on and before `before`."""

    since: datetime
    before: datetime


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """The days from `first` on and before `end`; None where there is no such bound. No days where `end` <= `first`."""

    first: date | None
    end: date | None


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Instants from `since` on and before `before`; None where there is no such bound."""

    since: datetime | None = None
    before: datetime | None = None

    @property
    def days(self) -> Days | None:
        """The whole days in it; None where there are none."""
        first = None if self.since is None else _ceiling(self.since)
        end = None if self.before is None else self.before.date()
        return None if first is not None and end is not None and end <= first else Days(first=first, end=end)

    @property
    def parts(self) -> tuple[Part, ...]:
        """What of it is not in whole days: at most a part at its start and one at its end."""
        days = self.days
        if days is None:  # both bounds are there, and too close to hold a day
            return _part(self.since, self.before)
        start = () if days.first is None else _part(self.since, _midnight(days.first))
        end = () if days.end is None else _part(_midnight(days.end), self.before)
        return start + end


def month_of(at: datetime) -> datetime:
    """The instant at which its month (UTC) began."""
    return datetime(at.year, at.month, 1, tzinfo=UTC)


def span(first: datetime | None, last: datetime | None) -> Span:
    """The span of instants in milliseconds whose ends both belong to it."""
    return Span(
        since=None if first is None else _within(first),
        before=None if last is None else truncated(_within(last)) + _MILLISECOND,
    )


def _part(since: datetime | None, before: datetime | None) -> tuple[Part, ...]:
    if since is None or before is None or before <= since:
        return ()
    return (Part(since=since, before=before),)


def _within(at: datetime) -> datetime:
    return min(max(at.astimezone(UTC), _EARLIEST), _LATEST)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _ceiling(at: datetime) -> date:
    """The first day that begins at that instant or later."""
    day = at.date()
    return day if at.time() == time.min else day + _DAY
