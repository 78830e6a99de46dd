"""Reading the fields of one map of a document: each is checked, and one that is wrong is reported and left out."""

import re
from collections.abc import Mapping
from typing import Any, Final

from casework.core.definition import Json
from casework.core.duration import parse_duration
from casework.core.marks import mistakes
from casework.core.parse_report import WORD_MAX, Path, Report, quoted
from casework.core.schema import SchemaProblem, compile_schema

MAP_ENTRIES_MAX: Final = 200
"""Of a map that an author writes out by hand."""

_INDICATOR: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")


class Fields:
    """The fields of the map at `path`. A field that is absent or null has its default."""

    def __init__(self, values: Mapping[str, Any], path: Path, report: Report) -> None:
        self.values = values
        self.path = path
        self.report = report

    def get(self, name: str) -> Any:
        """The value as it stands; None where there is none."""
        return self.values.get(name)

    def wrong(self, name: str, message: str, hint: str | None = None) -> None:
        """Report a problem with the field."""
        self.report.add((*self.path, name), message, hint)

    def text(self, name: str, limit: int, *, default: str = "") -> str:
        """A text of at most `limit` characters."""
        value = self.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            self.wrong(name, f"'{name}' must be text", _quote_hint(value))
        elif len(value) > limit:
            self.wrong(name, f"'{name}' has {len(value):,} characters; at most {limit:,} are allowed")
        else:
            return value
        return default

    def source(self, name: str) -> str | None:
        """The source of an expression; what it says is checked elsewhere."""
        value = self.get(name)
        if isinstance(value, bool):
            # `when: true` is what people write, and means what it says.
            return "true" if value else "false"
        if value is not None and not isinstance(value, str):
            self.wrong(name, f"'{name}' must be an expression, as text", _quote_hint(value))
            return None
        return value

    def integer(self, name: str, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`."""
        value = self.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.wrong(name, f"'{name}' must be a whole number from {low:,} to {high:,}")
            return None
        return value

    def flag(self, name: str) -> bool:
        """True or false; false by default."""
        value = self.get(name)
        if value is not None and not isinstance(value, bool):
            self.wrong(name, f"'{name}' must be true or false")
        return value is True

    def choice(self, name: str, options: tuple[str, ...]) -> str:
        """One of `options`; the first by default."""
        value = self.get(name)
        if value is None:
            return options[0]
        if value not in options:
            message = f"'{name}' must be one of {', '.join(options)}"
            self.report.add_unknown((*self.path, name), message, str(value)[:100], options)
            return options[0]
        return str(value)

    def texts(self, name: str, limit: int, length: int) -> tuple[str, ...]:
        """A list of at most `limit` texts, each of 1 to `length` characters and listed once."""
        value = self.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.wrong(name, f"'{name}' must be a list", f"write [{value}]" if _is_word(value) else None)
            return ()
        if len(value) > limit:
            self.wrong(name, f"'{name}' has {len(value):,} entries; at most {limit:,} are allowed")
        kept: list[str] = []
        for i, item in enumerate(value[:limit]):
            if not isinstance(item, str) or not 0 < len(item) <= length:
                self.report.add((*self.path, name, i), f"must be text of 1 to {length} characters", _quote_hint(item))
            elif item in kept:
                self.report.add((*self.path, name, i), f"{quoted(item)} is listed twice")
            else:
                kept.append(item)
        return tuple(kept)

    def duration(self, name: str) -> int | None:
        """A length of time, in seconds; at least one."""
        value = self.get(name)
        if value is None:
            return None
        try:
            seconds = parse_duration(value) if isinstance(value, str) else 0
        except ValueError as error:
            self.wrong(name, str(error))
            return None
        if seconds == 0:
            self.wrong(name, f"'{name}' must be a duration of a second or more", "write it like 90s, 15m, 4h or 2d")
            return None
        return seconds

    def schema(self, name: str) -> Json:
        """A JSON Schema that compiles."""
        value = self.get(name)
        if value is None:
            return None
        try:
            compile_schema(value)
        except SchemaProblem as problem:
            inner = tuple(step.replace("~1", "/").replace("~0", "~") for step in problem.path.split("/")[1:])
            self.report.add(
                (*self.path, name, *inner),
                f"'{name}' is not a usable JSON Schema: {problem.message}",
            )
            return None
        for place, message in mistakes(value):
            self.report.add((*self.path, name, *place), message)
        return value

    def integers(self, name: str, low: int, high: int) -> tuple[int, ...]:
        """A list of whole numbers from `low` to `high`, each listed once."""
        value = self.get(name)
        fits = isinstance(value, list) and all(type(item) is int and low <= item <= high for item in value)
        if not fits or len(set(value)) != len(value) or not value:
            self.wrong(name, f"'{name}' must be a list of whole numbers from {low:,} to {high:,}, each listed once")
            return ()
        return tuple(value)

    def map(self, name: str, *, is_required: bool = False) -> dict[str, Json]:
        """A map from names to values, of at most MAP_ENTRIES_MAX; a required one holds something."""
        value = self.get(name)
        if value is None and not is_required:
            return {}
        if not isinstance(value, dict) or (is_required and not value):
            self.wrong(name, f"'{name}' must be a map from names to values")
            return {}
        if len(value) > MAP_ENTRIES_MAX:
            self.wrong(name, f"'{name}' has {len(value):,} entries; at most {MAP_ENTRIES_MAX:,} are allowed")
            return {}
        return value

    def inner(self, name: str, known: tuple[str, ...], hint: str | None = None) -> "Fields | None":
        """The fields of a map that holds nothing but the known ones; None where there is no map."""
        value = self.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.wrong(name, f"'{name}' must be a map", hint)
            return None
        found = Fields(value, (*self.path, name), self.report)
        found._refuse_unknown(known)
        return found

    def maps(self, name: str, known: tuple[str, ...], limit: int) -> tuple["Fields", ...]:
        """A list of 1 to `limit` maps that hold nothing but the known fields."""
        value = self.get(name)
        if not isinstance(value, list) or not 0 < len(value) <= limit:
            self.wrong(name, f"'{name}' must be a list of 1 to {limit:,} maps")
            return ()
        found = []
        for i, item in enumerate(value):
            path = (*self.path, name, i)
            if not isinstance(item, dict):
                self.report.add(path, "must be a map")
                continue
            inner = Fields(item, path, self.report)
            inner._refuse_unknown(known)
            found.append(inner)
        return tuple(found)

    def sources(self, name: str, limit: int) -> dict[str, str]:
        """A map from names to the sources of expressions."""
        value = self.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.wrong(name, f"'{name}' must be a map from names to expressions")
            return {}
        if len(value) > limit:
            self.wrong(name, f"'{name}' has {len(value):,} entries; at most {limit:,} are allowed")
            return {}
        inner = Fields(value, (*self.path, name), self.report)
        found: dict[str, str] = {}
        for key in value:
            source = inner.source(key)
            if not _INDICATOR.fullmatch(key):
                inner.wrong(key, f"{quoted(key)} must be a-z, 0-9 and _ only, a letter first, at most 63 characters")
            elif source is not None:
                found[key] = source
        return found

    def _refuse_unknown(self, known: tuple[str, ...]) -> None:
        for key in self.values:
            if key not in known:
                self.report.add_unknown((*self.path, key), f"there is no field {quoted(key)} here", key, known)


def _quote_hint(value: Any) -> str | None:
    return "put it in quotes" if isinstance(value, bool | int | float) else None


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= WORD_MAX
