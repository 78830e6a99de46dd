"""What checking a value against a schema can cost, told from the schema alone before it is ever used.

References may stand anywhere, so a schema of a few lines can name itself twice at every level, or chain definitions
that double each time: checking one value would then take hours. Such a schema is refused.
"""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

from casework.core.definition import Json
from casework.core.errors import CaseworkError
from casework.core.pointer import pointer

COST_MAX: Final = 5_000
"""Parts of a schema, references followed: each may look at the same value once."""

DEPTH_MAX: Final = 64
"""Parts within one another, references followed; forms nest three or four deep."""

_PART: Final = frozenset(
    {
        "not",
        "if",
        "then",
        "else",
        "items",
        "contains",
        "additionalProperties",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
        "contentSchema",
    },
)
_PART_LIST: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_PART_MAP: Final = frozenset({"properties", "patternProperties", "dependentSchemas", "dependencies"})

_DEFINITIONS: Final = frozenset({"$defs", "definitions"})
"""Where parts stand that only references lead to."""

_TWICE: Final = "the schema refers to itself more than once, which would double the cost at every level"

_Target = tuple[str, ...]
_Path = tuple[str | int, ...]


class SchemaProblem(CaseworkError):
    """The schema itself is wrong; `path` is a JSON pointer into it."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


def check_cost(schema: Json) -> None:
    """Refuse what is too large, too deep, or multiplies.

    A schema may refer to itself, as a tree does, but once: twice would double the work at every level of the value.

    Raises:
        SchemaProblem: with the path of the first part that goes too far, or of a reference that leads outside.
    """
    backs = _Walk(schema).visit(schema, (), ((),), 0)
    if len(backs) > 1:
        raise SchemaProblem(_TWICE)


def parts_of(root: Json, start: Json = None) -> Iterator[tuple[_Path, dict[str, Any]]]:
    """Every schema within one that `check_cost` accepted, itself included, each once and with the path to it.

    What references lead to is among them. start: the part of it to begin at; the paths are from there, then.
    """
    seen: set[int] = set()
    rest: list[tuple[_Path, Json]] = [((), root if start is None else start)]
    while rest:
        path, part = rest.pop()
        if not isinstance(part, dict) or id(part) in seen:
            continue
        seen.add(id(part))
        yield path, part
        rest += [((*path, *name), child) for name, child in _children(part)]
        for name in _DEFINITIONS & part.keys():
            rest += [((*path, name, key), child) for key, child in part[name].items()]
        if "$ref" in part:
            target = _target(part["$ref"], path)
            rest.append((target, _resolve(root, target, path)))


def resolve(root: Json, reference: str) -> Json:
    """What a reference of a schema that `check_cost` accepted points to."""
    return _resolve(root, _target(reference, ()), ())


class _Walk:
    """One walk over a schema. A target is what a reference points to; those on the way down may be met again."""

    def __init__(self, root: Json) -> None:
        self._root = root
        self._cost = 0

    def visit(self, part: Json, path: _Path, targets: tuple[_Target, ...], depth: int) -> list[_Target]:
        """The targets that references below `part` lead back to, one entry a reference."""
        if not isinstance(part, dict):
            return []
        self._cost += 1
        if self._cost > COST_MAX:
            raise SchemaProblem(f"the schema has more than {COST_MAX:,} parts, counting what it refers to")
        if depth > DEPTH_MAX:
            raise SchemaProblem(f"the schema is nested more than {DEPTH_MAX} deep", pointer(path))
        _check_keywords(part, path)
        backs: list[_Target] = []
        for name, child in _children(part):
            backs += self.visit(child, (*path, *name), targets, depth + 1)
        if "$ref" in part:
            backs += self._follow(part["$ref"], (*path, "$ref"), targets, depth + 1)
        return backs

    def _follow(self, reference: Any, path: _Path, targets: tuple[_Target, ...], depth: int) -> list[_Target]:
        target = _target(reference, path)
        if target in targets:
            return [target]
        backs = self.visit(_resolve(self._root, target, path), target, (*targets, target), depth)
        if len(backs) > 1:
            raise SchemaProblem(_TWICE, pointer(path))
        return [back for back in backs if back != target]


def _check_keywords(part: dict[str, Any], path: _Path) -> None:
    for keyword in ("$dynamicRef", "$recursiveRef"):
        if keyword in part:
            raise SchemaProblem(f"{keyword} is not supported: use $ref", pointer((*path, keyword)))
    if path and "$id" in part:
        raise SchemaProblem("$id may stand at the top of a schema only", pointer((*path, "$id")))


def _children(part: dict[str, Any]) -> Iterator[tuple[_Path, Json]]:
    for keyword, value in part.items():
        if keyword in _PART:
            yield (keyword,), value
        elif keyword in _PART_LIST and isinstance(value, list):
            yield from (((keyword, i), item) for i, item in enumerate(value))
        elif keyword in _PART_MAP and isinstance(value, dict):
            yield from (((keyword, name), item) for name, item in value.items())


def _target(reference: Any, path: _Path) -> _Target:
    text = reference if isinstance(reference, str) else ""
    if text != "#" and not text.startswith("#/"):
        raise SchemaProblem(
            "a $ref may point into this schema only, like #/$defs/address; nothing is fetched from elsewhere",
            pointer(path),
        )
    return tuple(unquote(step).replace("~1", "/").replace("~0", "~") for step in text[2:].split("/") if text != "#")


def _resolve(root: Json, target: _Target, path: _Path) -> Json:
    part = root
    for step in target:
        if isinstance(part, dict) and step in part:
            part = part[step]
        elif isinstance(part, list) and step.isdecimal() and int(step) < len(part):
            part = part[int(step)]
        else:
            raise SchemaProblem(f"there is nothing at {pointer(target)} in this schema", pointer(path))
    return part
