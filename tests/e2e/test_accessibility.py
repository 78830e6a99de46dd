"""axe-core finds nothing on any screen, light or dark, full, empty or broken."""

import pytest
from playwright.sync_api import expect

from tests.e2e import browser as browsers
from tests.e2e import screens
from tests.e2e.axe import violations_in_both_schemes
from tests.e2e.scene import scene

REFUSAL = "The sample server is out of order."


@pytest.fixture(scope="module")
def empty(server):
    with scene(server, workflow=None) as found:
        yield found


@pytest.fixture
def failing(browser):
    """A page whose console may tell that the server failed."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    with browsers.watched(context, tolerated=("500 (Internal Server Error)",)) as found:
        yield found
    context.close()


def _fail(route):
    """Fail what a screen asks for, but for who asks."""
    if route.request.resource_type == "fetch" and "/api/auth/" not in route.request.url:
        route.fulfill(status=500, json={"detail": REFUSAL})
    else:
        route.continue_()


@pytest.mark.parametrize("address", screens.OUTSIDE)
def test_nothing_is_found_before_signing_in(page, server, address):
    page.goto(f"{server}/{address}")
    page.get_by_role("heading").first.wait_for()
    assert violations_in_both_schemes(page) == []


@pytest.mark.parametrize("screen", [*screens.LISTS, *screens.SINGLE, *screens.FIXED])
def test_nothing_is_found_on_a_full_screen(page, full, screen):
    full.office.manager.enter(page, full.office.address)
    page.goto(full.at(screen))
    screens.settle(page)
    assert violations_in_both_schemes(page) == []


@pytest.mark.parametrize("screen", screens.LISTS)
def test_nothing_is_found_on_an_empty_screen(page, empty, screen):
    empty.manager.enter(page, empty.address)
    page.goto(empty.at(screen))
    screens.settle(page)
    assert violations_in_both_schemes(page) == []


@pytest.mark.parametrize("screen", [*screens.LISTS, *screens.SINGLE])
def test_nothing_is_found_on_a_screen_that_says_what_failed(failing, full, screen):
    full.office.manager.enter(failing, full.office.address)
    failing.route("**/*", _fail)
    failing.goto(full.at(screen))
    expect(failing.get_by_text(REFUSAL).first).to_be_visible()
    assert violations_in_both_schemes(failing) == []


def test_nothing_is_found_in_the_palette_and_the_list_of_keys(page, full):
    full.office.manager.enter(page, full.office.address)
    page.goto(full.at("settings"))
    screens.settle(page)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("textbox", name="Search and commands")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert violations_in_both_schemes(page) == []
