"""A real browser, a real server and a real database for what people see."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests import databases, running
from tests.e2e import browser as browsers
from tests.e2e import screens
from tests.e2e.scene import Scene, scene
from tests.e2e.screens import Full


@pytest.fixture(scope="package")
def server_database(template: str, worker_id: str) -> Iterator[str]:
    """The database of `server`: one for all tests here, each of which has a workspace of its own or its module's."""
    yield from databases.lent(template, worker_id)


@pytest.fixture(scope="package")
def server(server_database: str) -> Iterator[str]:
    """The address of a server process that the tests here share."""
    with running.server(server_database) as address:
        yield address


@pytest.fixture(scope="package")
def browser(server: str) -> Iterator[Browser]:
    """Chromium. Its library keeps an event loop running in this thread, and the database's fixture runs one of its own:
    so it comes after that one, and goes before it and before tests elsewhere.
    """
    with browsers.chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that knows nobody; an error in its console fails the test."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    with browsers.watched(context, tolerated=("401 (Unauthorized)", "422 (Unprocessable")) as found:
        yield found
    context.close()


@pytest.fixture(scope="module")
def office(server: str) -> Iterator[Scene]:
    """A workspace that the module's tests share."""
    with scene(server) as found:
        yield found


@pytest.fixture(scope="module")
def full(server: str) -> Iterator[Full]:
    """A workspace with something for every screen, that the module's tests share."""
    with screens.full(server) as found:
        yield found
