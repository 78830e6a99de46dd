"""Somebody comes into a new workspace, and is led to the first case that is done."""

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import violations
from tests.e2e.scene import scene
from tests.e2e.test_translation import PLAIN

FIRST = {
    "casework": 1,
    "key": "first",
    "name": "0",
    "input": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "title": "9"}}},
    "tasks": [{"key": "t1", "name": "1", "kind": "human"}],
}
"""Its names have no letters, so that every letter on the screen is the app's own."""


@pytest.fixture
def office(server):
    with scene(server, workflow=None) as found:
        yield found


def test_each_step_is_ticked_by_what_is_there_until_all_are(page, office):
    office.manager.enter(page, office.address)
    steps = page.get_by_role("region", name="First steps")
    expect(steps.get_by_role("link", name="Add somebody")).to_be_visible()
    expect(steps.get_by_text("(not done yet)")).to_have_count(4)
    assert violations(page) == []
    office.person("employee")
    client = office.manager.client
    page.reload()
    expect(steps.get_by_role("link", name="Draw one")).to_be_visible()
    office.workflow_id = client.post(f"{office.api}/workflows", json=FIRST).raise_for_status().json()["id"]
    page.reload()
    steps.get_by_role("button", name="Start it").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Start a case")
    dialog.get_by_label("What it is called").fill("4")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("This is needed.")).to_be_visible()
    expect(dialog.get_by_label("9")).to_be_focused()
    assert violations(page) == []
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="4", level=1)).to_be_visible()
    page.goto(office.at("inbox"))
    expect(steps.get_by_text("(done)")).to_have_count(3)
    (case,) = client.get(f"{office.api}/assignments").json()["items"]
    assert case["input"] == {"n": 5}
    at = f"/api/v3/workflow/activities/{office.activity(case)['id']}"
    client.patch(f"{at}/assign", json={"start_working": True}).raise_for_status()
    client.patch(f"{at}/complete", json={"data": {}}).raise_for_status()
    page.reload()
    expect(page.get_by_role("heading", name="Nothing is with you")).to_be_visible()
    expect(steps).to_be_hidden()


def test_they_are_put_away_and_stay_so(page, office):
    office.manager.enter(page, office.address)
    steps = page.get_by_role("region", name="First steps")
    steps.get_by_role("button", name="Put away").click()
    expect(steps).to_be_hidden()
    page.reload()
    expect(page.get_by_role("heading", name="Nothing is with you")).to_be_visible()
    expect(steps).to_be_hidden()


def test_who_sets_nothing_up_is_not_asked_to(page, office):
    office.person("employee").enter(page, office.address)
    expect(page.get_by_role("heading", name="Nothing is with you")).to_be_visible()
    expect(page.get_by_role("region", name="First steps")).to_be_hidden()


def test_everything_about_them_is_translated(page, office):
    office.manager.enter(page, office.address)
    office.person("employee")
    office.manager.client.post(f"{office.api}/workflows", json=FIRST).raise_for_status()
    page.evaluate("localStorage.setItem('casework.language', 'pseudo')")
    page.goto(office.at("inbox"))
    page.get_by_role("button", name="Start it").click()
    page.get_by_label("9").wait_for()
    assert page.evaluate(PLAIN) == []
