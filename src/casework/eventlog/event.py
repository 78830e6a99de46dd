"""A log is a row of cases, a case is a row of events."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

Scalar = str | int | float | bool | None
Attributes = dict[str, Scalar]

COMPLETE: Final = "complete"

# A case is in memory until it is whole. The longest cases of published logs have a few thousand events.
EVENTS_IN_CASE_MAX: Final = 100_000


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something was done to a task at an instant.

    Attributes:
        task: the event's name as the log has it.
        at: an aware instant in UTC, to the millisecond.
        resource: who did it.
        group: the team of whoever did it.
        lifecycle: the transition in lower case; `complete` where the log names none.
        attributes: everything else the log says of the event.
        line: the line of the file on which the event begins, counted from 1.
    """

    task: str
    at: datetime
    resource: str | None = None
    group: str | None = None
    lifecycle: str = COMPLETE
    attributes: Attributes = {}
    line: int = 0


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One run through the process: its events by time, those of the same instant in the order of the file."""

    id: str
    attributes: Attributes = {}
    events: tuple[Event, ...] = ()


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events by time; those of the same instant stay as they came."""
    return tuple(sorted(events, key=_instant))


def _instant(event: Event) -> datetime:
    return event.at
