"""axe-core finds nothing on any screen, light or dark, full, empty or broken."""

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import violations
from tests.e2e.scene import scene

ADMINISTRATION = ["members", "roles", "grants", "keys", "secrets", "webhooks", "schedules", "hooks", "audit"]
SCREENS = [
    *("inbox", "inbox?view=all", "cases", "settings", "nothing", "chats", "analytics"),
    *(f"admin/{name}" for name in ADMINISTRATION),
]
SCHEMES = ["light", "dark"]


@pytest.fixture(scope="module")
def empty_office(server):
    with scene(server, workflow=None) as found:
        yield found


def _open(page, office, screen, scheme):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    office.manager.enter(page, office.address)
    page.goto(office.at(screen))
    page.get_by_role("heading", level=1).or_(page.get_by_role("heading", level=2)).first.wait_for()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("address", ["sign-in", "sign-up", "welcome"])
def test_nothing_is_found_before_signing_in(page, office, address, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{office.address}/{address}")
    page.get_by_role("heading").first.wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_is_found_on_a_screen_with_cases(page, office, screen, scheme):
    office.start("Sample: a week in August", days=5)
    _open(page, office, screen, scheme)
    assert violations(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("screen", ["inbox", "cases", "chats", "analytics", "admin/secrets", "admin/webhooks"])
def test_nothing_is_found_on_a_screen_without_any(page, empty_office, screen, scheme):
    _open(page, empty_office, screen, scheme)
    assert violations(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nothing_is_found_in_the_palette_and_the_list_of_keys(page, office, scheme):
    _open(page, office, "settings", scheme)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("textbox", name="Search and commands")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert violations(page) == []
