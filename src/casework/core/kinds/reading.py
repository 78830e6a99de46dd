"""What a worker's task says of what it reads, where its kind would say otherwise (core.taint)."""

from typing import Final

from casework.core.definition import Json
from casework.core.parse_field import Fields

READING: Final = ("reads_private", "reads_untrusted")


def read_reading(fields: Fields) -> dict[str, Json]:
    """`reads_private`, `reads_untrusted`: as far as they are said."""
    return {name: fields.flag(name) for name in READING if fields.get(name) is not None}
