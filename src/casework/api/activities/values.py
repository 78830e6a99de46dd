"""Values in queries: text as the type of the attribute that it is compared with, or a ValueError that says what is due.

A reader gives a tuple, for a word may stand for several values.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from casework.api.bodies import refuse_deep
from casework.api.literals import parse_bound, parse_integer, parse_uuid
from casework.core.errors import Invalid

Reader = Callable[[str], tuple[Any, ...]]

_SECONDS: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?\Z")
_MILLISECONDS: Final = 1000


def text(value: str) -> tuple[str]:
    """Any text."""
    return (value,)


def integer(value: str) -> tuple[int]:
    """An integer."""
    number = parse_integer(value)
    if number is None:
        raise ValueError("must be an integer.")
    return (number,)


def uuid(value: str) -> tuple[Any, ...]:
    """A UUID."""
    found = parse_uuid(value)
    if found is None:
        raise ValueError("must be a UUID.")
    return (found,)


def instant(value: str) -> tuple[datetime]:
    """An instant; a date is its first one."""
    return (_bound(value, end=False),)


def end_instant(value: str) -> tuple[datetime]:
    """An instant that ends a span; a date is its last one, so that the day belongs to the span."""
    return (_bound(value, end=True),)


def seconds(value: str) -> tuple[Decimal]:
    """Seconds, as the milliseconds that they are."""
    if not _SECONDS.match(value):
        raise ValueError("must be a number of seconds.")
    return (Decimal(value) * _MILLISECONDS,)


def word(meanings: Mapping[str, tuple[str, ...]]) -> Reader:
    """One of those words, as all that it stands for."""

    def read(value: str) -> tuple[str, ...]:
        if value not in meanings:
            raise ValueError(f"must be one of {', '.join(meanings)}.")
        return meanings[value]

    return read


def array(item: Reader) -> Reader:
    """An array: JSON text, or its only element bare."""

    def read(value: str) -> tuple[tuple[Any, ...]]:
        if not value.startswith("["):
            return (item(value),)
        (found,) = json(value)
        if not isinstance(found, list) or any(isinstance(one, (list, dict, bool)) or one is None for one in found):
            raise ValueError("must be a JSON array of single values.")
        return (tuple(one for value in found for one in item(str(value))),)

    return read


def json(value: str) -> tuple[Any]:
    """A JSON value."""
    encoded = value.encode()
    try:
        refuse_deep(encoded)
        found = msgspec.json.decode(encoded)
    except Invalid:
        raise ValueError("must not be nested so deeply.") from None
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise ValueError("must be JSON text.") from None
    if any("\0" in one for one in _texts(found)):
        raise ValueError("must not contain NUL.")
    return (found,)


def _bound(value: str, *, end: bool) -> datetime:
    found = parse_bound(value, end=end)
    if found is None:
        raise ValueError("must be a date or an instant in ISO 8601, such as 2024-01-15 or 2024-01-15T09:30:00Z.")
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _texts(item)
