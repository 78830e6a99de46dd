import pytest
from playwright.sync_api import expect


@pytest.fixture
def inside(page, office):
    office.manager.enter(page, office.address)
    return page


def test_the_palette_leads_anywhere(inside):
    inside.keyboard.press("Control+k")
    inside.get_by_role("textbox", name="Search and commands").fill("pref")
    inside.keyboard.press("Enter")
    expect(inside.get_by_role("heading", name="Preferences")).to_be_visible()


def test_keys_lead_to_screens_can_be_changed_and_switched_off(inside, office):
    inside.keyboard.press("g")
    inside.keyboard.press("c")
    expect(inside.get_by_role("heading", name="Cases", exact=True)).to_be_visible()
    inside.goto(office.at("settings"))
    inside.get_by_role("button", name="Change: Go to the cases").click()
    inside.keyboard.press("x")
    expect(inside.get_by_role("button", name="Change: Go to the cases")).to_be_visible()
    inside.keyboard.press("x")
    expect(inside.get_by_role("heading", name="Cases", exact=True)).to_be_visible()
    inside.goto(office.at("settings"))
    inside.get_by_role("switch", name="Single-key shortcuts").click()
    inside.get_by_role("heading", name="Preferences").click()
    inside.keyboard.press("x")
    expect(inside.get_by_role("heading", name="Preferences")).to_be_visible()
    inside.keyboard.press("Control+k")
    expect(inside.get_by_role("textbox", name="Search and commands")).to_be_visible()


def test_the_language_and_its_direction_change_at_once_and_stay(inside, office):
    inside.goto(office.at("settings"))
    inside.get_by_role("button", name="Your account").click()
    inside.get_by_role("menuitem", name="العربية").click()
    expect(inside.locator("html")).to_have_attribute("dir", "rtl")
    inside.reload()
    expect(inside.locator("html")).to_have_attribute("lang", "ar")


def test_an_address_that_leads_nowhere_says_so(inside, office):
    inside.goto(office.at("nothing/here"))
    expect(inside.get_by_role("heading", name="There is nothing at this address")).to_be_visible()


def test_on_a_narrow_page_the_navigation_is_behind_a_button(inside):
    inside.set_viewport_size({"width": 360, "height": 740})
    expect(inside.get_by_role("navigation", name="Main")).to_be_hidden()
    inside.get_by_role("button", name="Open the menu").click()
    inside.get_by_role("link", name="Cases").click()
    expect(inside.get_by_role("heading", name="Cases", exact=True)).to_be_visible()
    assert inside.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
