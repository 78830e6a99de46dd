"""Integers, UUIDs and the bounds of spans, as they are written in paths and queries."""

import re
from datetime import UTC, date, datetime, time
from typing import Final
from uuid import UUID

INTEGER: Final = re.compile(r"-?[0-9]+\Z")
"""An integer, however long."""

INTEGER_DIGITS_MAX: Final = 18
"""What is longer is not converted: nothing has such an id, and no list so many pages."""

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_INSTANT: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)(?:([Zz])|([+\- ])(\d{2}):?(\d{2}))?\Z", re.ASCII
)


def parse_integer(text: str) -> int | None:
    """The integer that the text is, as far as 18 digits (beyond that, the nearest such), or None."""
    if not INTEGER.match(text):
        return None
    if len(text.lstrip("-")) > INTEGER_DIGITS_MAX:
        largest = 10**INTEGER_DIGITS_MAX
        return -largest if text.startswith("-") else largest
    return int(text)


def parse_uuid(text: str) -> UUID | None:
    """The UUID that the text is in its usual form of 36 characters, or None."""
    return UUID(text) if _UUID.match(text) else None


def parse_bound(text: str, *, end: bool) -> datetime | None:
    """The instant that bounds a span whose ends both belong to it, or None where the text is neither date nor instant.

    A date is its first instant, or with `end` its last, in UTC. An instant without an offset is taken as UTC. A `+`
    that a client left unescaped, and that therefore arrives as a space, is understood.
    """
    try:
        if _DATE.match(text):
            return datetime.combine(date.fromisoformat(text), time.max if end else time.min, UTC)
        if found := _INSTANT.match(text):
            day, clock, _, sign, hours, minutes = found.groups()
            offset = f"{'+' if sign == ' ' else sign}{hours}:{minutes}" if sign else "+00:00"
            return datetime.fromisoformat(f"{day}T{clock}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None
