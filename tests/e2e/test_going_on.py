"""Cases go on: by another version of their workflow, and again where they failed."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.e2e import browser as browsers
from tests.e2e.axe import violations
from tests.e2e.scene import scene
from tests.e2e.test_translation import PLAIN

FIRST = {
    "casework": 1,
    "key": "numbered",
    "name": "0",
    "tasks": [{"key": "t1", "name": "1", "kind": "human"}],
}
SECOND = {**FIRST, "tasks": [{"key": "t2", "name": "2", "kind": "human"}]}
"""Its only task has another key. Names have no letters, so that every letter on the screen is the app's own."""

TOLERATED = ("401 (Unauthorized)", "400 (Bad Request)", "409 (Conflict)", "404 (Not Found)*/current-task-detail")
"""What a console tells of a definition that is checked, a refusal, and a case that has just ended."""


@pytest.fixture
def page(browser):
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    with browsers.watched(context, tolerated=TOLERATED) as found:
        found.on("dialog", lambda dialog: dialog.accept())
        yield found
    context.close()


@pytest.fixture
def office(server, page):
    with scene(server, workflow=FIRST) as found:
        for title in ("4", "5"):
            found.start(title)
        found.manager.enter(page, found.address)
        yield found


def _publish(office):
    at = f"{office.api}/workflows/{office.workflow_id}"
    office.manager.client.put(at, json=SECOND).raise_for_status()


def _versions(office):
    found = office.manager.client.get(f"{office.api}/assignments").raise_for_status().json()["items"]
    return [one["workflowVersionNumber"] for one in found]


def _map(dialog, page):
    dialog.get_by_role("combobox", name="In place of t1").click()
    page.get_by_role("option", name="2", exact=True).click()


def test_who_publishes_moves_open_cases_and_brings_them_back(page, office):
    page.goto(office.at(f"workflows/{office.workflow_id}/edit"))
    yaml = page.get_by_role("textbox", name="Definition as YAML")
    expect(yaml).to_contain_text("t1")
    yaml.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type(json.dumps(SECOND))
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("2 cases are open")).to_be_visible()
    dialog.get_by_role("button", name="Publish it").click()
    expect(dialog.get_by_text("2 stay where they are.")).to_be_visible()
    expect(dialog.get_by_role("row", name="The version has no such task")).to_contain_text("t1")
    expect(dialog.get_by_role("button", name="Move 0 cases")).to_be_disabled()
    assert violations(page) == []
    _map(dialog, page)
    expect(dialog.get_by_text("2 cases can move.")).to_be_visible()
    dialog.get_by_role("button", name="Move 2 cases").click()
    expect(dialog.get_by_text("2 cases go on by version 2.")).to_be_visible()
    assert _versions(office) == [2, 2]
    assert violations(page) == []
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog.get_by_text("2 cases are as they were before.")).to_be_visible()
    assert _versions(office) == [1, 1]
    dialog.get_by_role("button", name="Close").last.click()
    page.wait_for_url(re.compile(r"/workflows/\d+$"))


def test_a_case_moves_to_another_version_by_the_keyboard(page, office):
    _publish(office)
    page.goto(office.at(f"cases/{office.cases[0]['id']}"))
    page.get_by_role("button", name="Move to another version").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Move the case to another version")
    expect(dialog.get_by_text("1 stays where it is.")).to_be_visible()
    _map(dialog, page)
    dialog.get_by_role("button", name="Move 1 case").focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("1 case goes on by version 2.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("version 2")).to_be_visible()
    assert sorted(_versions(office)) == [1, 2]


def test_everything_about_moving_is_translated(page, office):
    _publish(office)
    page.evaluate("localStorage.setItem('casework.language', 'pseudo')")
    page.goto(office.at(f"workflows/{office.workflow_id}/versions"))
    page.get_by_role("button", name="Move open cases").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("row", name="no such task").wait_for()
    assert page.evaluate(PLAIN) == []
    _map(dialog, page)
    dialog.get_by_role("button", name="Move 2 cases").click()
    dialog.get_by_role("button", name="Undo").wait_for()
    assert page.evaluate(PLAIN) == []


def test_a_case_that_failed_is_retried_once_and_goes_on_as_a_new_one(page, office):
    case = office.cases[0]
    at = f"/api/v3/workflow/activities/{office.activity(case)['id']}"
    client = office.manager.client
    client.patch(f"{at}/assign", json={"start_working": True}).raise_for_status()
    client.post(f"{at}/error", json={"data": {"comment": "6"}}).raise_for_status()
    page.goto(office.at(f"cases/{case['id']}"))
    page.get_by_role("button", name="Retry the case").click()
    dialog = page.get_by_role("dialog", name="Retry the case")
    assert violations(page) == []
    dialog.get_by_role("button", name="Retry it").click()
    expect(page.get_by_text("A new case goes on from here.")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel the case")).to_be_visible()
    new = int(page.url.rsplit("/", 1)[1])
    assert new != case["id"]
    assert client.get(f"{office.api}/assignments/{new}").json()["status"] == "pending"
    page.goto(office.at(f"cases/{case['id']}"))
    page.get_by_role("button", name="Retry the case").click()
    dialog.get_by_role("button", name="Retry it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("retried")
