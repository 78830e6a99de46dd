"""A step that waits for its turn says why, and an administrator sets how much there is of it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import violations
from tests.e2e.gallery import worker
from tests.e2e.scene import scene
from tests.e2e.test_translation import PLAIN

SEND = {
    "casework": 1,
    "key": "send",
    "name": "0",
    "on_failure": "incident",
    "tasks": [
        {
            "key": "t1",
            "name": "1",
            "kind": "http",
            "method": "POST",
            "url": "https://127.0.0.1/",
            "limits": {"rate": "1/d"},
        }
    ],
}
"""Its names have no letters, so that every letter on the screen is the app's own."""


@pytest.fixture(scope="module")
def office(server):
    with scene(server, workflow=SEND) as found:
        yield found


def test_a_step_that_waits_for_its_turn_says_for_which_limit(page, office, server_database):
    _first, second = office.start("4"), office.start("5")
    with worker(server_database):
        office.manager.enter(page, office.address)
        page.goto(office.at(f"cases/{second['id']}"))
        steps = page.get_by_role("region", name="Steps").first
        expect(steps).to_contain_text("Waits: this task began 1 of 1 in the last day")
    assert violations(page) == []
    page.evaluate("localStorage.setItem('casework.language', 'pseudo')")
    page.reload()
    page.locator("details").first.wait_for()
    assert page.evaluate(PLAIN) == []


def test_an_administrator_sets_the_limits_of_the_workspace(page, office):
    office.manager.enter(page, office.address)
    page.goto(office.at("admin/limits"))
    page.get_by_label("Steps under way at once").fill("20")
    page.get_by_label("Steps that begin").fill("100")
    page.get_by_role("combobox", name="In", exact=True).click()
    page.get_by_role("option", name="an hour").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The limits hold from now on.")).to_be_visible()
    found = office.manager.client.get(f"{office.api}/limits").raise_for_status().json()
    assert found == {"concurrency": 20, "rate": "100/h"}
    assert violations(page) == []


def test_who_is_no_administrator_sees_the_limits_and_changes_none(page, office):
    body = {"concurrency": None, "rate": "5/m"}
    office.manager.client.put(f"{office.api}/limits", json=body).raise_for_status()
    office.person().enter(page, office.address)
    page.goto(office.at("admin/limits"))
    limits = page.get_by_role("region", name="Limits").first
    expect(limits).to_contain_text("Any number")
    expect(limits).to_contain_text("5 a minute")
    expect(limits.get_by_role("button")).to_have_count(0)
    assert violations(page) == []
