"""Fields that a schema marks with `x-sensitive: true`: finding them, hiding them, and taking them back unchanged.

What a schema says in any of its branches holds: a field that is marked in one form of an `anyOf` is marked, whichever
form a value fits. Hiding too much is mended by writing the schema otherwise; hiding too little cannot be mended.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from casework.core.definition import Json
from casework.core.errors import Problem
from casework.core.pointer import pointer
from casework.core.schema_cost import parts_of, resolve

MARK: Final = "x-sensitive"
"""The keyword, and its only spelling."""

MASK: Final = "[hidden]"
"""What is shown in place of a value, whatever its type: whether it is long, or there at all, is hidden as well."""

_SAME_VALUE: Final = ("allOf", "anyOf", "oneOf")
_BRANCHES: Final = ("if", "then", "else", "not")
_ANY_KEY: Final = ("additionalProperties", "unevaluatedProperties")
_ABSENT: Final = object()

Path = tuple[str, ...]


def mistakes(schema: Json) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where a mark stands that cannot be one, and why."""
    for path, part in parts_of(schema):
        if MARK in part and not isinstance(part[MARK], bool):
            yield (*path, MARK), f"'{MARK}' must be true or false"
    if isinstance(schema, dict) and _is_marked(_same(((schema, schema),))):
        yield (), f"'{MARK}' marks properties, and not the whole: mark each property that is sensitive"


def is_marking(schema: Json) -> bool:
    """Whether the schema marks anything."""
    return any(part.get(MARK) is True for _, part in parts_of(schema))


class Marks:
    """The marks of several schemas that all say something of one value; made only where one of them marks something."""

    __slots__ = ("_parts",)

    def __init__(self, schemas: Iterable[Json]) -> None:
        self._parts: Final = _same(tuple((schema, schema) for schema in schemas if isinstance(schema, dict)))

    def masked(self, value: Json) -> Json:
        """The value with every marked field replaced by MASK."""
        return _masked(value, self._parts)

    def reaches(self, path: Path) -> bool:
        """Whether what stands at that path of a value is marked, or within something marked, or holds something marked.

        A number in the path leads into a list.
        """
        parts = self._parts
        for step in path:
            if _is_marked(parts):
                return True
            parts = (*_at_key(parts, step), *(_at_index(parts, int(step)) if step.isdecimal() else ()))
        return any(inner.get(MARK) is True for root, part in parts for _, inner in parts_of(root, part))

    def restored(self, value: Json, stored: Json) -> tuple[Json, tuple[Problem, ...]]:
        """The value with what is stored in each marked place where it only says MASK; the places where nothing is."""
        back = _Restoring()
        return back.restored(value, stored, self._parts, ()), tuple(back.problems)


class _Restoring:
    """One walk over a value that comes back."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def restored(self, value: Json, stored: Any, parts: "_Parts", path: tuple[str | int, ...]) -> Json:
        if _is_marked(parts):
            return self._whole(value, stored, path)
        if isinstance(value, dict) and parts:
            old = stored if isinstance(stored, dict) else {}
            return {
                key: self.restored(item, old.get(key, _ABSENT), _at_key(parts, key), (*path, key))
                for key, item in value.items()
            }
        if isinstance(value, list) and parts:
            old = dict(enumerate(stored)) if isinstance(stored, list) else {}
            return [
                self.restored(item, old.get(i, _ABSENT), _at_index(parts, i), (*path, i))
                for i, item in enumerate(value)
            ]
        return value

    def _whole(self, value: Json, stored: Any, path: tuple[str | int, ...]) -> Json:
        if value != MASK or stored is not _ABSENT:
            return stored if value == MASK else value
        message = f"{MASK} stands for a value that is not shown, and there is none here: write one, or leave it out"
        self.problems.append(Problem(path=pointer(path), message=message))
        return None


_Parts = tuple[tuple[dict[str, Any], dict[str, Any]], ...]
"""Parts of schemas, each with the whole that its references point into."""


def _masked(value: Json, parts: _Parts) -> Json:
    if _is_marked(parts):
        return MASK
    if isinstance(value, dict) and parts:
        return {key: _masked(item, _at_key(parts, key)) for key, item in value.items()}
    if isinstance(value, list) and parts:
        return [_masked(item, _at_index(parts, i)) for i, item in enumerate(value)]
    return value


def _same(given: _Parts) -> _Parts:
    """The parts with all others that speak of the same value: what they refer to, and their branches."""
    found: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
    rest = list(given)
    while rest:
        root, part = rest.pop()
        if id(part) not in found:
            found[id(part)] = (root, part)
            rest += [(root, one) for one in _branches(root, part)]
    return tuple(found.values())


def _is_marked(parts: _Parts) -> bool:
    return any(part.get(MARK) is True for _, part in parts)


def _branches(root: dict[str, Any], part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    found = [one for name in _SAME_VALUE for one in part.get(name, ())]
    found += [part[name] for name in _BRANCHES if name in part]
    found += [one for name in ("dependentSchemas", "dependencies") for one in part.get(name, {}).values()]
    if "$ref" in part:
        found.append(resolve(root, part["$ref"]))
    return (one for one in found if isinstance(one, dict))


def _at_key(parts: _Parts, key: str) -> _Parts:
    """What is said of a property: by its name, by patterns whatever they are, and of all that are not named."""
    found: list[tuple[dict[str, Any], Any]] = []
    for root, part in parts:
        named = part.get("properties", {})
        if key in named:
            found.append((root, named[key]))
        else:
            found += [(root, part[name]) for name in _ANY_KEY if name in part]
        found += [(root, one) for one in part.get("patternProperties", {}).values()]
    return _same(tuple((root, one) for root, one in found if isinstance(one, dict)))


def _at_index(parts: _Parts, index: int) -> _Parts:
    found: list[tuple[dict[str, Any], Any]] = []
    for root, part in parts:
        first = part.get("prefixItems", [])
        found += [(root, first[index])] if index < len(first) else [(root, part["items"])] if "items" in part else []
        found += [(root, part[name]) for name in ("contains", "unevaluatedItems") if name in part]
    return _same(tuple((root, one) for root, one in found if isinstance(one, dict)))
