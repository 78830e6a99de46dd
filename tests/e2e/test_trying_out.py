"""A builder takes a run through what is drawn, before anybody works by it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import violations
from tests.e2e.scene import scene
from tests.e2e.test_translation import PLAIN

NUMBERED = {
    "casework": 1,
    "key": "numbered",
    "name": "0",
    "input": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "title": "9"}}},
    "tasks": [
        {
            "key": "t1",
            "name": "1",
            "kind": "human",
            "form": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "title": "8"}}},
            "next": [{"to": "t2", "when": "output.n > input.n"}, {"to": "t3"}],
        },
        {"key": "t2", "name": "2", "kind": "http", "method": "GET", "url": "https://example.com/", "on_error": "t3"},
        {"key": "t3", "name": "3", "kind": "human"},
    ],
}
"""Its names have no letters, so that every letter on the screen is the app's own."""


@pytest.fixture(scope="module")
def office(server):
    with scene(server, workflow=NUMBERED) as found:
        yield found


def _begin(page, office):
    page.goto(office.at(f"workflows/{office.workflow_id}/edit"))
    page.get_by_role("button", name="Test run").click()
    dialog = page.get_by_role("dialog", name="Test run")
    dialog.get_by_role("textbox", name="9").fill("4")
    dialog.get_by_role("button", name="Begin").click()
    return dialog


def test_a_run_is_taken_through_the_drawing_step_by_step_and_back(page, office):
    office.manager.enter(page, office.address)
    dialog = _begin(page, office)
    route = dialog.get_by_role("list", name="Route")
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog.get_by_role("alert")).to_contain_text("form")
    answer = dialog.get_by_role("textbox", name="8")
    answer.fill("5")
    page.keyboard.press("Enter")
    first = route.get_by_role("listitem").first
    expect(first).to_contain_text("Went on to 2 because of output.n > input.n")
    assert violations(page) == []
    dialog.get_by_role("button", name="Let it fail").click()
    expect(route.get_by_role("listitem")).to_have_count(3)
    expect(route.get_by_text("It failed in a test run.")).to_be_visible()
    dialog.get_by_role("button", name="One step back").click()
    expect(route.get_by_role("listitem")).to_have_count(2)
    dialog.get_by_label("What it gives (JSON)").fill('{"status": 200}')
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog.get_by_text("The run is over: Completed")).to_be_visible()
    assert violations(page) == []
    assert office.manager.client.get(f"{office.api}/assignments").json()["total"] == 0


def test_everything_about_a_test_run_is_translated(page, office):
    office.manager.enter(page, office.address)
    page.evaluate("localStorage.setItem('casework.language', 'pseudo')")
    dialog = _begin(page, office)
    dialog.get_by_role("textbox", name="8").fill("5")
    page.keyboard.press("Enter")
    dialog.get_by_text("What it is given").click()
    dialog.get_by_role("button", name="Let it fail").click()
    dialog.get_by_role("button", name="Go on").wait_for()
    assert page.evaluate(PLAIN) == []
