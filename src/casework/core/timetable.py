"""Timetables: at which instants a schedule is due, by cron's five fields in the time of a place.

Where clocks are put forward, a time that does not exist is due right after the gap; where they are put back, a time
that comes twice is due the first time. A timetable whose minute or hour begins with `*` goes by what passes instead, as
Debian's cron has it: every half hour stays every half hour.
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from casework.core.errors import CaseworkError

NICKNAMES: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
"""Words for whole timetables, as every cron has them."""

_FIELDS: Final = 5
_RANGES: Final = {
    "minute": "the minute (first field) goes from 0 to 59",
    "hour": "the hour (second field) goes from 0 to 23",
    "day-of-month": "the day of the month (third field) goes from 1 to 31, or is L",
    "month": "the month (fourth field) goes from 1 to 12, or JAN to DEC",
    "day-of-week": "the day of the week (fifth field) goes from 0 to 7, or SUN to SAT",
}
_WINDOWS: Final = (timedelta(days=1), timedelta(days=32), timedelta(days=366), timedelta(days=366 * 50))
"""How far back the latest time is looked for: what is due each minute is found in a day, what is rare among few."""


class TimetableError(CaseworkError):
    """The fields are no timetable, or there is no such place; `field` is the wrong one of the two."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Timetable:
    """The instants of one cron expression in one time zone.

    Raises:
        TimetableError: the expression is none, or there is no such time zone.

    """

    __slots__ = ("_cron", "_zone")

    def __init__(self, cron: str, time_zone: str) -> None:
        self._zone = _zone(time_zone)
        self._cron = _checked(cron, self._zone)

    def after(self, at: datetime) -> datetime | None:
        """The first instant later than `at`, in UTC; None where none comes for fifty years."""
        instants = (found.astimezone(UTC) for found in CronSim(self._cron, at.astimezone(self._zone)))
        try:
            # An hour that comes twice is told by its first time, which may be over.
            return next((instant for instant in instants if instant > at), None)
        except (OverflowError, ValueError):  # beyond the last year that there is
            return None

    def latest(self, first: datetime, until: datetime) -> datetime:
        """The last instant not later than `until`; `first`, which is one of them, where no later one is."""
        for window in _WINDOWS:
            found, instant = None, self.after(max(first, until - window))
            while instant is not None and instant <= until:
                found, instant = instant, self.after(instant)
            if found is not None:
                return found
        return first


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # a name that leads out of the directory, is one itself, or is unknown
        message = f"{name[:100]!r} is no time zone; write one like Europe/Berlin, America/New_York or UTC"
        raise TimetableError("timeZone", message) from None


def _checked(cron: str, zone: ZoneInfo) -> str:
    fields = NICKNAMES.get(cron.strip().lower(), cron)
    if fields.lstrip().startswith("@"):
        raise TimetableError("cron", f"there is no {fields.strip()[:50]}; there are {', '.join(NICKNAMES)}")
    if len(fields.split()) != _FIELDS:
        raise TimetableError("cron", "write five fields: minute, hour, day of the month, month, day of the week")
    try:
        CronSim(fields, datetime(2024, 1, 1, tzinfo=zone))
    except CronSimError as error:
        name = str(error).removeprefix("Bad ")
        raise TimetableError("cron", _RANGES.get(name, str(error))) from None
    return fields
