"""Keys for names: what a definition and its expressions call a task."""

import re
import unicodedata
from typing import Final

# Keys stand in addresses, in expressions and in the narrow columns of a report.
KEY_CHARACTERS_MAX: Final = 60

# `end` is where a branch ends, not a task; the others are words of CEL: `tasks.import.output` would be an error.
RESERVED: Final = frozenset(
    {"end", "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop"}
    | {"package", "namespace", "null", "return", "true", "var", "void", "while"}
)

_OTHER: Final = re.compile(r"[^a-z0-9]+")


class Keys:
    """Gives each name a key of its own, the same ones for the same names in the same order."""

    def __init__(self) -> None:
        self._taken: set[str] = set(RESERVED)
        self._next: dict[str, int] = {}

    def give(self, name: str) -> str:
        """A key that looks like the name: `[a-z][a-z0-9_]*`; one that is taken already gets a number (`end_1`)."""
        stem = slug(name)
        key = stem
        while key in self._taken:
            number = self._next[stem] = self._next.get(stem, 0) + 1
            suffix = f"_{number}"
            key = stem[: KEY_CHARACTERS_MAX - len(suffix)].rstrip("_") + suffix
        self._taken.add(key)
        return key


def slug(name: str) -> str:
    """The name in plain small letters, digits and underscores, beginning with a letter.

    Accents fall away; of a name without a Latin letter or digit nothing is left, and it becomes `task`.
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    text = _OTHER.sub("_", plain).strip("_")
    if not text[:1].isalpha():
        text = f"task_{text}"
    return text[:KEY_CHARACTERS_MAX].strip("_")
