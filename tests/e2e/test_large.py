"""Much to do and large workflows: what a page holds and draws stays little. `python -m benchmarks browser` times it."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import pytest
from benchmarks.branching import branching
from benchmarks.filling import fill
from playwright.sync_api import expect

from casework.core.actor import Assignee
from tests.e2e.scene import scene

ROWS = 10_000
HELD_MAX = 40
"""As many rows as are in sight, and a few above and below."""

TASKS = 200

MOST_ROWS = """
(list) => {
  window.mostRows = list.children.length;
  const count = () => { window.mostRows = Math.max(window.mostRows, list.children.length); };
  new MutationObserver(count).observe(list, { childList: true });
}
"""

DRAWN = """
(buttons) => {
  const drawn = (one) => one[Object.keys(one).find((name) => name.startsWith("__reactProps$"))];
  const before = new Map(buttons.map((one) => [one, drawn(one)]));
  if ([...before.values()].includes(undefined)) throw new Error("React keeps what it drew elsewhere now.");
  window.drawnAnew = () => buttons.filter((one) => drawn(one) !== before.get(one)).map((one) => one.textContent);
}
"""
"""React keeps with each element the properties that it drew it with: another object once it is drawn anew."""


@pytest.fixture(scope="module")
def busy(server, server_database):
    with scene(server) as found, ThreadPoolExecutor() as aside:
        aside.submit(asyncio.run, _filled(server_database, found)).result()
        yield found


async def _filled(url, office):
    """In a thread of its own: the browser's library has a loop running in the tests'."""
    manager = office.manager
    me = Assignee(
        account_id=manager.account_id, member_id=manager.member_id, name="", actor_roles=frozenset(), in_project=True
    )
    connection = await asyncpg.connect(url)
    tasks = await connection.fetch("select id from tasks where workflow_id = $1 order by ordinal", office.workflow_id)
    await fill(connection, office.workflow_id, [task["id"] for task in tasks], [me], ROWS)
    await connection.close()


@pytest.fixture(scope="module")
def wide(server):
    with scene(server, workflow=branching("large", "Large", TASKS)) as found:
        yield found


def _tasks(page):
    """Those of the drawing."""
    return page.get_by_role("application").get_by_role("button", name=re.compile(r"part \d|about \d"))


def test_a_list_holds_few_rows_while_it_scrolls_to_its_very_end_and_goes_on_from_there_by_key(page, busy):
    busy.manager.enter(page, busy.address)
    page.goto(busy.at("inbox?view=all"))
    expect(page.get_by_role("status").filter(has_text=f"{ROWS} tasks")).to_be_visible()
    rows = page.get_by_role("list", name="Inbox", exact=True)
    expect(page.get_by_role("link", name=re.compile(r"^Case 1\b"))).to_be_visible()
    rows.evaluate(MOST_ROWS)
    for part in (0.25, 0.5, 0.75, 1):
        rows.evaluate("(list, part) => list.parentElement.scrollTo(0, part * list.scrollHeight)", part)
        expect(rows.locator(f'li[aria-posinset="{round(ROWS * part)}"] a')).to_be_visible()
    last = page.get_by_role("link", name=re.compile(rf"^Case {ROWS}\b"))
    expect(last).to_be_in_viewport()
    last.click()
    expect(last).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("complementary", name="The case")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name=re.compile(rf"^Case {ROWS - 1}\b"))).to_have_attribute("aria-current", "page")
    assert page.evaluate("window.mostRows") <= HELD_MAX


def test_a_map_and_its_table_show_every_task_and_draw_anew_only_what_is_chosen(page, wide):
    wide.manager.enter(page, wide.address)
    page.goto(wide.at(f"workflows/{wide.workflow_id}"))
    expect(_tasks(page)).to_have_count(TASKS)
    chosen = page.get_by_role("button", name=re.compile("^Look at part 0:"))
    expect(chosen).to_have_attribute("aria-pressed", "false")
    _tasks(page).evaluate_all(DRAWN)
    chosen.press("Enter")
    expect(chosen).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("region", name="Task", exact=True)).to_be_visible()
    (drawn,) = page.evaluate("window.drawnAnew()")
    assert drawn.startswith("Look at part 0")
    page.get_by_role("radio", name="Map").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(1 + TASKS)


def test_what_is_typed_in_a_large_definition_draws_its_own_task_anew_and_no_other(page, wide):
    wide.manager.enter(page, wide.address)
    page.goto(wide.at(f"workflows/{wide.workflow_id}/edit"))
    expect(_tasks(page)).to_have_count(TASKS)
    expect(page.get_by_text("It can be published.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Look at part 0")).press("Enter")
    _tasks(page).evaluate_all(DRAWN)
    form = page.get_by_role("region", name="Properties of the task")
    name = form.get_by_role("textbox", name="Name", exact=True)
    name.press("End")
    name.press("!")
    expect(page.get_by_role("button", name=re.compile("^Look at part 0!"))).to_be_visible()
    expect(page.get_by_text("It can be published.")).to_be_visible()
    (drawn,) = page.evaluate("window.drawnAnew()")
    assert drawn.startswith("Look at part 0!")
    yaml = page.get_by_role("textbox", name="Definition as YAML")
    expect(yaml).to_contain_text("Look at part 0!")
    yaml.press("Control+z")
    expect(yaml).not_to_contain_text("Look at part 0!")
