"""The composition root: the one place where the parts of a process are made and put together.

Who performs steps is put together in `performing`, so that what agents need is loaded by workers alone.
"""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from functools import partial
from types import FrameType
from typing import Final

import structlog
from litestar import Litestar

from casework import keyring as keys
from casework import logs
from casework.api.app import create_app
from casework.clock import Clock, SystemClock
from casework.core.errors import Invalid
from casework.egress.caller import Caller
from casework.egress.policy import Places, Policy
from casework.engine.live import Hub
from casework.engine.periodic import Periodic
from casework.engine.service import Engine
from casework.keyring import Keyring
from casework.kinds.function.calculator import Calculators
from casework.kinds.function.discovery import discover
from casework.operations.due_schedules import LOOK_SECONDS, look
from casework.operations.housekeeping import HOUSEKEEPING_SECONDS, tidy
from casework.operations.services import Services
from casework.operations.webhook_sender import SEND_EVERY_SECONDS, Sender
from casework.settings import Settings
from casework.store.database import Database
from casework.store.embedded import embedded_server
from casework.store.schema import migrate

log = structlog.get_logger(__name__)

COLLECT_AFTER: Final = 50_000
"""Objects made and not gone, before cycles are looked for among them: a commit makes some thousands, of a few MB."""

COLLECT_OLDER_AFTER: Final = 20
"""Of those looks before one at what has survived one."""

COLLECT_OLDEST_AFTER: Final = 50
"""Of those before one at everything."""


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
    hub = Hub(url)
    engine = Engine(database, clock, hub)
    caller = Caller(policy_of(settings))
    parts = Services(
        database=database,
        engine=engine,
        clock=clock,
        settings=settings,
        keyring=keyring_of(settings),
        caller=caller,
        live=hub,
    )
    try:
        await hub.start()
        await engine.start()
        yield parts
    finally:
        await engine.stop()
        await hub.stop()
        await caller.close()
        await database.close()


def keyring_of(settings: Settings, *, is_new: bool = True) -> Keyring | None:
    """The keys that secrets are kept with; None where none was given beside a database server.

    With the embedded database the key is a file in the data directory, made where it is missing unless is_new is False.

    Raises:
        Invalid: the file cannot be read, or holds no keys.

    """
    if settings.secret_key is not None:
        return Keyring.parse(settings.secret_key)
    path = settings.secret_key_file
    if path is None:
        if settings.database_url is not None:
            return None
        path = keys.file_in(settings.data)
        if not (is_new or path.exists()):
            return None
        keys.keep(path)
    try:
        return Keyring.parse(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise Invalid(f"The keys of secrets cannot be read from {path}: {error}.") from error


def policy_of(settings: Settings) -> Policy:
    """What may be called on behalf of users."""
    return Policy(allow=Places.parse(settings.egress_allow), deny=Places.parse(settings.egress_deny))


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Services]:
    """The services of a process that serves: it looks after its database, starts what is due, and tells webhooks."""
    async with services(settings) as parts, AsyncExitStack() as stack:
        calculate(parts, settings)
        for periodic in (
            Periodic("housekeeping", partial(tidy, parts), every_seconds=HOUSEKEEPING_SECONDS),
            Periodic("schedules", partial(look, parts), every_seconds=LOOK_SECONDS),
        ):
            await periodic.start()
            stack.push_async_callback(periodic.stop)
        await stack.enter_async_context(telling(parts))
        stack.enter_context(_heeding_stop(parts.live))
        yield parts


def settle_heap() -> None:
    """Look for cycles rarely, and never among what the process has loaded: most of what a commit makes holds none.

    Some 8 % of a busy engine's processor time went there (docs/decisions/0018).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, COLLECT_OLDER_AFTER, COLLECT_OLDEST_AFTER)


def calculate(parts: Services, settings: Settings) -> None:
    """Do the steps of the installation's pure functions in the commits of this process.

    Where they cannot be loaded all steps are left to workers, who do not start without them and say why.
    """
    try:
        parts.engine.calculate_by(Calculators(discover(settings.apps)))
    except Invalid as error:
        log.warning("functions.not_loaded", error=str(error))


@asynccontextmanager
async def telling(parts: Services) -> AsyncIterator[None]:
    """Webhooks are told what happens while the block lasts; any number of processes may do it over one database."""
    sender = Sender(parts)
    rounds = Periodic("webhooks", sender.tick, every_seconds=SEND_EVERY_SECONDS)
    await rounds.start()
    try:
        yield
    finally:
        await rounds.stop()
        await sender.stop()


@contextmanager
def _heeding_stop(hub: Hub) -> Iterator[None]:
    """End the streams as soon as the process is asked to stop: the server waits for them before it ends the rest.

    Whoever had the signal before is told as well.
    """
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGTERM)

    def heed(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(hub.close)
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGTERM, heed)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def application() -> Litestar:
    """The application with its settings from the environment: what a server process loads."""
    settings = Settings()
    logs.configure(level=settings.log_level, form=settings.log_format)

    settle_heap()

    def lifespan() -> AbstractAsyncContextManager[Services]:
        return serving(settings)

    return create_app(lifespan)
