"""A manager asks where work piles up."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import violations
from tests.e2e.scene import scene
from tests.e2e.test_translation import PLAIN

WAITING = 5


@pytest.fixture(scope="module")
def busy(server):
    with scene(server) as found:
        for number in range(WAITING):
            found.start(f"Sample: leave {number}", days=number)
        decided = found.start("Sample: a long leave", days=9)
        activity = found.activity(decided)["id"]
        me = found.manager.client
        for move, body in (
            ("assign", {"self_assigning": True, "start_working": True}),
            ("complete", {"data": {"from": "2026-08-03", "kind": "holiday", "days": 9}}),
        ):
            answer = me.patch(f"/api/v3/workflow/activities/{activity}/{move}", json=body)
            assert answer.is_success, answer.text
        yield found


@pytest.fixture
def inside(page, busy):
    busy.manager.enter(page, busy.address)
    return page


def test_a_manager_finds_the_bottleneck_and_the_cases_on_it(inside, busy):
    inside.goto(busy.at("workflows"))
    inside.get_by_role("link", name="Leave").click()
    named = inside.get_by_role("region", name="Bottlenecks").get_by_role("button", name=re.compile("Ask for leave"))
    expect(named).to_contain_text(f"{WAITING} waiting")
    expect(named).to_contain_text("oldest")
    named.click()
    panel = inside.get_by_role("region", name="Task", exact=True)
    expect(panel.get_by_role("heading", name="Ask for leave")).to_be_visible()
    panel.get_by_role("link", name="Sample: leave 3").first.click()
    inside.wait_for_url(f"**/cases/{busy.cases[3]['id']}")


def test_the_map_shows_every_task_with_its_count_and_its_conditions(inside, busy):
    inside.goto(busy.at(f"workflows/{busy.workflow_id}"))
    expect(inside.get_by_role("button", name=re.compile(f"^Ask for leave: {WAITING} waiting"))).to_be_visible()
    expect(inside.get_by_role("button", name=re.compile("^Decide on leave: 1 waiting"))).to_be_visible()
    expect(inside.get_by_text("output.days > 2")).to_be_visible()
    inside.get_by_role("button", name=re.compile("^Decide on leave")).click()
    expect(inside.get_by_role("link", name="Sample: a long leave").first).to_be_visible()
    inside.get_by_label("Begun until").fill("2020-01-01")
    expect(inside.get_by_role("button", name=re.compile("^Ask for leave: 0 waiting"))).to_be_visible()
    expect(inside.get_by_text("Nothing waits")).to_be_visible()


def test_the_table_says_the_same_by_keyboard(inside, busy):
    inside.goto(busy.at(f"workflows/{busy.workflow_id}"))
    inside.get_by_role("radio", name="Map").focus()
    inside.keyboard.press("ArrowRight")
    row = inside.get_by_role("row", name=re.compile("^Ask for leave"))
    expect(row.get_by_role("cell").nth(1)).to_have_text(str(WAITING))
    expect(row).to_contain_text("Decide on leave when output.days > 2")
    row.get_by_role("button", name="Ask for leave").focus()
    inside.keyboard.press("Enter")
    expect(inside.get_by_role("region", name="Task", exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", ["map", "table"])
def test_axe_finds_nothing_on_the_map(inside, busy, scheme, view):
    inside.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    inside.goto(busy.at(f"workflows/{busy.workflow_id}?task=ask&view={view}"))
    inside.get_by_role("link", name="Sample: leave 0").first.wait_for()
    inside.get_by_role("button", name=re.compile("^File it")).wait_for()
    assert violations(inside) == []


def test_everything_on_the_map_is_translated(inside, busy):
    inside.evaluate("localStorage.setItem('casework.language', 'pseudo')")
    for view in ("map", "table"):
        inside.goto(busy.at(f"workflows/{busy.workflow_id}?task=ask&view={view}"))
        inside.get_by_role("link", name="Sample: leave 0").first.wait_for()
        inside.get_by_role("button", name=re.compile("^File it")).wait_for()
        assert inside.evaluate(PLAIN) == []
