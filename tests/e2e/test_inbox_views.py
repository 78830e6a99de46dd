"""What an inbox shows, what of it is kept under a name, and what is done with many of its tasks at once."""

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import violations
from tests.e2e.scene import scene

OFFICE = {
    "casework": 1,
    "key": "office",
    "name": "Office",
    "tasks": [
        {"key": "tidy", "name": "Tidy up", "kind": "human"},
        {"key": "answer", "name": "Answer", "kind": "human", "roles": ["clerk"]},
        {"key": "sign", "name": "Sign", "kind": "human", "roles": ["director"]},
    ],
    "start": ["tidy", "answer", "sign"],
}


@pytest.fixture
def office(server):
    with scene(server, workflow=OFFICE) as found:
        yield found


def _tasks(page):
    return page.get_by_role("region", name="Inbox").or_(page.get_by_role("main")).first


def test_the_queue_of_a_clerk_holds_what_clerks_and_what_anybody_may_do(page, office):
    office.start("Sample: Monday")
    clerk = office.person("clerk")
    clerk.client.headers["x-workspace"] = office.uuid
    clerk.enter(page, office.address)
    page.goto(office.at("inbox?view=queue"))
    for name in ("Tidy up", "Answer"):
        expect(_tasks(page).get_by_text(name).first).to_be_visible()
    expect(_tasks(page).get_by_text("Sign", exact=True)).to_have_count(0)


def test_a_filter_is_kept_under_a_name_used_and_forgotten(page, office):
    office.manager.enter(page, office.address)
    page.goto(office.at("inbox?view=overdue&sort=newest"))
    page.get_by_role("button", name="Saved filters").click()
    page.get_by_role("menuitem", name="Save this filter").click()
    page.get_by_label("Name of the filter").fill("Late ones")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(office.at("inbox?view=all"))
    page.get_by_role("button", name="Saved filters").click()
    assert violations(page) == []
    page.get_by_role("menuitem", name="Late ones", exact=True).click()
    page.wait_for_url("**/inbox?*view=overdue*")
    assert "sort=newest" in page.url
    page.get_by_role("button", name="Saved filters").click()
    page.get_by_role("menuitem", name="Forget: Late ones").click()
    page.get_by_role("button", name="Saved filters").click()
    expect(page.get_by_role("menuitem", name="Save this filter")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Late ones")).to_have_count(0)


def test_a_cancellation_of_many_shows_what_it_means_and_is_taken_back(page, office):
    case = office.start("Sample: Tuesday")
    office.manager.enter(page, office.address)
    page.goto(office.at("inbox?view=all"))
    marks = page.get_by_role("checkbox", name="Mark Sample: Tuesday")
    expect(marks).to_have_count(3)
    marks.nth(0).check()
    marks.nth(1).check()
    page.get_by_role("button", name="Cancel", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    assert violations(page) == []
    with page.expect_response(lambda answer: answer.url.endswith("/cancel")):
        dialog.get_by_role("button", name="Cancel 2 tasks").click()
    expect(marks).to_have_count(1)
    marks.check()
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Cancel 1 task").click()
    page.get_by_role("button", name="Undo").last.click()
    expect(marks).to_have_count(1)
    query = {"filter[work_unit_id]": case["id"], "filter[status]": "canceled"}
    found = office.manager.client.get("/api/v3/workflow/activities", params=query).raise_for_status().json()
    assert len(found["data"]) == 2
