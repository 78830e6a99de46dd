"""What tests share: a database each, the services over it, the application, and a server process where one is needed.

`services` is the whole process but for HTTP; `client` talks to the application within this process; `server` is the
address of a real one. `place` is a workspace with a Manager; `place.member(...)` brings somebody in.
"""

import asyncio
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from casework import logs
from casework.api.app import create_app
from casework.operations.services import Services
from casework.settings import Settings
from casework.store.database import Connection
from casework.wiring import assembled
from tests import databases, people, running
from tests.clock import SettableClock
from tests.people import Place

logging.getLogger("httpx").setLevel(logging.WARNING)
logs.configure(level="critical", form="console")  # what tests provoke on purpose is no news


RUN_DIRECTORY = "CASEWORK_TEST_RUN"


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's directory; its workers are told of it by the environment that they inherit.

    Not one of pytest's own: every run that starts takes the rights to those away from the database's user.
    """
    if not hasattr(config, "workerinput"):
        os.environ[RUN_DIRECTORY] = tempfile.mkdtemp(prefix="casework-test-")  # noqa: TID251 - how workers are told


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the run's directory away."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(RUN_DIRECTORY))  # noqa: TID251 - how workers are told


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The xdist worker, or `main` where there are none."""
    inputs = getattr(request.config, "workerinput", None)
    return inputs["workerid"] if inputs else "main"


@pytest.fixture(scope="session")
def run_directory() -> Path:
    """A directory that all workers of the run share."""
    return Path(os.environ[RUN_DIRECTORY])  # noqa: TID251 - how workers are told


@pytest.fixture(scope="session")
def database_server(run_directory: Path) -> Iterator[str]:
    """The run's PostgreSQL."""
    with databases.server(run_directory) as url:
        yield url


@pytest.fixture(scope="session")
def template(database_server: str, run_directory: Path) -> str:
    """The run's PostgreSQL, with a migrated database to copy."""
    asyncio.run(databases.prepare(database_server, run_directory))
    return database_server


@pytest.fixture
def database_url(template: str, worker_id: str) -> Iterator[str]:
    """A database of the test's own, with the newest schema and nothing in it."""
    yield from databases.lent(template, worker_id)


@pytest.fixture
def clock() -> SettableClock:
    """The clock of `services`."""
    return SettableClock()


@pytest.fixture
def settings(database_url: str) -> Settings:
    """The settings of `services`; a module that needs others overrides this."""
    return Settings(database_url=database_url, pool_size=8, secret_key=running.SECRET_KEY)


@pytest.fixture
async def services(database_url: str, settings: Settings, clock: SettableClock) -> AsyncIterator[Services]:
    """A process's services, engine included, over a database of the test's own."""
    async with assembled(database_url, settings, clock) as parts:
        yield parts


@pytest.fixture
def queries(services: Services, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that `services` sends from now on."""
    asked: list[str] = []
    read = services.database.read

    @asynccontextmanager
    async def watched() -> AsyncIterator[Connection]:
        async with read() as connection:
            with connection.query_logger(lambda record: asked.append(record.query)):
                yield connection

    monkeypatch.setattr(services.database, "read", watched)
    return asked


@pytest.fixture
def app(services: Services) -> Litestar:
    """The application over `services`."""

    @asynccontextmanager
    async def lent() -> AsyncIterator[Services]:
        yield services

    return create_app(lent)


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """Talks to the application; an unexpected exception in it comes back as the 500 that a client would see."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://casework.test") as talking:
        yield talking


@pytest.fixture
async def place(services: Services) -> Place:
    """A workspace with a Manager."""
    return await people.place(services)


@pytest.fixture(scope="module")
def server_database(template: str, worker_id: str) -> Iterator[str]:
    """The database of `server`."""
    yield from databases.lent(template, worker_id)


@pytest.fixture(scope="module")
def server(server_database: str) -> Iterator[str]:
    """The address of a server process that the module's tests share, over a database of its own."""
    with running.server(server_database) as address:
        yield address
