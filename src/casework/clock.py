"""The one home of the system's clock; everything else is told the time."""

from datetime import UTC, datetime
from typing import Protocol

from casework.core.clocks import truncated


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The instant, in UTC, truncated to milliseconds as the wire shows it."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The instant, in UTC, truncated to milliseconds."""
        return truncated(datetime.now(UTC))  # noqa: TID251 - this is its home
