"""A builder tries a condition on a real case while writing it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import violations
from tests.e2e.scene import scene
from tests.e2e.test_translation import PLAIN

NUMBERED = {
    "casework": 1,
    "key": "numbered",
    "name": "0",
    "tasks": [
        {"key": "t1", "name": "1", "kind": "human", "next": [{"to": "t2", "when": "output.n > 2"}, {"to": "t3"}]},
        {"key": "t2", "name": "2", "kind": "human"},
        {"key": "t3", "name": "3", "kind": "human"},
    ],
}
"""Its names have no letters, so that every letter on the screen is the app's own."""


@pytest.fixture(scope="module")
def office(server):
    with scene(server, workflow=NUMBERED) as found:
        case = found.start("4")
        at = f"/api/v3/workflow/activities/{found.activity(case)['id']}"
        client = found.manager.client
        client.patch(f"{at}/assign", json={"start_working": True}).raise_for_status()
        client.patch(f"{at}/complete", json={"data": {"n": 5}}).raise_for_status()
        yield found


@pytest.fixture
def page(page, office):
    """The editor, with the first task's properties open."""
    office.manager.enter(page, office.address)
    return page


def _edit(page, office):
    page.goto(office.at(f"workflows/{office.workflow_id}/edit"))
    page.locator("[data-id=t1]").get_by_role("button").click()


def test_a_condition_says_what_it_would_have_said_and_why_as_it_is_typed(page, office):
    _edit(page, office)
    page.get_by_role("combobox", name="Try conditions on a case").click()
    page.get_by_role("option", name="4").click()
    way = page.get_by_role("group", name="Way 1")
    verdict = way.get_by_role("status")
    expect(verdict.get_by_text("True")).to_be_visible()
    when = way.get_by_label("When (CEL)")
    when.fill("output.n > 2 && output.n < 5")
    expect(verdict.get_by_text("False")).to_be_visible()
    expect(verdict.locator("code")).to_have_text("output.n < 5")
    assert violations(page) == []
    when.fill("output.n > 2 && output.m")
    expect(verdict.get_by_text("Cannot be decided, so it is false")).to_be_visible()
    page.get_by_text("What conditions see in it").click()
    expect(page.get_by_text("is business hours")).to_be_visible()


def test_everything_about_trying_is_translated(page, office):
    page.evaluate("localStorage.setItem('casework.language', 'pseudo')")
    _edit(page, office)
    page.get_by_role("combobox", name="Try conditions on a case").click()
    page.get_by_role("option", name="4").click()
    page.get_by_text("What conditions see in it").click()
    page.get_by_role("status").get_by_text("True").wait_for()
    assert page.evaluate(PLAIN) == []
