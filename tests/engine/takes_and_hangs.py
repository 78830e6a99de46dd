"""A worker that takes a job off the queue and then, before it claims the step, does nothing more: to be killed."""

import asyncio
import sys

from pgqueuer.domain.models import Job

from casework.store import queue
from casework.store.database import Database


async def hang(_job: Job) -> None:
    print("taken", flush=True)  # noqa: T201
    await asyncio.Event().wait()


async def main() -> None:
    database = await Database.open(sys.argv[1], size=1)
    async with database.apart() as connection:
        manager = queue.manager(connection)
        manager.entrypoint("function")(hang)
        await manager.run(batch_size=1, max_concurrent_tasks=2)


if __name__ == "__main__":
    asyncio.run(main())
