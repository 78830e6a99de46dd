"""Rates as people write them: so many starts in a stretch of time, like `100/m`."""

import re
from typing import Final

STARTS_MAX: Final = 10_000
"""Starts in a stretch of time that can be told apart: each is kept until its stretch is over."""

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600}

RATE: Final = r"([1-9][0-9]{0,3}|10000)/[smhd]"
"""What a rate looks like, with at most STARTS_MAX starts."""


def parse_rate(text: str) -> tuple[int, int]:
    """The starts and the seconds that `text` stands for: "10/s", "100/m", "1000/h" or "5000/d".

    Raises:
        ValueError: the text is no rate, or allows more than STARTS_MAX starts.
    """
    if not re.fullmatch(RATE, text):
        msg = f"{text[:40]!r} is not a rate: write it like 10/s, 100/m, 1000/h or 5000/d, with at most {STARTS_MAX:,}"
        raise ValueError(msg)
    starts, unit = text.split("/")
    return int(starts), _SECONDS[unit]


def format_rate(starts: int, seconds: int) -> str:
    """The text that `parse_rate` reads back as these."""
    (unit,) = (unit for unit, length in _SECONDS.items() if length == seconds)
    return f"{starts}/{unit}"
