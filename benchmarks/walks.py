"""What people do in the web app, step by step, on each of its screens that may hold much."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, Page, expect

from benchmarks.paint import Watch

PAUSES = 5
"""How often what is done many times over is done: letters, keys, turns of the wheel."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A page that is signed in, and what there is to see."""

    page: Page
    at: str
    cases: int
    tasks: int
    name: str
    workflow_id: int

    async def go(self, place: str) -> None:
        await self.page.get_by_role("navigation", name="Main").get_by_role("link", name=place).click()

    def row(self, number: int) -> Locator:
        """A row of the inbox that is there, counted from 1."""
        return self.page.locator(f'li[aria-posinset="{number}"] a')

    @property
    def nodes(self) -> Locator:
        return self.page.locator(".react-flow__node")


Walk = Callable[[Desk, Watch, int], Awaitable[None]]


async def inbox(desk: Desk, watch: Watch, times: int) -> None:
    page = desk.page
    for _ in range(times):
        async with watch.step("inbox: first load"):
            await page.goto(f"{desk.at}/inbox?view=all")
            await desk.row(1).wait_for()
        await desk.go("Cases")
        await page.get_by_role("row").nth(1).wait_for()
        await desk.go("Inbox")
        async with watch.step("inbox: choose all open"):
            await page.get_by_text("All open", exact=True).click()
            await desk.row(1).wait_for()
        async with watch.step("inbox: open an activity"):
            await desk.row(2).click()
            await page.get_by_role("heading", level=1).nth(1).wait_for()
        for _ in range(PAUSES):
            async with watch.step("inbox: next row by key"):
                await page.keyboard.press("j")
        workflow = page.get_by_role("combobox", name="Workflow")
        async with watch.step("inbox: open the workflow filter"):
            await workflow.click()
            await page.get_by_role("option").first.wait_for()
        for letter in "large":
            async with watch.step("inbox: type in the workflow filter"):
                await workflow.press(letter)
        await page.get_by_role("option", name=desk.name).click()
        await desk.row(1).wait_for()
        await _scrolls(desk, watch)
        async with watch.step("inbox: mark a row"):
            await page.get_by_role("checkbox").last.click()


async def _scrolls(desk: Desk, watch: Watch) -> None:
    page = desk.page
    rows = page.get_by_role("list", name="Inbox").locator("..")
    await rows.hover()
    for _ in range(PAUSES):
        async with watch.step("inbox: turn the wheel"):
            await page.mouse.wheel(0, 700)
    for name, share in (("middle", 0.5), ("end", 1)):
        async with watch.step(f"inbox: scroll to the {name}"):
            await rows.evaluate("(one, share) => one.scrollTo(0, share * one.scrollHeight)", share)
            await desk.row(round(desk.cases * share)).wait_for()


async def cases(desk: Desk, watch: Watch, times: int) -> None:
    page = desk.page
    for _ in range(times):
        await page.goto(f"{desk.at}/workflows")
        await page.get_by_role("row").nth(1).wait_for()
        async with watch.step("cases: open"):
            await desk.go("Cases")
            await page.get_by_role("row").nth(50).wait_for()
        async with watch.step("cases: next page"):
            await page.get_by_role("button", name="After").click()
            await page.get_by_text(re.compile(r"\b51\D100\b")).wait_for()
        async with watch.step("cases: choose those that wait"):
            await page.get_by_text("New", exact=True).first.click()
            await page.get_by_text(re.compile(r"\b1\D50\b")).wait_for()
        async with watch.step("cases: open a case"):
            await page.get_by_role("row").nth(1).get_by_role("link").first.click()
            await page.get_by_role("heading", name="Where the time went").wait_for()


async def workflows(desk: Desk, watch: Watch, times: int) -> None:
    page = desk.page
    for _ in range(times):
        await page.goto(f"{desk.at}/cases")
        await page.get_by_role("row").nth(1).wait_for()
        async with watch.step("workflows: open"):
            await desk.go("Workflows")
            await page.get_by_role("row").nth(50).wait_for()
        for letter in "large":
            async with watch.step("workflows: type a name"):
                await page.get_by_role("searchbox", name="Find by name").press(letter)
        async with watch.step("map: open"):
            await page.get_by_role("link", name=desk.name, exact=True).click()
            await desk.nodes.nth(desk.tasks - 1).wait_for()
        await _map(desk, watch)


