"""The planner's statistics of tables that grow faster than autovacuum looks at them."""

from typing import Final

from casework.store.database import Connection

_GROWING: Final = "runs, steps, work_periods, events, chats, messages, members"


async def refresh(connection: Connection) -> None:
    """Analyze the tables that runs fill; every cached plan on them is made anew."""
    await connection.execute(f"analyze {_GROWING}")
