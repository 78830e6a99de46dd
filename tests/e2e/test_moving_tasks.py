"""Somebody who arranges a drawing in the builder: by pointer and by keys, and goes back."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import browser as browsers
from tests.e2e.axe import violations_in_both_schemes
from tests.e2e.scene import scene

SHORT = {
    "casework": 1,
    "key": "parcel",
    "name": "Parcel",
    "tasks": [
        {"key": "pack", "name": "Pack it", "kind": "human", "next": [{"to": "send"}]},
        {"key": "send", "name": "Send it", "kind": "human", "next": [{"to": "tell"}]},
        {"key": "tell", "name": "Tell them", "kind": "human"},
    ],
}

PLACES = """
(nodes) => Object.fromEntries(nodes.map((one) => {
  const { m41, m42 } = new DOMMatrix(getComputedStyle(one).transform);
  return [one.dataset.id, [m41, m42]];
}))
"""


@pytest.fixture(scope="module")
def office(server):
    with scene(server, workflow=SHORT) as found:
        yield found


@pytest.fixture
def page(browser):
    with browsers.building(browser) as found:
        yield found


@pytest.fixture
def drawing(page, office):
    office.manager.enter(page, office.address)
    _open(page, office)
    return page


def _open(page, office):
    page.goto(office.at(f"workflows/{office.workflow_id}/edit"))
    page.get_by_role("button", name="Pack it").wait_for()


def _places(page):
    """Where the drawing has its tasks, by key."""
    return page.locator(".react-flow__node").evaluate_all(PLACES)


def _wait_until_moved(page, key, before):
    script = f"([key, x, y]) => {{ const all = ({PLACES})([...document.querySelectorAll('.react-flow__node')]); "
    page.wait_for_function(f"{script} return all[key][0] !== x || all[key][1] !== y; }}", arg=[key, *before[key]])
    return _places(page)


def _wait_until_as(page, places):
    script = f"(wanted) => JSON.stringify(({PLACES})([...document.querySelectorAll('.react-flow__node')])) === wanted"
    page.wait_for_function(script, arg=_json(page, places))


def _json(page, places):
    return page.evaluate("JSON.stringify", places)


def _drag(page, name, by):
    box = page.get_by_role("button", name=name).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0], y + by[1], steps=8)
    page.mouse.up()


def test_a_task_is_dragged_where_somebody_wants_it_stays_there_and_tidying_up_lays_it_out_again(drawing, office):
    before = _places(drawing)
    tidy = drawing.get_by_role("button", name="Tidy up")
    expect(tidy).to_be_disabled()
    _drag(drawing, "Send it", (0, 120))
    moved = _wait_until_moved(drawing, "send", before)
    assert moved["send"][1] > before["send"][1] + 50
    assert (moved["pack"], moved["tell"]) == (before["pack"], before["tell"])
    expect(drawing.get_by_role("region", name="Properties of the task")).to_have_count(0)  # dragging is no press
    expect(drawing.get_by_role("button", name="Publish")).to_be_disabled()  # the definition says nothing of places
    _open(drawing, office)
    _wait_until_as(drawing, moved)
    tidy.click()
    _wait_until_as(drawing, before)
    expect(tidy).to_be_disabled()
    _open(drawing, office)
    assert _places(drawing) == before


def test_a_task_is_moved_by_arrow_keys_and_undone_as_one_step(drawing):
    before = _places(drawing)
    task = drawing.get_by_role("button", name="Pack it")
    task.focus()
    drawing.keyboard.press("ArrowDown")
    moved = _wait_until_moved(drawing, "pack", before)
    assert moved["pack"] == [before["pack"][0], before["pack"][1] + 20]
    drawing.keyboard.press("Shift+ArrowLeft")
    further = _wait_until_moved(drawing, "pack", moved)
    assert further["pack"][0] == moved["pack"][0] - 100
    expect(task).to_be_focused()
    expect(task).to_have_accessible_description("The arrow keys move the task, with Shift further.")
    expect(drawing.get_by_role("status").filter(has_text="Moved to")).to_have_count(1)
    assert violations_in_both_schemes(drawing) == []
    drawing.get_by_role("button", name="Undo the last edit").click()
    _wait_until_as(drawing, before)
    drawing.get_by_role("button", name="Redo").click()
    _wait_until_as(drawing, further)
    drawing.get_by_role("button", name="Tidy up").click()
    _wait_until_as(drawing, before)
    drawing.get_by_role("button", name="Undo the last edit").click()
    _wait_until_as(drawing, further)


def test_a_new_task_moves_none_that_somebody_placed_and_one_that_is_dropped_stands_where_it_fell(drawing):
    start = _places(drawing)
    _drag(drawing, "Tell them", (-200, 130))
    before = _wait_until_moved(drawing, "tell", start)
    drawing.get_by_role("button", name="Tell them").click()
    drawing.get_by_role("group", name="Add a task").get_by_role("button", name="Person").click()
    added = drawing.get_by_role("button", name=re.compile("^New task"))
    expect(added).to_be_visible()
    after = _places(drawing)
    assert {key: after[key] for key in before} == before
    assert after["new_task"][0] > after["tell"][0]
    canvas = drawing.get_by_role("application")
    call = drawing.get_by_role("group", name="Add a task").get_by_role("button", name="HTTP call")
    call.drag_to(canvas, target_position={"x": 160, "y": 60})
    made = drawing.get_by_role("button", name=re.compile("^New call"))
    expect(made).to_be_visible()
    frame, box = canvas.bounding_box(), made.bounding_box()
    assert abs(box["x"] + box["width"] / 2 - frame["x"] - 160) < 3
    assert abs(box["y"] + box["height"] / 2 - frame["y"] - 60) < 3
    drawing.get_by_role("button", name="Undo the last edit").click()
    expect(made).to_have_count(0)


def test_ways_are_still_drawn_from_handle_to_handle(drawing):
    source = drawing.locator('.react-flow__node[data-id="tell"] .react-flow__handle.source')
    target = drawing.locator('.react-flow__node[data-id="pack"] .react-flow__handle.target')
    source.drag_to(target)
    expect(drawing.get_by_role("textbox", name="Definition as YAML")).to_contain_text("to: pack")
