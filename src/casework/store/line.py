"""What processes tell each other through the database: LISTEN and NOTIFY on one channel, over a connection of its own.

Nothing that is told is kept: who was not listening has missed it.
"""

from collections.abc import Callable, Sequence
from typing import Final

import asyncpg

from casework.store.database import outages

CHANNEL: Final = "casework"

PAYLOAD_BYTES_MAX: Final = 7_900
"""PostgreSQL refuses a payload of 8000 bytes."""

ANSWER_SECONDS_MAX: Final = 10
"""A connection that takes longer to carry a word is taken for dead."""

_SERVER: Final = {
    "application_name": "casework line",
    # A word has nothing to lose in a crash: whoever listened is told to look again.
    "synchronous_commit": "off",
}
_TELL: Final = "select pg_notify($1, payload) from unnest($2::text[]) as payload"


class Line:
    """A connection that tells other processes, and hears what they tell; not what it told itself."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, url: str, *, hear: Callable[[str], None], lost: Callable[[], None]) -> "Line":
        """Connect and listen.

        hear: called with each payload that another process sent. lost: called when the connection ends.

        Raises:
            Unavailable: the database does not answer.

        """
        with outages():
            connection = await asyncpg.connect(
                url, timeout=ANSWER_SECONDS_MAX, command_timeout=ANSWER_SECONDS_MAX, server_settings=_SERVER
            )
            own = connection.get_server_pid()

            def heard(_connection: object, sender: int, _channel: str, payload: object) -> None:
                if sender != own:
                    hear(str(payload))

            connection.add_termination_listener(lambda _connection: lost())
            await connection.add_listener(CHANNEL, heard)
        return cls(connection)

    async def tell(self, payloads: Sequence[str]) -> None:
        """Tell every other process, in one transaction; with nothing to tell it finds out whether the line is alive.

        Raises:
            Unavailable: it is not, and nobody was told.

        """
        with outages():
            await self._connection.execute(_TELL, CHANNEL, list(payloads))

    def cut(self) -> None:
        """Close it at once."""
        self._connection.terminate()
