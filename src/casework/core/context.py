"""What an expression is evaluated over, and the limits that keep every evaluation short."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from casework.core.syntax import Reading

WALKED_BYTES_MAX: Final = 256 * 1024
"""Of the names that an expression with a macro uses, encoded as JSON."""

BYTES_MAX: Final = 1024 * 1024
"""The same for an expression without a macro, which touches only the fields it names."""

LIST_MAX: Final = 5_000
"""Elements of a list that a macro may walk: at 1 us each the commit loop still answers in milliseconds."""

ITERATIONS_MAX: Final = 10_000
"""The evaluator's own budget of macro steps an evaluation; past it the evaluation is an error."""

COST_MAX: Final = 64_000_000
"""Macro steps x characters that each may look at or copy. The slowest, a regular expression, reads 1,000 characters in
18 us: about a second; copies stay below 64 MB. An ordinary condition costs a few thousand."""

_ENCODE: Final = msgspec.json.Encoder().encode
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Size(msgspec.Struct, frozen=True):
    """How large a value is: encoded, and its longest list (or map) and longest text."""

    encoded: int
    elements: int
    characters: int


class Context(Mapping[str, Any]):
    """The values of the names that expressions may use, measured once however many expressions look at them.

    A plain mapping is measured anew at every evaluation; wrap it where several conditions are decided over the same
    values, and do not change the values afterwards. Only the names that an expression uses are measured, when one first
    does. `now` is a datetime with a time zone, or ISO 8601 text; all other values are JSON.
    """

    __slots__ = ("_problems", "_sizes", "_values", "_walked")

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self._sizes: dict[str, int] = {}
        self._walked: dict[str, Size] = {}
        self._problems: dict[str, str] = {}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def problem(self, reading: Reading, factor: int) -> str | None:
        """Why an expression must not be evaluated here, or None. `factor`: by how much a value may grow in it."""
        total = sum(self._encoded(name) for name in reading.names)
        if self._problems:
            # In order of name: the same context gives the same answer in every process.
            for name in sorted(reading.names & self._problems.keys()):
                return f"'{name}' {self._problems[name]}"
        return self._excess(reading, factor, total)

    def activation(self, names: frozenset[str]) -> dict[str, Any]:
        """The values of `names`, as the evaluator takes them; a name without a value is left out."""
        values = {name: self._values[name] for name in names if name in self._values}
        if "now" in values:
            values["now"] = _instant(values["now"])
        return values

    def _excess(self, reading: Reading, factor: int, total: int) -> str | None:
        limit = WALKED_BYTES_MAX if reading.macros else BYTES_MAX
        if total > limit:
            return f"the values are too large: {total:,} bytes, at most {limit:,} here"
        # An element takes two bytes at least, so a small context needs no closer look: the usual case by far.
        if total // 2 <= LIST_MAX and _cost(reading, factor, Size(total, total // 2, total)) <= COST_MAX:
            return None
        walked = [self._size(name) for name in reading.names]
        elements = max((size.elements for size in walked), default=0)
        if reading.macros and elements > LIST_MAX:
            return f"a list of {elements:,} elements is too long to walk: at most {LIST_MAX:,}"
        characters = max((size.characters for size in walked), default=0)
        cost = _cost(reading, factor, Size(total, elements, characters))
        if cost > COST_MAX:
            return f"evaluating it would cost too much: {cost:,} characters to look at, at most {COST_MAX:,}"
        return None

    def _encoded(self, name: str) -> int:
        size = self._sizes.get(name)
        if size is None:
            size = self._sizes[name] = self._measure(name)
        return size

    def _measure(self, name: str) -> int:
        if name not in self._values:
            return 0
        value = self._values[name]
        try:
            encoded = _ENCODE(value)
            if name == "now":
                _instant(value)
        except RecursionError:
            self._problems[name] = "is nested too deeply"
        except (TypeError, ValueError) as error:
            self._problems[name] = f"is not a JSON value: {error}"
        else:
            # The evaluator would cut such a text at the NUL, and "a\0b" would equal "a".
            if b"\\u0000" in encoded and _NUL.search(encoded):
                self._problems[name] = "holds a NUL character"
            return len(encoded)
        return 0

    def _size(self, name: str) -> Size:
        size = self._walked.get(name)
        if size is None:
            size = self._walked[name] = _walk(self._values.get(name), self._encoded(name))
        return size


def context_problem(context: Mapping[str, Any]) -> str | None:
    """Why a macro must not walk every value of `context`, or None: the strictest limits, for those who prepare one."""
    whole = Context(context)
    reading = Reading(
        names=frozenset(context),
        task_keys=frozenset(),
        macros=1,
        is_nested=False,
        elements=1,
        growth=1,
        copies=1,
    )
    return whole.problem(reading, 1)


def _cost(reading: Reading, factor: int, size: Size) -> int:
    if not reading.macros:
        return size.encoded * factor
    steps = min(reading.macros * max(size.elements, reading.elements), ITERATIONS_MAX)
    return steps * max(size.characters, size.elements, 1) * factor


def _walk(value: Any, encoded: int) -> Size:
    elements = characters = 0
    rest = [value]
    while rest:
        match rest.pop():
            case str() as text:
                characters = max(characters, len(text))
            case list() as items:
                elements = max(elements, len(items))
                rest.extend(items)
            case dict() as items:
                elements = max(elements, len(items))
                rest.extend(items.keys())
                rest.extend(items.values())
            case _:
                pass
    return Size(encoded, elements, characters)


def _instant(value: Any) -> datetime:
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(instant, datetime) or instant.tzinfo is None:
        msg = "an instant with its time zone was expected"
        raise ValueError(msg)
    return instant
