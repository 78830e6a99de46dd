"""The composition root: the one place where the parts of a process are made and put together."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack, asynccontextmanager
from functools import partial

from litestar import Litestar

from casework import logs
from casework.api.app import create_app
from casework.clock import Clock, SystemClock
from casework.engine.periodic import Periodic
from casework.engine.service import Engine
from casework.operations.due_schedules import LOOK_SECONDS, look
from casework.operations.housekeeping import HOUSEKEEPING_SECONDS, tidy
from casework.operations.services import Services
from casework.settings import Settings
from casework.store.database import Database
from casework.store.embedded import embedded_server
from casework.store.schema import migrate


@asynccontextmanager
async def services(settings: Settings) -> AsyncIterator[Services]:
    """The services of a process, over a database that is brought up to date; closed when the block ends."""
    with ExitStack() as stack:
        url = settings.database_url or stack.enter_context(embedded_server(settings.data))
        await migrate(url)
        async with assembled(url, settings, SystemClock()) as parts:
            yield parts


@asynccontextmanager
async def assembled(url: str, settings: Settings, clock: Clock) -> AsyncIterator[Services]:
    """The services of a process, over a database that is up to date; closed when the block ends."""
    database = await Database.open(url, size=settings.pool_size)
    engine = Engine(database, clock)
    parts = Services(database=database, engine=engine, clock=clock, settings=settings)
    try:
        await engine.start()
        yield parts
    finally:
        await engine.stop()
        await database.close()


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Services]:
    """The services of a process that serves: it looks after its database meanwhile, and starts what is due."""
    async with services(settings) as parts, AsyncExitStack() as stack:
        for periodic in (
            Periodic("housekeeping", partial(tidy, parts), every_seconds=HOUSEKEEPING_SECONDS),
            Periodic("schedules", partial(look, parts), every_seconds=LOOK_SECONDS),
        ):
            await periodic.start()
            stack.push_async_callback(periodic.stop)
        yield parts


def application() -> Litestar:
    """The application with its settings from the environment: what a server process loads."""
    settings = Settings()
    logs.configure(level=settings.log_level, form=settings.log_format)

    def lifespan() -> AbstractAsyncContextManager[Services]:
        return serving(settings)

    return create_app(lifespan)
