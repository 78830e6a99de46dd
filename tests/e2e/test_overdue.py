"""Somebody looks for what was not done when it was due."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from casework.clock import SystemClock
from tests.e2e.axe import violations
from tests.e2e.scene import scene
from tests.e2e.test_translation import PLAIN

DUE = {
    "casework": 1,
    "key": "due",
    "name": "0",
    "tasks": [{"key": "t1", "name": "1", "kind": "human", "due": "2h"}],
}
"""Its names have no letters, so that every letter on the screen is the app's own."""


@pytest.fixture(scope="module")
def office(server):
    with scene(server, workflow=DUE) as found:
        found.start("4")
        yield found


def test_what_is_due_turns_to_a_warning_and_is_found_when_it_is_late(page, office):
    office.manager.enter(page, office.address)
    page.goto(office.at("inbox?view=overdue"))
    expect(page.get_by_role("heading", name="Nothing is overdue")).to_be_visible()
    page.goto(office.at("inbox?view=all&sort=due"))
    row = page.get_by_role("link", name="4")
    expect(row.locator("[data-tone=warn]")).to_contain_text("Due in")
    page.clock.set_fixed_time(SystemClock().now() + timedelta(hours=5, minutes=30))
    page.goto(office.at("inbox"))
    page.get_by_text("Overdue", exact=True).click()
    expect(page).to_have_url(office.at("inbox?view=overdue"))
    expect(row.locator("[data-tone=bad]")).to_contain_text("Overdue 3 hr. ago")
    assert violations(page) == []
    row.click()
    expect(page.get_by_role("article").locator("[data-tone=bad]")).to_contain_text("Overdue")


def test_everything_about_what_is_late_is_translated(page, office):
    office.manager.enter(page, office.address)
    page.clock.set_fixed_time(SystemClock().now() + timedelta(hours=5, minutes=30))
    page.evaluate("localStorage.setItem('casework.language', 'pseudo')")
    page.goto(office.at("inbox?view=overdue"))
    page.get_by_role("link", name="4").click()
    page.get_by_role("article").locator("[data-tone=bad]").wait_for()
    assert page.evaluate(PLAIN) == []
