"""The typed values of XES as JSON scalars."""

import math
import re
from collections.abc import Callable
from typing import Final

from casework.eventlog.event import Attributes, Scalar

_WHOLE: Final = re.compile(r"[+-]?\d{1,18}", re.ASCII)  # what every JSON reader takes for a whole number
_NUMBER: Final = re.compile(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,4})?", re.ASCII)
_TRUTH: Final = {"true": True, "1": True, "false": False, "0": False}


def scalar(kind: str, text: str) -> Scalar:
    """The value of an attribute of a XES type; text that is no value of its type (or not of JSON: NaN) stays text."""
    return _TYPES[kind](text)


def taken_text(attributes: Attributes, key: str) -> str | None:
    """Take an attribute out, as text; None when it is missing or blank."""
    value = attributes.pop(key, None)
    if value is None:
        return None
    text = str(value)
    return text if text.strip() else None


def _whole(text: str) -> Scalar:
    return int(text) if _WHOLE.fullmatch(text.strip()) else text


def _number(text: str) -> Scalar:
    if not _NUMBER.fullmatch(text.strip()):
        return text
    number = float(text)
    return number if math.isfinite(number) else text


def _truth(text: str) -> Scalar:
    return _TRUTH.get(text.strip().lower(), text)


_TYPES: Final[dict[str, Callable[[str], Scalar]]] = {
    "string": str,
    "date": str,
    "id": str,
    "int": _whole,
    "float": _number,
    "boolean": _truth,
}
KINDS: Final = frozenset(_TYPES)
