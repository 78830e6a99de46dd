"""The database: a pool of connections, transactions, and the translation of what can go wrong."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, TypeAlias

import asyncpg
import msgspec

from casework.core.errors import Conflict, Invalid, Unavailable

Connection: TypeAlias = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
"""What store functions are given: a connection, inside a transaction where they write."""

POOL_SIZE_DEFAULT: Final = 12
"""Connections a process: reads are short, and the one writer holds one."""

COMMITS_AT_ONCE: Final = 2
"""Connections of the engine: one batch is decided in Python while PostgreSQL writes the other."""

STATEMENT_TIMEOUT_SECONDS: Final = 30
"""No statement of a request runs longer; bulk work sets its own."""

ACQUIRE_TIMEOUT_SECONDS: Final = 10
"""A request that has waited so long for a connection is answered 503: the queue is too long to be worth joining."""

_PLAIN: Final[Mapping[str, str]] = {}
"""A session as the server makes it."""


class LostRace(Unavailable):
    """Two transactions waited for each other, and this one gave way: nothing is wrong with what it was to do."""


class Database:
    """A pool on one database. Open it with `Database.open`, close it when done."""

    def __init__(self, url: str, pool: asyncpg.Pool, writers: asyncpg.Pool) -> None:
        self._url = url
        self._pool = pool
        self._writers = writers

    @classmethod
    async def open(cls, url: str, *, size: int = POOL_SIZE_DEFAULT) -> "Database":
        """Connect to `url` with at most `size` connections; Unavailable where nothing answers."""
        readers = await _pool(url, size, _SERVER, prepare)
        return cls(url, readers, await _pool(url, COMMITS_AT_ONCE, _SERVER | _BY_INDEX, _prepare_writer))

    async def close(self) -> None:
        """Give every connection back and close them."""
        await self._writers.close()
        await self._pool.close()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A connection for reading: each statement sees what is committed when it starts."""
        with outages():
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection:
                yield connection

    @asynccontextmanager
    async def apart(self, session: Mapping[str, str] = _PLAIN) -> AsyncIterator[asyncpg.Connection]:
        """A connection outside the pool, for whoever listens on it or keeps it; it speaks JSON as text.

        A statement that is not answered in time fails: over a network that forgot the connection nothing else would
        tell whoever listens that nobody speaks any more.
        """
        with outages():
            connection = await asyncpg.connect(
                self._url, server_settings={**_SERVER, **session}, command_timeout=STATEMENT_TIMEOUT_SECONDS
            )
        try:
            yield connection
        finally:
            await connection.close(timeout=ACQUIRE_TIMEOUT_SECONDS)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Connection]:
        """A connection on which several statements see the same instant."""
        async with self.read() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        async with self.read() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def commit(self) -> AsyncIterator[Connection]:
        """A transaction of the engine's: its connection plans every statement by index (_BY_INDEX)."""
        with outages():
            async with (
                self._writers.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection,
                connection.transaction(),
            ):
                yield connection


_SERVER: Final = {"application_name": "casework", "timezone": "UTC", "jit": "off"}

_BY_INDEX: Final = {
    # A commit names each row by its key. On tables that grew since they were last analyzed the planner would scan them
    # whole instead (30 ms a statement after 12,000 runs), and keep that plan.
    "application_name": "casework engine",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "plan_cache_mode": "force_generic_plan",
}


_TAKE_SLOT: Final = """
select set_config('casework.slot', slot::text, false) from generate_series(0, $1::int - 1) slot
where pg_try_advisory_lock(hashtext('casework slots'), slot) limit 1
"""
"""Locked while the connection lasts: nobody else counts there. Where all are taken it shares one, as a reader does."""

SLOTS: Final = 128
"""Engines' connections that have a slot of their own, of all processes together: each of 64 servers may have two."""


async def _prepare_writer(connection: asyncpg.Connection) -> None:
    """Give an engine's connection a slot of its own for what it counts (see counting_slot in the schema)."""
    await prepare(connection)
    await connection.execute(_TAKE_SLOT, SLOTS)


async def _pool(
    url: str, size: int, server: dict[str, str], init: Callable[[asyncpg.Connection], Awaitable[None]]
) -> asyncpg.Pool:
    with outages():
        return await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=size,
            init=init,
            reset=_leave_as_it_is,
            command_timeout=STATEMENT_TIMEOUT_SECONDS,
            server_settings=server,
        )


async def prepare(connection: asyncpg.Connection) -> None:
    """Make a connection speak JSON values instead of text."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, schema="pg_catalog", encoder=_encode, decoder=msgspec.json.decode, format="text"
        )


async def _leave_as_it_is(_connection: asyncpg.Connection) -> None:
    """Nothing here changes a session beyond its transaction, so giving a connection back costs no round trip."""


_encoder: Final = msgspec.json.Encoder()


def _encode(value: Any) -> str:
    return _encoder.encode(value).decode()


_OUTAGES: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that was lost between two of its messages
    asyncpg.TooManyConnectionsError,
    asyncpg.CannotConnectNowError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.QueryCanceledError,
    asyncpg.DiskFullError,
    asyncpg.OutOfMemoryError,
)


@contextmanager
def outages() -> Iterator[None]:
    """Turn a database that does not answer into Unavailable, and two that waited for each other into LostRace."""
    try:
        yield
    except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError) as error:
        raise LostRace("Somebody else changed the same at this moment; try again.") from error
    except _OUTAGES as error:
        raise Unavailable("The database does not answer now; try again in a moment.") from error


def refusal(error: Exception) -> Exception:
    """What the database refused, in our words; any other error as it is."""
    match error:
        case asyncpg.UniqueViolationError() if "external_id" in str(error):
            return Conflict("There is one with this external id already.")
        case asyncpg.UniqueViolationError():
            return Conflict("Somebody changed this at the same moment; read it again, then decide.")
        case asyncpg.DataError() | asyncpg.CheckViolationError() | asyncpg.ForeignKeyViolationError():
            return Invalid("The database cannot hold these values.")
    return error
