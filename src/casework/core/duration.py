"""Lengths of time as people write them in a definition."""

import re
from typing import Final

SECONDS_MAX: Final = 10 * 366 * 24 * 3600
"""Ten years. Nothing a workflow waits for is longer, and an instant that far away still fits every date type."""

_UNITS: Final = {"w": 7 * 24 * 3600, "d": 24 * 3600, "h": 3600, "m": 60, "s": 1}

_SHORT: Final = re.compile(
    r"(?:(?P<w>[0-9]{1,9})w)?(?:(?P<d>[0-9]{1,9})d)?(?:(?P<h>[0-9]{1,9})h)?(?:(?P<m>[0-9]{1,9})m)?(?:(?P<s>[0-9]{1,9})s)?",
)
# Years and months are left out: their length depends on the date they are counted from.
_ISO: Final = re.compile(
    r"P(?:(?P<w>[0-9]{1,9})W)?(?:(?P<d>[0-9]{1,9})D)?"
    r"(?:T(?=[0-9])(?:(?P<h>[0-9]{1,9})H)?(?:(?P<m>[0-9]{1,9})M)?(?:(?P<s>[0-9]{1,9})S)?)?",
)


def parse_duration(text: str) -> int:
    """The seconds that `text` stands for: "90s", "15m", "4h", "2d", "1w", "1h30m" or ISO 8601 ("PT4H").

    Raises:
        ValueError: the text is no duration, or is longer than SECONDS_MAX.
    """
    match = _SHORT.fullmatch(text) or _ISO.fullmatch(text)
    parts = {unit: digits for unit, digits in match.groupdict().items() if digits} if match else {}
    if not parts:
        msg = f"{text[:40]!r} is not a duration: write it like 90s, 15m, 4h, 2d, 1w, 1h30m or PT4H"
        raise ValueError(msg)
    seconds = sum(int(digits) * _UNITS[unit] for unit, digits in parts.items())
    if seconds > SECONDS_MAX:
        msg = f"{text!r} is too long: the longest duration is ten years"
        raise ValueError(msg)
    return seconds


def format_duration(seconds: int) -> str:
    """The shortest text that `parse_duration` reads back as `seconds`; "0s" for none."""
    text = ""
    for unit, length in _UNITS.items():
        count, seconds = divmod(seconds, length)
        text += f"{count}{unit}" if count else ""
    return text or "0s"
