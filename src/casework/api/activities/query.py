"""Queries with brackets: `filter[name][]=a&page[size]=10`, percent-encoded or not.

`key[]=a&key[]=b`, `key=a&key=b` and `key[0]=a&key[1]=b` are the same list.
"""

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl

from litestar.connection import ASGIConnection

from casework.api.errors import BadParameter
from casework.api.literals import parse_integer
from casework.api.parameters import PAGE_MAX

PAIRS_MAX: Final = 2000
"""Parameters of one query; the longest list of ids that fits an address is shorter."""

PAGE_SIZE_MAX: Final = 1000
"""As many as S003 gives when nobody asks for fewer."""

_NAME: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
_PART: Final = re.compile(r"\[([^\[\]]*)\]")
_TRUTH: Final = {"true": True, "1": True, "false": False, "0": False}


class Query:
    """The query of a request, by name and key."""

    def __init__(self, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        self._values: dict[tuple[str, str], list[str]] = {}
        self._nested: set[tuple[str, str]] = set()
        for name, key, value, is_nested in _read(connection):
            self._values.setdefault((name, key), []).append(value)
            if is_nested:
                self._nested.add((name, key))

    def keys(self, name: str) -> list[str]:
        """The keys that were sent under `name[...]`, each once; "" stands for `name` alone."""
        return [key for other, key in self._values if other == name]

    def texts(self, name: str, key: str = "") -> list[str]:
        """Every value that was sent under that name and key.

        Raises:
            BadParameter: there are more brackets than it has.

        """
        if (name, key) in self._nested:
            raise BadParameter("query", spelled(name, key), "takes values, not more brackets.")
        return self._values.get((name, key), [])

    def words(self, name: str, key: str = "") -> list[str] | None:
        """The words of a comma list or of several values, each once; None where nothing was sent."""
        texts = self.texts(name, key)
        if not texts:
            return None
        words = (word.strip() for text in texts for word in text.split(","))
        return list(dict.fromkeys(word for word in words if word))

    def flag(self, name: str) -> bool:
        """Whether it was sent as true."""
        text = self._one(name)
        if text is None:
            return False
        if text.lower() not in _TRUTH:
            raise BadParameter("query", name, "must be true or false.")
        return _TRUTH[text.lower()]

    def page(self) -> tuple[int, int]:
        """The number of the page, from 1, and its size."""
        number = self._count("number", 1)
        size = self._count("size", PAGE_SIZE_MAX)
        if size > PAGE_SIZE_MAX:
            raise BadParameter("query", "page[size]", f"must be from 1 to {PAGE_SIZE_MAX}.")
        return min(number, PAGE_MAX), size

    def _count(self, key: str, default: int) -> int:
        text = self._one("page", key)
        if text is None:
            return default
        value = parse_integer(text)
        if value is None or value < 1:
            raise BadParameter("query", spelled("page", key), "must be an integer of at least 1.")
        return value

    def _one(self, name: str, key: str = "") -> str | None:
        texts = self.texts(name, key)
        if len(texts) > 1:
            raise BadParameter("query", spelled(name, key), "is given more than once.")
        return texts[0] if texts else None


def spelled(name: str, key: str = "") -> str:
    """A parameter's name as it is written in an address."""
    return f"{name}[{key}]" if key else name


def _read(connection: ASGIConnection[Any, Any, Any, Any]) -> Iterator[tuple[str, str, str, bool]]:
    text: bytes = connection.scope.get("query_string", b"")
    try:
        pairs = parse_qsl(text.decode("utf-8"), keep_blank_values=True, max_num_fields=PAIRS_MAX)
    except ValueError:
        raise BadParameter("query", "query", f"must not hold more than {PAIRS_MAX} parameters.") from None
    for name, value in pairs:
        if found := _NAME.match(name):
            parts = _PART.findall(found[2])
            if parts and _is_index(parts[-1]) and len(parts) <= _depth(found[1]):
                parts.pop()
            yield found[1], parts[0] if parts else "", value, len(parts) > 1


def _depth(name: str) -> int:
    """How many brackets a list under that name may have."""
    return 2 if name in ("filter", "fields") else 1


def _is_index(part: str) -> bool:
    return part == "" or part.isdecimal()
