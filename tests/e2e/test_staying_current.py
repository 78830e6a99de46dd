"""What others do appears by itself, and a server that went away is waited for."""

import pytest
from playwright.sync_api import expect

from tests import running
from tests.e2e import browser as browsers
from tests.e2e.scene import scene

AWAY = (
    "net::ERR_CONNECTION_REFUSED",
    "net::ERR_CONNECTION_RESET",
    "net::ERR_EMPTY_RESPONSE",
    "503 (Service Unavailable)",
)
SEEN_MILLISECONDS = 10_000
TOLD_MILLISECONDS = 2_000


def test_two_people_see_what_the_other_takes(browser, page, office):
    office.start("Sample: who is first")
    one, other = (office.person("employee", name=name) for name in ("Ada One", "Ben Other"))
    one.enter(page, office.address)
    page.goto(office.at("inbox?view=queue"))
    expect(page.get_by_role("link", name="who is first")).to_be_visible()
    context = browser.new_context()
    with browsers.watched(context, tolerated=("401 (Unauthorized)",)) as second:
        other.enter(second, office.address)
        expect(second.get_by_role("heading", name="Ready when you are")).to_be_visible()
        second.keyboard.press("n")
        expect(second.get_by_role("heading", name="Ask for leave")).to_be_visible()
        expect(page.get_by_role("link", name="who is first")).to_be_hidden(timeout=TOLD_MILLISECONDS)
    context.close()


@pytest.fixture
def restarting(server_database):
    """Starts a server on one port, as often as it is called."""
    port = running.free_port()
    return lambda: running.server(server_database, port=port)


def test_the_page_says_that_the_server_is_away_and_goes_on_when_it_is_back(restarting, browser):
    context = browser.new_context()
    with browsers.watched(context, tolerated=("401 (Unauthorized)", *AWAY)) as page:
        with restarting() as address, scene(address) as desk:
            desk.start("Sample: over a restart")
            desk.manager.enter(page, address)
            page.goto(desk.at("inbox?view=queue"))
            page.get_by_role("link", name="over a restart").click()
            page.get_by_role("button", name="Take and start").click()
            page.get_by_label("Note").fill("Before")
            expect(page.get_by_text("Saved")).to_be_visible()
        page.get_by_label("Note").fill("While it was away")
        expect(page.get_by_text("The server does not answer. Trying again")).to_be_visible(timeout=SEEN_MILLISECONDS)
        with restarting():
            expect(page.get_by_text("The server does not answer. Trying again")).to_be_hidden(timeout=SEEN_MILLISECONDS)
            expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=SEEN_MILLISECONDS)
            page.reload()
            expect(page.get_by_label("Note")).to_have_value("While it was away")
    context.close()
