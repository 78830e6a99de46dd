"""Somebody looks into a case that could not go on, and decides what becomes of it."""

import pytest
from playwright.sync_api import expect

from tests.e2e import browser as browsers
from tests.e2e.axe import violations
from tests.e2e.scene import scene
from tests.e2e.test_translation import PLAIN

SUMS = {
    "casework": 1,
    "key": "sums",
    "name": "0",
    "on_failure": "incident",
    "tasks": [
        {
            "key": "sum",
            "name": "1",
            "kind": "set",
            "values": {"total": "=input.n + 1"},
            "output": {
                "type": "object",
                "required": ["total"],
                "properties": {"total": {"type": "integer", "title": "2"}},
            },
            "next": [{"to": "look"}],
        },
        {"key": "look", "name": "3", "kind": "human"},
    ],
}
"""Its sum of a text and a number fails; its names have no letters, so that every letter on the screen is the app's."""


@pytest.fixture(scope="module")
def office(server):
    with scene(server, workflow=SUMS) as found:
        yield found


@pytest.fixture
def page(browser):
    """A page whose console may tell that a case which has just ended has no current task any more."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    with browsers.watched(context, tolerated=("401 (Unauthorized)", "404 (Not Found)*/current-task-detail")) as found:
        yield found
    context.close()


@pytest.fixture
def case(office):
    return office.start("4", n="7")


def _open(page, office, case, who=None):
    (who or office.manager).enter(page, office.address)
    page.goto(office.at(f"cases/{case['id']}"))
    return page.get_by_role("region", name="Waits for a decision")


def _status(office, case):
    return office.manager.client.get(f"{office.api}/assignments/{case['id']}").json()["status"]


def test_what_failed_is_told_and_the_case_goes_on_with_what_somebody_fills_in(page, office, case):
    waiting = _open(page, office, case)
    expect(waiting.get_by_text("could not be evaluated")).to_be_visible()
    assert violations(page) == []
    waiting.get_by_role("button", name="Go on with data").click()
    dialog = page.get_by_role("dialog", name="Go on with data")
    dialog.get_by_role("button", name="Go on with this").click()
    expect(dialog.get_by_text("This is needed.")).to_be_visible()
    expect(dialog.get_by_label("2")).to_be_focused()
    page.keyboard.type("8")
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_text("Completed with data: 1")).to_be_visible()
    expect(waiting).to_be_hidden()
    expect(page.locator("#content")).to_be_focused()
    steps = page.get_by_role("region", name="Steps")
    steps.get_by_text("1", exact=True).first.click()
    expect(steps.get_by_text("8", exact=True)).to_be_visible()
    expect(page.get_by_text("Failed for good, waits for a decision: 1")).to_be_visible()
    assert office.activity(case)["attributes"]["name"] == "3"


def test_a_step_is_tried_again_by_the_keyboard_and_fails_again(page, office, case):
    waiting = _open(page, office, case)
    waiting.get_by_role("button", name="Try again").focus()
    with page.expect_response(lambda answer: answer.url.endswith("/retry") and answer.ok):
        page.keyboard.press("Enter")
    expect(page.get_by_text("Tried again: 1")).to_be_visible()
    expect(waiting.get_by_text("could not be evaluated")).to_be_visible()
    expect(page.get_by_text("Failed for good, waits for a decision: 1")).to_have_count(2)


@pytest.mark.parametrize(
    ("what", "said", "then"),
    [("Go on without it", "Went on without: 1", "pending"), ("Let the case fail", "The case failed at: 1", "failed")],
)
def test_to_leave_a_step_out_or_give_up_is_asked_twice(page, office, case, what, said, then):
    waiting = _open(page, office, case)
    waiting.get_by_role("button", name=what).click()
    page.get_by_role("dialog", name=what).get_by_role("button", name="Cancel").click()
    expect(waiting.get_by_role("button", name=what)).to_be_focused()
    waiting.get_by_role("button", name=what).click()
    page.get_by_role("dialog", name=what).get_by_role("button", name=what).click()
    expect(page.get_by_text(said)).to_be_visible()
    assert _status(office, case) == then


def test_who_may_only_look_is_offered_nothing(page, office, case):
    body = {"name": "Watcher", "scopes": ["assignments:read", "activities:read", "events:read"]}
    made = office.manager.client.post(f"{office.api}/roles", json=body)
    assert made.is_success, made.text
    waiting = _open(page, office, case, office.person(role="Watcher"))
    expect(waiting.get_by_text("could not be evaluated")).to_be_visible()
    expect(waiting.get_by_role("button")).to_have_count(0)


def test_everything_about_an_incident_is_translated(page, office, case):
    office.manager.enter(page, office.address)
    page.evaluate("localStorage.setItem('casework.language', 'pseudo')")
    page.goto(office.at(f"cases/{case['id']}"))
    page.get_by_role("region", name="Waits for a decision").get_by_role("button", name="Go on with data").click()
    page.get_by_role("dialog").get_by_role("button", name="Go on with this").wait_for()
    assert page.evaluate(PLAIN) == []
