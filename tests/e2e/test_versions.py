"""Somebody looks at what became of a workflow from one version to another."""

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import violations
from tests.e2e.scene import scene
from tests.e2e.test_translation import PLAIN

FIRST = {
    "casework": 1,
    "key": "numbered",
    "name": "0",
    "tasks": [
        {"key": "t1", "name": "1", "kind": "human", "next": [{"to": "t2"}]},
        {"key": "t2", "name": "2", "kind": "human"},
    ],
}
SECOND = {
    **FIRST,
    "tasks": [
        {"key": "t1", "name": "1", "kind": "human", "due": "2h", "next": [{"to": "t3"}]},
        {"key": "t3", "name": "3", "kind": "human"},
    ],
}
"""Their names have no letters, so that every letter on the screen is the app's own."""


@pytest.fixture(scope="module")
def office(server):
    with scene(server, workflow=FIRST) as found:
        found.start("4")
        at = f"{found.api}/workflows/{found.workflow_id}"
        found.manager.client.put(at, json=SECOND).raise_for_status()
        yield found


def test_what_changed_is_told_by_task_by_field_and_by_line(page, office):
    office.manager.enter(page, office.address)
    page.goto(office.at(f"workflows/{office.workflow_id}"))
    page.get_by_role("link", name="Versions").click()
    tasks = page.get_by_role("region", name="Tasks")
    expect(tasks.get_by_role("listitem").filter(has_text="Removed")).to_contain_text("2")
    expect(tasks.get_by_role("listitem").filter(has_text="Added")).to_contain_text("3")
    fields = tasks.get_by_role("region", name="Fields of 1")
    expect(fields.get_by_role("row", name="due")).to_contain_text("2h")
    lines = page.get_by_role("region", name="As YAML").last
    expect(lines.locator("[data-kind=added]").filter(has_text="due: 2h")).to_be_visible()
    expect(lines.locator("[data-kind=removed]").filter(has_text="to: t2")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("combobox", name="From version").click()
    page.get_by_role("option", name="2 ·").click()
    expect(page.get_by_text("These two say the same")).to_be_visible()


def test_what_was_moved_is_listed_and_taken_back_where_it_can_be(page, office):
    at = f"{office.api}/workflows/{office.workflow_id}/migrations"
    moved = office.manager.client.post(at, json={"to": 2, "tasks": {"t2": "t3"}}).raise_for_status().json()
    assert moved["moved"] == 1
    office.manager.enter(page, office.address)
    page.goto(office.at(f"workflows/{office.workflow_id}/versions"))
    moves = page.get_by_role("region", name="Moves to other versions").first
    row = moves.get_by_role("row").last
    expect(row).to_contain_text(office.manager.name)
    expect(row.get_by_role("cell").nth(4)).to_have_text("1")
    moves.get_by_role("button", name=f"Undo move {moved['migrationId']}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 case goes back to where it was.")
    assert violations(page) == []
    dialog.get_by_role("button", name="Undo", exact=True).click()
    expect(dialog).to_contain_text("1 case is as it was before.")
    dialog.get_by_role("button", name="Close").last.click()
    expect(row).to_contain_text("Undone.")
    expect(row.get_by_role("cell").nth(4)).to_have_text("0")
    assert violations(page) == []


def test_everything_about_versions_is_translated(page, office):
    office.manager.enter(page, office.address)
    page.evaluate("localStorage.setItem('casework.language', 'pseudo')")
    page.goto(office.at(f"workflows/{office.workflow_id}/versions"))
    page.get_by_role("table").first.wait_for()
    assert page.evaluate(PLAIN) == []
