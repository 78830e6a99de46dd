"""The three clocks: working <= live <= pipeline (SEMANTICS, Clocks). All in milliseconds."""

from datetime import datetime, timedelta
from typing import Final

_MILLISECOND: Final = timedelta(milliseconds=1)


def milliseconds(start: datetime, end: datetime) -> int:
    """Whole milliseconds from `start` to `end`; 0 where `end` is not later."""
    return max(0, (end - start) // _MILLISECOND)


def working_ms(closed_ms: int, open_since: datetime | None, now: datetime) -> int:
    """Hands on it: the closed work periods and the open one until now."""
    return closed_ms if open_since is None else closed_ms + milliseconds(open_since, now)


def live_ms(started_at: datetime | None, ended_at: datetime | None, now: datetime) -> int:
    """From the first start until the end or now, pauses included; 0 where nothing started."""
    return 0 if started_at is None else milliseconds(started_at, ended_at or now)


def pipeline_ms(created_at: datetime, ended_at: datetime | None, now: datetime) -> int:
    """From being reached until the end or now, waiting included."""
    return milliseconds(created_at, ended_at or now)


def truncated(at: datetime) -> datetime:
    """The instant as the wire shows it, so that what a client reads can be used as a bound."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