async def _map(desk: Desk, watch: Watch) -> None:
    page = desk.page
    for _ in range(PAUSES):
        async with watch.step("map: zoom in by a press"):
            await page.get_by_role("button", name="Larger").click()
    async with watch.step("map: pan"):
        await _drag(page, *await _spot(desk), by=(-300, 40))
    async with watch.step("map: zoom by the wheel"):
        for _ in range(PAUSES):
            await page.mouse.wheel(0, 120)
    for node in (await _nodes_in_sight(desk))[:2]:
        async with watch.step("map: choose a task"):
            await node.click()
            await page.get_by_role("region", name="Task", exact=True).wait_for()
    async with watch.step("map: heat by age"):
        await page.get_by_text("Oldest", exact=True).first.click()
    async with watch.step("map: as a table"):
        await page.get_by_text("Table", exact=True).first.click()
        await page.get_by_role("row").nth(desk.tasks).wait_for()
    async with watch.step("map: choose a task in the table"):
        await page.get_by_role("row").nth(5).get_by_role("button").click()


async def _spot(desk: Desk) -> tuple[float, float]:
    """A place of the drawing where no task is: at its upper edge."""
    box = await desk.page.locator(".react-flow").bounding_box()
    assert box is not None
    return box["x"] + box["width"] * 0.6, box["y"] + 8


async def _drag(page: Page, x: float, y: float, *, by: tuple[float, float]) -> None:
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + by[0], y + by[1], steps=20)
    await page.mouse.up()


async def _nodes_in_sight(desk: Desk) -> list[Locator]:
    """The tasks that are whole within the drawing, and that nothing covers."""
    frame = await desk.page.locator(".react-flow").bounding_box()
    found = await desk.nodes.evaluate_all(_INSIDE, frame)
    return [desk.page.locator(f'.react-flow__node[data-id="{key}"] button') for key in found]


_INSIDE = """
(nodes, frame) => nodes.filter((one) => {
  const box = one.getBoundingClientRect();
  const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return box.left > frame.x && box.right < frame.x + frame.width && box.top > frame.y
    && box.bottom < frame.y + frame.height && one.contains(middle);
}).map((one) => one.dataset.id)
"""


async def builder(desk: Desk, watch: Watch, times: int) -> None:
    page = desk.page
    page.on("dialog", _accept)
    for _ in range(times):
        await page.goto(f"{desk.at}/workflows/{desk.workflow_id}")
        await desk.nodes.nth(desk.tasks - 1).wait_for()
        async with watch.step("builder: open"):
            await page.get_by_role("link", name="Edit").click()
            await desk.nodes.nth(desk.tasks - 1).wait_for()
            await page.get_by_role("textbox", name="Definition as YAML").wait_for()
        await _checked(desk)
        await _typing(desk, watch)
        await _form(desk, watch)
        await _drawing(desk, watch)


async def _accept(dialog: Any) -> None:
    await dialog.accept()


async def _checked(desk: Desk) -> None:
    """The server has said what it has against the text."""
    await expect(desk.page.get_by_role("region", name="Problems").get_by_role("status")).to_contain_text("publish")


async def _typing(desk: Desk, watch: Watch) -> None:
    page = desk.page
    await page.get_by_role("textbox", name="Definition as YAML").press("Control+Home")
    for key in ("ArrowDown", "ArrowDown", "End"):
        await page.keyboard.press(key)
    for letter in " more"[:PAUSES]:
        async with watch.step("builder: type in the YAML"):
            await page.keyboard.press(letter)
    async with watch.step("builder: checked after a pause"):
        await _checked(desk)
    async with watch.step("builder: undo by key"):
        await page.keyboard.press("Control+z")
    await _checked(desk)


async def _form(desk: Desk, watch: Watch) -> None:
    page = desk.page
    for _ in range(PAUSES):
        await page.get_by_role("button", name="Larger").click()
    (node, *_others) = await _nodes_in_sight(desk)
    form = page.get_by_role("region", name="Properties of the task")
    async with watch.step("builder: choose a task"):
        await node.click()
        await form.wait_for()
    for letter in " more"[:PAUSES]:
        async with watch.step("builder: type a task's name"):
            await form.get_by_role("textbox", name="Name", exact=True).press(letter)
    async with watch.step("builder: open the choice of a way"):
        await form.get_by_role("combobox", name="Add a way to").click()
        await page.get_by_role("option").first.wait_for()
    await page.keyboard.press("Escape")
    await _checked(desk)


async def _drawing(desk: Desk, watch: Watch) -> None:
    page = desk.page
    async with watch.step("builder: add a task"):
        await page.get_by_role("group", name="Add a task").get_by_role("button", name="Person").click()
        await desk.nodes.nth(desk.tasks).wait_for()
    await _checked(desk)
    async with watch.step("builder: undo by a press"):
        await page.get_by_role("button", name="Undo the last edit").click()
        await expect(desk.nodes).to_have_count(desk.tasks)
    await _checked(desk)


async def analytics(desk: Desk, watch: Watch, times: int) -> None:
    for _ in range(times):
        async with watch.step("analytics: first load"):
            await desk.page.goto(f"{desk.at}/analytics?workflow={desk.workflow_id}")
            await desk.page.get_by_role("row").nth(1).wait_for()


WALKS: tuple[Walk, ...] = (inbox, cases, workflows, builder, analytics)
