"""Somebody who works on cases all day, with the keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.e2e.scene import scene

TABS_MAX = 8
"""From one field of a form to the next: a date has a day, a month, a year and a calendar."""


@pytest.fixture
def desk(server):
    with scene(server) as found:
        yield found


def _tab_to(page, field):
    for _ in range(TABS_MAX):
        if field.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("Tab does not lead there.")


def test_an_operator_takes_fills_and_completes_a_case_with_the_keyboard_alone(page, desk):
    case = desk.start("Sample: a week in August", days=5)
    worker = desk.person("employee", name="Ines Sample")
    worker.enter(page, desk.address)
    expect(page.get_by_role("heading", name="Ready when you are")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Ask for leave")).to_be_visible()
    expect(page.get_by_text("Say when, and how long.")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("This is needed.")).to_have_count(2)
    expect(page.get_by_label("First day")).to_be_focused()
    page.keyboard.type("02082027")
    _tab_to(page, page.get_by_role("combobox", name="Kind"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    _tab_to(page, page.get_by_label("Days"))
    page.keyboard.type("99")
    expect(page.get_by_text("Saved")).to_be_visible()
    assert desk.activity(case)["attributes"]["data"]["days"] == 99
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("30")).to_be_visible()
    expect(page.get_by_label("Days")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("5")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Completed: Ask for leave")).to_be_visible()
    assert desk.activity(case)["attributes"]["name"] == "Decide on leave"


def test_a_draft_is_there_again_after_leaving(page, desk):
    case = desk.start("Sample: one day")
    activity = desk.activity(case)["id"]
    desk.manager.enter(page, desk.address)
    page.goto(desk.at(f"inbox/{activity}?view=queue"))
    page.get_by_role("button", name="Take and start").click()
    page.get_by_label("Note").fill("Half a day would do")
    expect(page.get_by_text("Saved")).to_be_visible()
    page.goto(desk.at("cases"))
    page.goto(desk.at(f"inbox/{activity}"))
    expect(page.get_by_label("Note")).to_have_value("Half a day would do")


def test_marked_tasks_are_assigned_together_and_taken_back(page, desk):
    cases = [desk.start(f"Sample: number {number}") for number in range(3)]
    desk.manager.enter(page, desk.address)
    page.goto(desk.at("inbox?view=queue"))
    for number in range(3):
        page.get_by_role("checkbox", name=f"Mark Sample: number {number}").check()
    page.get_by_role("button", name="Assign", exact=True).click()
    page.get_by_role("button", name="Assign 3 tasks").click()
    expect(page.get_by_text("3 tasks assigned.")).to_be_visible()
    assert {desk.activity(case)["attributes"]["status"] for case in cases} == {"assigned"}
    with page.expect_response(lambda answer: answer.url.endswith("/unassign")):
        page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Sample: number 0")).to_be_visible()


def test_a_case_shows_where_it_went_and_why_it_came(page, desk):
    case = desk.start("Sample: two weeks", days=10)
    first = desk.activity(case)["id"]
    client = desk.manager.client
    client.patch(f"/api/v3/workflow/activities/{first}/assign", json={"start_working": True}).raise_for_status()
    data = {"data": {"from": "2027-08-02", "kind": "holiday", "days": 10}}
    client.patch(f"/api/v3/workflow/activities/{first}/complete", json=data).raise_for_status()
    desk.manager.enter(page, desk.address)
    page.goto(desk.at(f"inbox/{desk.activity(case)['id']}"))
    expect(page.get_by_role("heading", name="Why it is here")).to_be_visible()
    expect(page.get_by_text("output.days > 2")).to_be_visible()
    page.get_by_role("link", name="Open the case").click()
    expect(page.get_by_role("heading", name="Sample: two weeks")).to_be_visible()
    expect(page.get_by_role("heading", name="Where the time went")).to_be_visible()
    expect(page.get_by_text("Not open").first).to_be_visible()
    page.get_by_text("Raw", exact=True).click()
    expect(page.get_by_role("region", name="Raw")).to_contain_text("step.completed")
    page.get_by_role("button", name="Cancel the case").click()
    page.get_by_label("Reason").fill("Not needed any more")
    page.get_by_role("dialog").get_by_role("button", name="Cancel the case").click()
    expect(page.get_by_text("Not needed any more")).to_be_visible()


SORTED = {
    "casework": 1,
    "key": "sorted",
    "name": "Sorted mail",
    "tasks": [
        {
            "key": "sort",
            "name": "Sort it",
            "kind": "set",
            "values": {"topic": "=input.topic"},
            "next": [{"to": "read"}],
        },
        {"key": "read", "name": "Read it", "kind": "human"},
    ],
}


def test_what_a_machine_did_before_stands_beside_the_work(page, server):
    with scene(server, workflow=SORTED) as desk:
        activity = desk.activity(desk.start("Sample: a letter", topic="Roof leaks"))["id"]
        desk.manager.enter(page, desk.address)
        page.goto(desk.at(f"inbox/{activity}?view=all"))
        context = page.get_by_role("complementary", name="The case")
        expect(context.get_by_role("listitem").filter(has_text="Sort it").get_by_text("Roof leaks")).to_be_visible()
        expect(context.get_by_text("It came from:")).to_contain_text("Sort it")
