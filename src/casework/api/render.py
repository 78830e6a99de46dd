"""What every surface writes the same way: instants, lengths of time, JSON."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import Response

JSON: Final = "application/json"
JSON_API: Final = "application/vnd.api+json"

_MILLISECONDS: Final = 1000

Instant = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"}, examples=["2024-02-04T12:00:00.000Z"])]
"""An instant in an answer, as `instant` writes it."""

_encoder: Final = msgspec.json.Encoder()


def instant(at: datetime | None) -> str | None:
    """The instant as every surface writes it: `2024-02-04T12:00:00.000Z`, UTC, milliseconds."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def seconds(milliseconds: int) -> float | int:
    """A length of time in seconds: whole where it is whole, else with its milliseconds."""
    whole, rest = divmod(milliseconds, _MILLISECONDS)
    return whole if rest == 0 else milliseconds / _MILLISECONDS


def to_json(value: Any) -> bytes:
    """The value as JSON text."""
    return _encoder.encode(value)


def json_response(
    value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None, media_type: str = JSON
) -> Response[bytes]:
    """The value as a JSON answer."""
    return Response(to_json(value), status_code=status, headers=dict(headers or {}), media_type=media_type)


def no_content() -> Response[bytes]:
    """The answer that there is nothing to say but that it is done: 204."""
    return Response(b"", status_code=204)
