"""`wait`: for an instant or an event; the step's output is when it came, or what the event brought."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from casework.core.condition import EvaluationError
from casework.core.context import Context
from casework.core.definition import Json
from casework.core.duration import parse_duration
from casework.core.kinds.part import Compiled, Part, rendered
from casework.core.parse_field import Fields

FIELDS: Final = ("for", "until", "event", "correlation", "timeout", "on_timeout")

SEES: Final = frozenset({"now"})
"""`for` counts from now, whatever it is written as."""

NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,99}")
"""What an event may be called."""

CORRELATION_MAX: Final = 200
"""Characters of a correlation: an order's number, a customer's id."""

_AWAITED: Final = ("for", "until", "event")
_EVALUATED: Final = ("for", "until", "correlation")


def read(fields: Fields) -> dict[str, Json]:
    """One of `for` (a length of time), `until` (an instant), and `event` with its `correlation`."""
    found = [name for name in _AWAITED if fields.get(name) is not None]
    if len(found) != 1:
        message = "a wait has exactly one of 'for', 'until' and 'event'"
        fields.report.add(fields.path, message, "write it like for: 2h, or event: order.paid")
    settings: dict[str, Json] = {}
    for name in (*_AWAITED, "correlation"):
        text = fields.text(name, 4_000)
        if text:
            settings[name] = text
    _check_length(fields, settings.get("for", ""))
    _check_event(fields, settings)
    return settings


def _check_length(fields: Fields, text: str) -> None:
    if text and not text.startswith("="):
        fields.duration("for")


def _check_event(fields: Fields, settings: Mapping[str, Any]) -> None:
    if "event" not in settings:
        for name in ("correlation", "timeout", "on_timeout"):
            if fields.get(name) is not None:
                fields.wrong(name, f"'{name}' is for a wait for an event", "leave it out")
    elif not NAME.fullmatch(settings["event"]):
        fields.wrong("event", "an event's name has letters, digits and . : _ - only, a letter first, at most 100")
    if fields.get("on_timeout") is not None and fields.get("timeout") is None:
        fields.wrong("on_timeout", "'on_timeout' needs a 'timeout'")


def parts(settings: Mapping[str, Any]) -> Iterator[Part]:
    """The length, the instant and the correlation."""
    for name in _EVALUATED:
        if name in settings:
            yield Part(path=(name,), form="template", source=settings[name])


def evaluate(settings: Mapping[str, Any], compiled: Mapping[str, Compiled], context: Context) -> Json:
    """The instant as `until`, or the event's name and its correlation.

    Raises:
        EvaluationError: what was evaluated is no length of time, no instant, or no correlation.

    """
    if "event" in settings:
        correlation = rendered(compiled, "correlation", context) if "correlation" in settings else ""
        return {"event": settings["event"], "correlation": _correlation(correlation)}
    if "for" in settings:
        return {"until": text_of(context["now"] + timedelta(seconds=_seconds(rendered(compiled, "for", context))))}
    return {"until": text_of(_instant(rendered(compiled, "until", context)))}


def text_of(at: datetime) -> str:
    """An instant as JSON has it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _seconds(value: Json) -> int:
    try:
        return parse_duration(value if isinstance(value, str) else "")
    except ValueError as error:
        raise EvaluationError(str(error)) from None


def _instant(value: Json) -> datetime:
    try:
        at = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise EvaluationError(f"{str(value)[:60]!r} is no instant: write it like 2026-03-02T09:00:00Z") from None
    if at.tzinfo is None:
        raise EvaluationError(f"{value!r} does not say its time zone: end it with Z or +01:00")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise EvaluationError(f"{value!r} is beyond every calendar") from None


def _correlation(value: Json) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > CORRELATION_MAX:
        raise EvaluationError(f"a correlation is text of at most {CORRELATION_MAX} characters, or a whole number")
    return value
