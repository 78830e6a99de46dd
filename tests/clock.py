"""A clock that tests set."""

from datetime import UTC, datetime, timedelta


class SettableClock:
    """Stands still until it is told otherwise."""

    def __init__(self, at: datetime = datetime(2024, 2, 4, 12, tzinfo=UTC)) -> None:
        self._now = at

    def now(self) -> datetime:
        """The instant that it was set to."""
        return self._now

    def advance(self, **span: float) -> None:
        """Let time pass: `advance(minutes=10)`."""
        self._now += timedelta(**span)
