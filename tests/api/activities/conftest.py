from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from litestar import Litestar

from casework.api.app import create_app
from casework.operations.services import Services
from tests.api.activities import floor as floors
from tests.api.activities.floor import Floor
from tests.clock import SettableClock
from tests.people import Place

_lent: list[Services] = []


@pytest.fixture(scope="session")
def shared_app() -> Litestar:
    """One application for all tests here: to make it takes longer than most of them."""

    @asynccontextmanager
    async def lent() -> AsyncIterator[Services]:
        yield _lent[-1]

    return create_app(lent)


@pytest.fixture
def app(shared_app: Litestar, services: Services) -> Litestar:
    """The application over the test's own services."""
    _lent[:] = [services]
    return shared_app


@pytest.fixture
async def floor(client: httpx.AsyncClient, place: Place, clock: SettableClock) -> Floor:
    return await floors.floor(client, place, clock)
