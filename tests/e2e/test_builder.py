"""A builder draws a workflow, publishes it, and cases run through it."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import browser as browsers
from tests.e2e.axe import violations
from tests.e2e.scene import scene
from tests.e2e.test_translation import PLAIN

SHORT = {
    "casework": 1,
    "key": "leave",
    "name": "Leave",
    "tasks": [
        {"key": "ask", "name": "Ask for leave", "kind": "human", "next": [{"to": "decide"}]},
        {
            "key": "decide",
            "name": "Decide on leave",
            "kind": "human",
            "next": [{"to": "file", "when": "output.granted"}],
        },
        {"key": "file", "name": "File it", "kind": "human"},
    ],
}
"""As much as the editor shows without scrolling: lines that are out of sight are not in the page."""

NUMBERED = {
    "casework": 1,
    "key": "numbered",
    "name": "0",
    "tasks": [{"key": f"t{n}", "name": str(n), "kind": "human", "next": [{"to": f"t{n + 1}"}]} for n in (1, 2)]
    + [{"key": "t3", "name": "3", "kind": "human"}],
}
"""Its names have no letters, so that every letter on the screen is the app's own."""


@pytest.fixture(scope="module")
def office(server):
    with scene(server, workflow=SHORT) as found:
        yield found


@pytest.fixture
def page(browser):
    with browsers.building(browser) as found:
        yield found


@pytest.fixture
def inside(page, office):
    office.manager.enter(page, office.address)
    return page


def _yaml(page):
    return page.get_by_role("textbox", name="Definition as YAML")


def _edit(page, office):
    page.goto(office.at(f"workflows/{office.workflow_id}/edit"))
    page.get_by_role("button", name="Ask for leave").wait_for()
    expect(_yaml(page)).to_contain_text("output.granted")


def _add(page, name):
    page.get_by_role("group", name="Add a task").get_by_role("button", name="Person").click()
    page.get_by_role("region", name="Properties of the task").get_by_role("textbox", name="Name", exact=True).fill(name)


def test_a_builder_draws_three_tasks_publishes_them_and_a_case_runs_through(inside, office):
    inside.goto(office.at("workflows/new"))
    inside.get_by_label("Name of the workflow").fill("Sample: refunds")
    inside.get_by_role("textbox", name="Key", exact=True).fill("refunds")
    for name in ("Take it in", "Decide", "Pay it"):
        _add(inside, name)
    expect(_yaml(inside)).to_contain_text("name: Pay it")
    inside.get_by_role("button", name="Publish").click()
    inside.get_by_role("dialog").get_by_role("button", name="Publish it").click()
    inside.wait_for_url(re.compile(r"/workflows/\d+$"))
    expect(inside.get_by_role("heading", name="Sample: refunds")).to_be_visible()
    client = office.manager.client
    workflow = inside.url.rsplit("/", 1)[1]
    made = client.post(f"{office.api}/assignments", json={"workflowId": int(workflow), "title": "Sample: a refund"})
    case = made.json()
    for task in ("Take it in", "Decide", "Pay it"):
        activity = office.activity(case)
        assert activity["attributes"]["name"] == task
        at = f"/api/v3/workflow/activities/{activity['id']}"
        taken = client.patch(f"{at}/assign", json={"self_assigning": True, "start_working": True})
        assert taken.is_success, taken.text
        done = client.patch(f"{at}/complete", json={"data": {}})
        assert done.is_success, done.text
    assert client.get(f"{office.api}/assignments/{case['id']}").json()["status"] == "completed"


def test_text_drawing_and_form_agree_and_every_edit_is_undone_across_them(inside, office):
    _edit(inside, office)
    inside.get_by_role("button", name="File it").click()
    form = inside.get_by_role("region", name="Properties of the task")
    form.get_by_role("textbox", name="Name", exact=True).fill("Put it away")
    expect(_yaml(inside)).to_contain_text("name: Put it away")
    _yaml(inside).press("Control+End")
    inside.keyboard.type("output: 'true' # whatever came of it\n")
    _add(inside, "Tell everybody")
    expect(inside.get_by_role("button", name="Tell everybody")).to_be_visible()
    expect(_yaml(inside)).to_contain_text("# whatever came of it")
    undo = inside.get_by_role("button", name="Undo the last edit")
    while undo.is_enabled():
        undo.click()
    expect(inside.get_by_role("button", name="File it")).to_be_visible()
    expect(_yaml(inside)).not_to_contain_text("whatever")
    inside.get_by_role("button", name="Redo").click()
    expect(_yaml(inside)).to_contain_text("name: Put it away")


def test_what_is_wrong_is_told_with_its_line_and_cannot_be_published(inside, office):
    _edit(inside, office)
    inside.get_by_role("button", name="Decide on leave").click()
    condition = inside.get_by_role("group", name="Way 1").get_by_label("When (CEL)")
    condition.fill("output.granted &&")
    problems = inside.get_by_role("region", name="Problems")
    expect(problems.get_by_role("status")).to_have_text("1 problem keeps it from being published")
    expect(inside.get_by_role("button", name="Publish")).to_be_disabled()
    problems.get_by_role("button", name=re.compile(r"Line \d+")).click()
    expect(_yaml(inside)).to_be_focused()
    expect(inside.locator(".cm-wrong")).to_contain_text("output.granted &&")
    condition.fill("output.granted == true")
    expect(problems.get_by_role("status")).to_have_text("It can be published.")
    expect(inside.get_by_role("button", name="Publish")).to_be_enabled()


def test_publishing_tells_what_it_means_for_open_cases(inside, office):
    office.start("Sample: a week in August")
    _edit(inside, office)
    inside.get_by_role("button", name="Ask for leave").click()
    inside.get_by_role("region", name="Properties of the task").get_by_label("Instructions").fill("Say when.")
    inside.get_by_role("button", name="Publish").click()
    dialog = inside.get_by_role("dialog")
    expect(dialog).to_contain_text("1 open case stands on a task that this removes or changes.")
    expect(dialog.get_by_role("row", name=re.compile("Ask for leave Changed 1"))).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", ["new", "edit", "list"])
def test_axe_finds_nothing_in_the_builder(inside, office, scheme, screen):
    inside.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    if screen == "edit":
        _edit(inside, office)
        inside.get_by_role("button", name="Ask for leave").click()
    elif screen == "new":
        inside.goto(office.at("workflows/new"))
        expect(_yaml(inside)).to_be_visible()
        expect(inside.get_by_text(re.compile("keeps? it from being published"))).to_be_visible()
    else:
        inside.goto(office.at("workflows"))
        inside.get_by_role("link", name=SHORT["name"], exact=True).wait_for()
    assert violations(inside) == []


def test_everything_in_the_builder_is_translated(inside, office):
    inside.evaluate("localStorage.setItem('casework.language', 'pseudo')")
    made = office.manager.client.post(f"{office.api}/workflows", json=NUMBERED)
    inside.goto(office.at(f"workflows/{made.json()['id']}/edit"))
    inside.get_by_role("main").get_by_role("button", name=re.compile(r"^2\b")).click()
    inside.get_by_role("heading", name="2", exact=True).wait_for()
    assert inside.evaluate(PLAIN) == []
