"""Declared schemas, as far as they tell what must be refused: a small judge of its own, not the parser's."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]
Place = tuple[str | int, ...]

_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_BOUNDS = {
    "minLength": lambda value, limit: not isinstance(value, str) or len(value) >= limit,
    "maxLength": lambda value, limit: not isinstance(value, str) or len(value) <= limit,
    "minimum": lambda value, limit: not _is_number(value) or value >= limit,
    "maximum": lambda value, limit: not _is_number(value) or value <= limit,
    "minItems": lambda value, limit: not isinstance(value, list) or len(value) >= limit,
    "maxItems": lambda value, limit: not isinstance(value, list) or len(value) <= limit,
    "enum": lambda value, words: any(value == word and type(value) is type(word) for word in words),
}


class Document:
    """An OpenAPI document, with its references followed."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._components: Mapping[str, Schema] = document["components"]["schemas"]

    def resolved(self, schema: Schema) -> Schema:
        """The schema itself where this is a reference to it."""
        reference = schema.get("$ref")
        return schema if reference is None else self.resolved(self._components[reference.rpartition("/")[2]])

    def may_be(self, schema: Schema, value: Any) -> bool:
        """Whether the schema says nothing against the value itself, whatever is within."""
        schema = self.resolved(schema)
        if "anyOf" in schema:
            return any(self.may_be(one, value) for one in schema["anyOf"])
        kinds = schema.get("type")
        if kinds is not None and not any(_is(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
            return False
        return all(holds(value, schema[name]) for name, holds in _BOUNDS.items() if name in schema)

    def fields(self, schema: Schema, value: Any, place: Place = ()) -> Iterator[tuple[Place, Schema]]:
        """Every declared field of the objects in the value, with its place; of lists the first item stands for all."""
        schema = self.resolved(schema)
        if isinstance(value, list) and value:
            yield from self.fields(schema.get("items", {}), value[0], (*place, 0))
        elif isinstance(value, dict):
            for name, field in schema.get("properties", {}).items():
                yield (*place, name), field
                if name in value:
                    yield from self.fields(field, value[name], (*place, name))

    def required(self, schema: Schema) -> Sequence[str]:
        """The fields that an object must have."""
        found: Sequence[str] = self.resolved(schema).get("required", ())
        return found

    def is_closed(self, schema: Schema) -> bool:
        """Whether fields that are not declared are refused."""
        return self.resolved(schema).get("additionalProperties") is False


def with_value(whole: Any, place: Place, value: Any) -> Any:
    """The same with that value in that place."""
    if not place:
        return value
    first, *rest = place
    if isinstance(whole, list):
        return [with_value(whole[0], tuple(rest), value), *whole[1:]]
    return {**whole, first: with_value(whole.get(first), tuple(rest), value)}


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _PYTHON[kind])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
