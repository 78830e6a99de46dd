"""The instants that logs are written in."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

# A step outside these years is a slip of the export (year 0001, 9999, a lost century), and it would spoil every clock.
YEAR_MIN: Final = 1900
YEAR_MAX: Final = 2200

# Year first only: of 03/04/2024 nobody can say which is the month.
_FORM: Final = re.compile(
    r"(\d{4})[-/](\d\d)[-/](\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,24}))?)?)?"
    r" ?(?:(Z|UTC)|([+-])(\d\d):?(\d\d))?",
    re.ASCII,
)


def instant(text: str) -> datetime:
    """The UTC instant a text names: no offset is UTC, and anything finer than a millisecond is cut off.

    Raises:
        ValueError: the text is no ISO 8601 instant, or one of an absurd year; the message is a clause that says so.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"the time {text[:64]!r} is not in ISO 8601; write it as 2024-03-31T09:30:00Z")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.group(1, 2, 3, 4, 5, 6))
    if not YEAR_MIN <= year <= YEAR_MAX:
        raise ValueError(f"the time {text[:64]!r} is absurd; correct it to a year from {YEAR_MIN} to {YEAR_MAX}")
    micros = int((match[7] or "")[:3].ljust(3, "0")) * 1000
    try:
        local = datetime(year, month, day, hour, minute, second, micros, tzinfo=_zone(match))
    except ValueError as error:
        raise ValueError(f"the time {text[:64]!r} does not exist; correct it ({error})") from error
    return local.astimezone(UTC)


def _zone(match: re.Match[str]) -> timezone:
    if match[9] is None:
        return UTC
    minutes = int(match[10]) * 60 + int(match[11])
    return timezone(timedelta(minutes=-minutes if match[9] == "-" else minutes))
