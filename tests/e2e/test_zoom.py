"""At 200 % and 400 % of a screen of 1280 pixels nothing is lost, and less moves for those who ask for it."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import screens

ZOOMED = {"200 %": {"width": 640, "height": 400}, "400 %": {"width": 320, "height": 256}}
"""What the page has, in its own pixels, of 1280 by 800, and of the 1280 by 1024 that WCAG 1.4.10 measures by."""

ACTIONS = {
    "inbox": ("button", "Next"),
    "inbox?view=all": ("link", "Sample: leave for 5 days"),
    "cases": ("link", "Sample: leave for 5 days"),
    "workflows": ("link", "New workflow"),
    "chats": ("button", "New chat"),
    "analytics": ("combobox", "Workflow"),
    "admin/members": ("button", "Add a member"),
    "admin/roles": ("button", "Add a role"),
    "admin/grants": ("button", "Grant"),
    "admin/keys": ("button", "Make a key"),
    "admin/secrets": ("button", "Add a secret"),
    "admin/webhooks": ("button", "Add a webhook"),
    "admin/schedules": ("button", "Add a schedule"),
    "admin/hooks": ("button", "Add a hook"),
    "admin/limits": ("button", "Save"),
    "admin/audit": ("searchbox", "Types"),
    "inbox/{activity}": ("button", "Take and start"),
    "cases/{case}": ("button", "Cancel the case"),
    "chats/{chat}": ("button", "Take over"),
    "workflows/{workflow}": ("button", "Ask for leave"),
    "workflows/{workflow}?view=table": ("button", "Ask for leave"),
    "workflows/{workflow}/edit": ("button", "Person"),
    "settings": ("switch", "Single-key shortcuts"),
    "nothing": ("link", "Go to the inbox"),
}
"""What a screen is for, by role and name."""

WIDE = """() => [...document.querySelectorAll("html, body, main, main *")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .filter((one) => one === document.documentElement || /auto|scroll/.test(getComputedStyle(one).overflowX))
  .filter((one) => !one.closest("[role=region][tabindex], pre, .cm-editor, input, textarea"))
  .map((one) => `${one.tagName} ${one.className}: ${one.scrollWidth} in ${one.clientWidth}`)"""
"""What is scrolled sideways, but for tables, code and text fields, which have two dimensions of their own."""

MOVING = """() => [...document.querySelectorAll("*")].filter((one) => {
  const { transitionDuration, animationDuration } = getComputedStyle(one);
  return `${transitionDuration}, ${animationDuration}`.split(", ").some((length) => parseFloat(length) > 0.001);
}).length"""
"""How many elements take more than a moment to change."""


@pytest.fixture
def inside(page, full):
    full.office.manager.enter(page, full.office.address)
    return page


def test_every_screen_is_looked_at():
    assert list(ACTIONS) == [*screens.LISTS, *screens.SINGLE, *screens.FIXED]


@pytest.mark.parametrize("screen", ACTIONS)
def test_a_zoomed_screen_scrolls_in_one_direction_and_its_action_is_within_reach(inside, full, screen):
    role, name = ACTIONS[screen]
    inside.goto(full.at(screen))
    screens.settle(inside)
    for zoom, size in ZOOMED.items():
        inside.set_viewport_size(size)
        assert inside.evaluate(WIDE) == [], zoom
        inside.locator("main").get_by_role(role, name=re.compile(f"^{re.escape(name)}")).first.click(trial=True)


@pytest.mark.parametrize("screen", ["inbox", "workflows/{workflow}", "chats/{chat}"])
def test_less_moves_for_those_who_ask_for_it(inside, full, screen):
    inside.goto(full.at(screen))
    screens.settle(inside)
    inside.keyboard.press("Control+k")
    expect(inside.get_by_role("textbox", name="Search and commands")).to_be_visible()
    assert inside.evaluate(MOVING) > 0
    inside.emulate_media(reduced_motion="reduce")
    assert inside.evaluate(MOVING) == 0
