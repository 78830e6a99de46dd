"""`set`: values that follow from what is known; the step's output."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from casework.core.context import Context
from casework.core.definition import Json
from casework.core.kinds.part import Compiled, Part, rendered
from casework.core.parse_field import Fields

FIELDS: Final = ("values",)


def read(fields: Fields) -> dict[str, Json]:
    """`values`: a map from names to values."""
    return {"values": fields.map("values", is_required=True)}


def parts(settings: Mapping[str, Any]) -> Iterator[Part]:
    """Each value."""
    for name, value in settings["values"].items():
        yield Part(path=("values", name), form="template", source=value)


def evaluate(settings: Mapping[str, Any], compiled: Mapping[str, Compiled], context: Context) -> Json:
    """The values by name."""
    return {name: rendered(compiled, f"values/{name}", context) for name in settings["values"]}
