"""What an expression's text tells without running it: the names it uses, its macros, its top-level clauses.

The reading is of text that has already compiled: it need not find mistakes, only never miss a name.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import msgspec

NAMES: Final = (
    "input",
    "output",
    "tasks",
    "member",
    "chat",
    "run",
    "assignment",
    "task",
    "workflow",
    "now",
    "is_business_hours",
    "error",
    "item",
    "index",
)
"""Every name that an expression may use."""

CALL_NAMES: Final = ("body", "headers", "query")
"""Every name that an expression over a call of a hook may use."""

CALL: Final = "call"
"""The name of an agent's call of a tool, for what decides whether a person has to approve it; beside NAMES."""

MACROS: Final = frozenset({"all", "exists", "exists_one", "map", "filter"})
"""The macros that walk a list: the only loops there are."""

_OPENERS: Final = {"(": ")", "[": "]", "{": "}"}
_CLOSERS: Final = frozenset(_OPENERS.values())

_TOKEN: Final = re.compile(
    r"""
      (?P<blank> \s+ | //[^\r\n]* )
    | (?P<raw>   (?: [rR][bB]? | [bB][rR] ) (?: \"\"\".*?\"\"\" | '''.*?''' | "[^"\r\n]*" | '[^'\r\n]*' ) )
    | (?P<text>  [bB]? (?: \"\"\"(?:\\.|.)*?\"\"\" | '''(?:\\.|.)*?''' | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' ) )
    | (?P<quoted> `[^`]*` )
    | (?P<name>  [A-Za-z_][A-Za-z0-9_]* )
    | (?P<number> 0x[0-9A-Fa-f]+[uU]? | (?:[0-9]*\.)?[0-9]+(?:[eE][+-]?[0-9]+)?[uU]? )
    | (?P<sign>  && | \|\| | . )
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A word of an expression: `kind` is raw, text, quoted, name, number or sign; `at` is where it begins."""

    kind: str
    text: str
    at: int


_LAST: Final = Token("sign", "", -1)
"""Stands after the last word, so that what follows a word can be looked at without asking whether there is any."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What the text of an expression uses.

    `macros` counts the macro calls; `is_nested` says that one stands inside another. `elements` is at least the length
    of the longest list written out. `growth` bounds how far a value can outgrow what it is made from: `x + x` doubles
    it, `[x, x]` does in a `map`, and a `map` after a `map` doubles what was doubled. `copies` bounds how often a result
    that is written out as a list or map can repeat what it is made from.
    """

    names: frozenset[str]
    task_keys: frozenset[str]
    macros: int
    is_nested: bool
    elements: int
    growth: int
    copies: int


def tokens(source: str) -> Iterator[Token]:
    """The words of `source` in order, without blanks and comments."""
    for match in _TOKEN.finditer(source):
        kind = match.lastgroup or ""
        if kind != "blank":
            yield Token(kind, match[0], match.start())


def clauses(source: str) -> tuple[str, tuple[str, ...]]:
    """The top-level operator of `source` ("&&", "||" or "" for anything else) and the clauses it joins.

    `||` binds weaker than `&&`, so where both stand at the top the clauses are those of `||`.
    """
    cuts: dict[str, list[int]] = {"&&": [], "||": [], "?": []}
    depth = 0
    for token in tokens(source):
        if token.kind != "sign":
            continue
        depth += (token.text in _OPENERS) - (token.text in _CLOSERS)
        if depth == 0 and token.text in cuts:
            cuts[token.text].append(token.at)
    operator = "" if cuts["?"] else "||" if cuts["||"] else "&&" if cuts["&&"] else ""
    starts = [0, *(at + 2 for at in cuts.get(operator, ()))]
    ends = [*cuts.get(operator, ()), len(source)]
    return operator, tuple(source[start:end].strip() for start, end in zip(starts, ends, strict=True))


def read(source: str, known: tuple[str, ...] = NAMES) -> Reading:
    """Everything `Reading` promises about `source`. Names may be reported that are not used; none is missed.

    known: the names that it may use.
    """
    words = [*tokens(source), _LAST, _LAST, _LAST]
    scopes = _scopes(words)
    names = [i for i, word in enumerate(words) if word.text in known and _is_free(words, i, scopes)]
    keys = (_key_after(words, i) for i in names if words[i].text == "tasks")
    return Reading(
        names=frozenset(words[i].text for i in names),
        task_keys=frozenset(key for key in keys if key),
        macros=len(scopes),
        # Scopes come in order of their start, so an inner one follows at once upon one that holds it.
        is_nested=any(later.start < earlier.end for earlier, later in pairwise(scopes)),
        elements=1 + sum(word.text == "," for word in words),
        growth=_growth(words, scopes),
        copies=1 + _separators(words),
    )


def paths(source: str, known: tuple[str, ...] = NAMES) -> frozenset[tuple[str, ...]]:
    """How an expression gets at values: each of the known names, with the fields that it selects one after another.

    A path ends where more than a name is needed to follow it: before an index, a method and the body of a macro.
    """
    words = [*tokens(source), _LAST, _LAST, _LAST]
    scopes = _scopes(words)
    return frozenset(
        _path_from(words, i) for i, word in enumerate(words) if word.text in known and _is_free(words, i, scopes)
    )


def _path_from(words: list[Token], i: int) -> tuple[str, ...]:
    path = [words[i].text]
    while words[i + 1].text == "." and words[i + 2].kind in ("name", "quoted") and words[i + 3].text != "(":
        i += 2
        path.append(words[i].text.strip("`"))
    return tuple(path)


class _Scope(NamedTuple):
    """The words between the brackets of a macro call, and the name it binds."""

    macro: str
    start: int
    end: int
    bound: str


def _scopes(words: list[Token]) -> list[_Scope]:
    return [
        _Scope(words[i + 1].text, i + 3, _closing(words, i + 2), words[i + 3].text)
        for i in range(len(words) - 3)
        if words[i].text == "." and words[i + 1].text in MACROS and words[i + 2].text == "("
    ]


def _growth(words: list[Token], scopes: list[_Scope]) -> int:
    growth, joins = 1, sum(word.text == "+" for word in words)
    for scope in scopes:
        inside = words[scope.start : scope.end]
        pluses = sum(word.text == "+" for word in inside)
        joins -= pluses
        growth *= 1 + pluses + (_separators(inside) if scope.macro == "map" else 0)
    return growth * (1 + max(joins, 0))


def _separators(words: list[Token]) -> int:
    """The commas between the elements of lists and maps: those whose innermost bracket is no call's."""
    brackets: list[str] = []
    count = 0
    for word in words:
        if word.kind != "sign":
            continue
        if word.text in _OPENERS:
            brackets.append(word.text)
        elif word.text in _CLOSERS:
            del brackets[-1:]
        count += word.text == "," and brackets[-1:] in (["["], ["{"])
    return count


def _closing(words: list[Token], opener: int) -> int:
    """Where the bracket at `opener` closes."""
    depth = 0
    for i in range(opener, len(words)):
        if words[i].kind == "sign":
            depth += (words[i].text in _OPENERS) - (words[i].text in _CLOSERS)
        if depth == 0:
            return i
    return len(words)


def _is_free(words: list[Token], i: int, scopes: list[_Scope]) -> bool:
    """Whether the word is one of NAMES itself: no field (`x.input`) and not bound by a macro around it."""
    if i and words[i - 1].text == ".":
        # A dot with nothing before it selects from the root: `.input` is `input`, whatever a macro binds.
        return i == 1 or not _ends_operand(words[i - 2])
    return not any(scope.bound == words[i].text and scope.start <= i < scope.end for scope in scopes)


def _ends_operand(word: Token) -> bool:
    return word.text in _CLOSERS if word.kind == "sign" else word.text != "in"


def _key_after(words: list[Token], i: int) -> str | None:
    """X where `tasks.X` or `tasks["X"]` begins at word i; None where the key is computed, or X is a method."""
    mark, key, after = words[i + 1 : i + 4]
    if mark.text == "." and after.text != "(":
        return key.text.strip("`")
    if mark.text == "[" and after.text == "]" and key.kind in ("raw", "text"):
        return None if "\\" in key.text else key.text.lstrip("rRbB").strip("'\"")
    return None
