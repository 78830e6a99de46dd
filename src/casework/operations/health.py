"""Whether the process can serve, and how much there is to do."""

from casework.operations.services import Services
from casework.store import limits, queue, workers
from casework.store.database import Database
from casework.store.health import answers
from casework.store.queue import Depth
from casework.store.workers import Living

__all__ = ["Depth", "Living", "check", "depths", "living", "waiting_for_limits"]


async def check(services: Services) -> None:
    """Unavailable where the database does not answer."""
    async with services.database.read() as connection:
        await answers(connection)


async def depths(services: Services) -> list[Depth]:
    """What there is to do for workers, by kind; Unavailable where the database does not answer."""
    async with services.database.read() as connection:
        return await queue.depths(connection)


async def living(database: Database) -> list[Living]:
    """The workers whose lease lasts, and how many steps each performs."""
    async with database.read() as connection:
        return await workers.living(connection)


async def waiting_for_limits(database: Database) -> int:
    """Calls to steps that no worker may take now because of a limit, however idle it is."""
    async with database.read() as connection:
        return sum((await limits.waiting(connection)).values())
