"""`function`: a Python function that the installation registered; the step's output is what it returns."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from casework.core.context import Context
from casework.core.definition import Json
from casework.core.kinds.part import Compiled, Part, rendered
from casework.core.kinds.reading import READING, read_reading
from casework.core.parse_field import Fields

FIELDS: Final = ("function", "arguments", *READING)

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,199}")


def read(fields: Fields) -> dict[str, Json]:
    """`function`: its registered name; `arguments`: a map from its parameters to values."""
    name = fields.text("function", 200)
    if not name:
        fields.wrong("function", "the task does not name its 'function'", "write it like function: score_lead")
    elif not _NAME.fullmatch(name):
        fields.wrong("function", "a function's name has letters, digits and . : _ - only, a letter first")
    settings: dict[str, Json] = {"function": name}
    if fields.get("arguments") is not None:
        settings["arguments"] = fields.map("arguments")
    return settings | read_reading(fields)


def parts(settings: Mapping[str, Any]) -> Iterator[Part]:
    """The arguments."""
    yield Part(path=("arguments",), form="template", source=settings.get("arguments", {}))


def evaluate(settings: Mapping[str, Any], compiled: Mapping[str, Compiled], context: Context) -> Json:
    """The function's name and its arguments."""
    return {"function": settings["function"], "arguments": rendered(compiled, "arguments", context)}
