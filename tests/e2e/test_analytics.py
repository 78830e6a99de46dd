"""A manager who asks how a workflow does, where time goes, and takes the numbers along."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import violations
from tests.e2e.scene import scene


@pytest.fixture(scope="module")
def busy(server):
    """An office where one case has ended, one was cancelled and others wait."""
    with scene(server) as found:
        client = found.manager.client
        cases = [found.start(f"Sample: leave {number}", days=1) for number in range(4)]
        for data in ({"from": "2027-08-02", "kind": "holiday", "days": 1}, {}):
            activity = f"/api/v3/workflow/activities/{found.activity(cases[0])['id']}"
            client.patch(f"{activity}/assign", json={"start_working": True}).raise_for_status()
            client.patch(f"{activity}/complete", json={"data": data}).raise_for_status()
        client.post(f"{found.api}/assignments/{cases[1]['id']}/cancel", json={}).raise_for_status()
        yield found


@pytest.fixture
def plain(server):
    """An office whose workflow has no due date."""
    definition = {"casework": 1, "key": "errand", "name": "Errand", "tasks": [{"key": "run", "kind": "human"}]}
    with scene(server, workflow=definition) as found:
        yield found


def _open(page, office, address="analytics"):
    office.manager.enter(page, office.address)
    page.goto(office.at(address))
    page.get_by_role("region", name="Runs", exact=True).first.wait_for()


def _saved(page, button):
    with page.expect_download() as caught:
        page.get_by_role("button", name=button).click()
    return list(csv.reader(io.StringIO(Path(caught.value.path()).read_text("utf-8-sig"))))


def test_a_manager_sees_how_a_workflow_does_and_takes_the_numbers_along(page, busy):
    _open(page, busy)
    expect(page.get_by_role("img", name=re.compile("Throughput"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("When cases begin"))).to_be_visible()
    throughput = page.get_by_role("region", name="Throughput").first
    throughput.get_by_text("Table", exact=True).click()
    row = throughput.get_by_role("row").last
    expect(row.get_by_role("cell").nth(1)).to_have_text("4")
    assert _saved(page, "Throughput: CSV")[0] == ["Day", "Created", "Completed", "Failed"]
    assert {line[2] for line in _saved(page, "Runs: CSV")[1:]} == {"COMPLETED", "CANCELLED", "PENDING"}
    people = _saved(page, "By person: CSV")
    assert people[0] == ["Person", "Runs", "Failed", "Tokens", "Cost"]
    assert [line[:3] for line in people[1:]] == [[busy.manager.name, "4", "0"]]
    week = _saved(page, "When cases begin: CSV")
    assert sum(int(count) for line in week[1:] for count in line[1:]) == 4


def test_due_dates_are_told_by_task_and_by_day_and_taken_along(page, busy):
    _open(page, busy)
    expect(page.get_by_role("img", name=re.compile("Due dates by day"))).to_have_count(0)
    task = page.get_by_role("region", name="Due dates by task").first
    expect(task).to_contain_text("Decide on leave")
    task.get_by_text("Table", exact=True).click()
    expect(task.get_by_role("row").last.get_by_role("cell").last).to_have_text("\N{EN DASH}")
    assert _saved(page, "Due dates by task: CSV") == [
        ["Task", "Done in time", "Done late", "Given up late", "Overdue now", "In time"],
        ["Decide on leave", "0", "0", "0", "0", ""],
    ]
    assert _saved(page, "By team: CSV")[0] == ["Team", "Runs", "Failed", "Tokens", "Cost"]
    assert violations(page) == []


def test_a_workflow_without_due_dates_says_so_and_how_to_set_one(page, plain):
    _open(page, plain)
    expect(page.get_by_role("heading", name="No task has a due date yet")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Set a due date").click()
    page.wait_for_url(re.compile(f"/workflows/{plain.workflow_id}/edit"))


def test_the_list_of_runs_is_filtered_by_the_address(page, busy):
    _open(page, busy)
    page.get_by_role("combobox", name="State").click()
    page.get_by_role("option", name="Cancelled").click()
    page.wait_for_url(re.compile("state=CANCELLED"))
    runs = page.get_by_role("region", name="Runs", exact=True).last
    expect(runs.get_by_role("row")).to_have_count(2)
    page.reload()
    expect(runs.get_by_role("row")).to_have_count(2)
    page.goto(busy.at("analytics?from=2020-01-01&to=2020-01-31"))
    expect(page.get_by_role("heading", name="No runs fit")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_found_on_charts_and_their_tables(page, busy, scheme):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    _open(page, busy)
    expect(page.get_by_role("img", name=re.compile("When cases begin"))).to_be_visible()
    assert violations(page) == []
    page.get_by_role("region", name="Waiting and working").first.get_by_text("Table", exact=True).click()
    assert violations(page) == []
