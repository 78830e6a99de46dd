"""Whether the process can serve."""

from casework.operations.services import Services
from casework.store.health import answers


async def check(services: Services) -> None:
    """Unavailable where the database does not answer."""
    async with services.database.read() as connection:
        await answers(connection)
