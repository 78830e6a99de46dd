"""Puts secrets into a request at the last moment, and takes them out of what comes back.

Only the definition's author may name a secret. What a step is given holds the names of the secrets as the definition
wrote them, among values that anybody may have sent; a value that happens to look like such a name would be handed the
secret. So the names in the rendered request must be exactly those of the definition, no more and no fewer.
"""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from casework.core.definition import Json
from casework.core.work import Work

OpenSecret = Callable[[Work, str], Awaitable[str]]
"""The value of a secret of the step's workspace; a CaseworkError, which names no value, where there is none."""

HIDDEN: Final = "[secret]"
"""What stands in an answer where it said a secret back to us."""

HIDDEN_LENGTH_MIN: Final = 6
"""Characters of a secret that is looked for in answers: a shorter one is found in them by chance."""

_SLOT: Final = re.compile(r"\{\{\s*secrets\.([A-Za-z0-9_.-]+?)\s*\}\}")


class Foreign(Exception):
    """What the step was given names secrets that the definition does not name there."""


def names(settings: Mapping[str, Json], given: Mapping[str, Json]) -> frozenset[str]:
    """The secrets that a request needs.

    Raises:
        Foreign: what the definition says and what the step was given differ in the secrets that they name.

    """
    found: set[str] = set()
    for field in given:
        wanted = _named(settings.get(field), is_source=True)
        if _named(given[field], is_source=False) != wanted:
            raise Foreign(f"The {field} holds the name of a secret that the definition does not put there.")
        found.update(wanted)
    return frozenset(found)


def filled(value: Json, secrets: Mapping[str, str]) -> Json:
    """The value with every name of a secret replaced by the secret."""
    match value:
        case str():
            return _SLOT.sub(lambda slot: secrets[slot[1]], value)
        case list():
            return [filled(item, secrets) for item in value]
        case dict():
            return {key: filled(item, secrets) for key, item in value.items()}
    return value


def hidden(text: str, secrets: Mapping[str, str]) -> str:
    """The text without the secrets, as they are and as JSON writes them."""
    for secret in sorted(secrets.values(), key=len, reverse=True):
        if len(secret) >= HIDDEN_LENGTH_MIN:
            for form in (secret, msgspec.json.encode(secret).decode()[1:-1]):
                text = text.replace(form, HIDDEN)
    return text


def _named(value: Json, *, is_source: bool) -> Counter[str]:
    return Counter(name for text in _texts(value, is_source=is_source) for name in _SLOT.findall(text))


def _texts(value: Any, *, is_source: bool) -> Iterator[str]:
    """The texts in a value; an expression (`=...`) of a definition writes values, and cannot name secrets."""
    match value:
        case str():
            if not (is_source and value.startswith("=")):
                yield value
        case list():
            for item in value:
                yield from _texts(item, is_source=is_source)
        case dict():
            for item in value.values():
                yield from _texts(item, is_source=is_source)
