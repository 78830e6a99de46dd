"""What a document's value may hold at all, before anybody asks what it means."""

import math
import re
from typing import Any, Final

from casework.core.parse_report import Path, Report, quoted
from casework.core.parse_text import DEPTH_MAX, EVENTS_MAX

INTEGER_MAX: Final = 2**63 - 1
"""Conditions count with 64 bits, and so does the database."""

_UNFIT: Final = re.compile("[\0\ud800-\udfff]")


def check_value(value: Any, report: Report) -> bool:
    """Report what JSON or the database cannot hold. False where it is too deep or large to be looked at further."""
    rest: list[tuple[Path, Any]] = [((), value)]
    count = 0
    while rest:
        path, item = rest.pop()
        count += 1
        if count > EVENTS_MAX or len(path) > DEPTH_MAX:
            what = f"nested more than {DEPTH_MAX} deep" if len(path) > DEPTH_MAX else "too large"
            report.add_broken((), f"the document is {what}")
            return False
        trouble = _trouble(item)
        if trouble:
            report.add_broken(path, trouble)
        elif isinstance(item, dict):
            rest.extend(((*path, key), inner) for key, inner in reversed(item.items()) if _is_key(key, path, report))
        elif isinstance(item, list):
            rest.extend(((*path, i), inner) for i, inner in reversed(list(enumerate(item))))
    return True


def _is_key(key: Any, path: Path, report: Report) -> bool:
    if isinstance(key, str) and not _UNFIT.search(key):
        return True
    report.add_broken(
        path, "a key is not text" if not isinstance(key, str) else "a key holds a NUL or broken character"
    )
    return False


def _trouble(item: Any) -> str | None:
    if item is None or isinstance(item, bool | dict | list):
        return None
    match item:
        case str():
            return "the text holds a NUL or broken character" if _UNFIT.search(item) else None
        case float():
            return None if math.isfinite(item) else "the number is not finite"
        case int():
            return f"the number {quoted(item)} is too large" if abs(item) > INTEGER_MAX else None
        case _:
            return f"a {type(item).__name__} is not a JSON value"
