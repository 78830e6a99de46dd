"""Whether the database answers."""

from casework.store.database import Connection


async def answers(connection: Connection) -> None:
    """Ask the database the least there is to ask."""
    await connection.fetchval("select 1")
