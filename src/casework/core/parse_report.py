"""The list of everything that is wrong with a document, kept while it is read."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

import msgspec

from casework.core.errors import Invalid, Problem
from casework.core.pointer import pointer

PROBLEMS_MAX: Final = 100
"""Problems that are listed: whoever sees a hundred mends the cause, not the list."""

COMPARISONS_MAX: Final = 5_000
"""Of misspelt words with known ones, a document: each takes 0.1 ms, and a hint is a courtesy."""

LENGTH_MAX: Final = 100
"""Characters of a word that is compared: no name that anybody means is longer."""

WORD_MAX: Final = 60
"""Characters of the author's own words that a message repeats."""

Path = tuple[str | int, ...]
"""Keys and indexes from the root of a document."""


class Node(msgspec.Struct):
    """Where a value begins in a text, and the values within it."""

    line: int
    inside: dict[str | int, "Node"] = msgspec.field(default_factory=dict)


class Report:
    """What is wrong so far. Once PROBLEMS_MAX are noted the rest is only counted."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._problems: list[Problem] = []
        self._more = 0
        self._broken: set[Path] = set()
        self._comparisons = 0

    def add(self, path: Path, message: str, hint: str | None = None, *, line: int | None = None) -> None:
        """Note a problem. Its line is that of the value at `path`, or of the nearest one around it."""
        if any(path[:length] in self._broken for length in range(len(path) + 1)):
            return
        if len(self._problems) == PROBLEMS_MAX:
            self._more += 1
            return
        self._problems.append(
            Problem(path=pointer(path), message=message, line=line or self._line(path), hint=hint),
        )

    def add_unknown(
        self, path: Path, message: str, word: str, known: Sequence[str], *, hint: str | None = None
    ) -> None:
        """Note a problem about a word that is not known; its hint is the nearest known one, else `hint`."""
        self._comparisons += len(known)
        if self._comparisons <= COMPARISONS_MAX and len(word) <= LENGTH_MAX:
            near = get_close_matches(word, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else hint
        self.add(path, message, hint)

    def add_broken(self, path: Path, message: str, hint: str | None = None, *, line: int | None = None) -> None:
        """Note a problem after which there is no value at `path`; what is noted about it later is dropped."""
        self.add(path, message, hint, line=line)
        self._broken.add(path)

    def raise_if_any(self) -> None:
        """Raise Invalid with everything noted, in order of the text; do nothing where nothing is wrong."""
        if not self._problems:
            return
        problems = sorted(self._problems, key=lambda problem: problem.line or 0)
        count = len(problems) + self._more
        if self._more:
            problems.append(Problem(path="", message=f"and {self._more:,} more"))
        raise Invalid(
            f"The definition has {count:,} problem{'s' if count > 1 else ''}: {problems[0].message}",
            tuple(problems),
        )

    def _line(self, path: Path) -> int | None:
        node = self.root
        if node is None:
            return None
        for part in path:
            # A pointer that came as text does not tell the key "0" from the index 0.
            inner = node.inside.get(part) or node.inside.get(int(part) if str(part).isdecimal() else part)
            if inner is None:
                break
            node = inner
        return node.line


def quoted(word: object) -> str:
    """The author's word in quotes, shortened where it is long."""
    text = str(word)
    return f"'{text}'" if len(text) <= WORD_MAX else f"'{text[:WORD_MAX]}...'"
