"""The web app in Chromium with 100,000 open activities and a workflow of 200 tasks: how soon each step is painted."""

import shutil
import time

from playwright.async_api import BrowserContext, Page, async_playwright
from tests.e2e.browser import NAMES, WAIT_MILLISECONDS

from benchmarks.automation import published
from benchmarks.branching import branching
from benchmarks.filling import fill
from benchmarks.http import serving
from benchmarks.paint import LIMIT_MS, OBSERVE, Watch
from benchmarks.place import EMAIL, PASSWORD, Place, opened
from benchmarks.report import heading, say
from benchmarks.walks import WALKS, Desk

CASES, TASKS, OTHERS = 100_000, 200, 50
NAME = "Large"
VIEWPORT = {"width": 1280, "height": 800}


async def measure(url: str, *, short: bool) -> None:
    cases = 5_000 if short else CASES
    heading(f"browser: {cases:,} open activities, a workflow of {TASKS} tasks; each step painted within {LIMIT_MS} ms")
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        say("skipped: there is no Chromium here; `make browser` installs it")
        return
    async with opened(url, people=200) as place:
        workflow_id = await _filled(place, cases)
        await place.services.engine.stop()
        with serving(url) as port:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
                context = await browser.new_context(locale="en-GB", viewport=VIEWPORT)
                page = await _entered(context, f"http://127.0.0.1:{port}")
                desk = Desk(
                    page=page,
                    at=f"http://127.0.0.1:{port}/w/{place.workspace_uuid}",
                    cases=cases,
                    tasks=TASKS,
                    name=NAME,
                    workflow_id=workflow_id,
                )
                for walk in WALKS:
                    watch = Watch(page)
                    await walk(desk, watch, 1 if short else 5)
                    watch.print()
                await browser.close()
        await place.services.engine.start()


async def _filled(place: Place, cases: int) -> int:
    """The workflow that all cases are of; there are others beside it, to choose among."""
    begun = time.perf_counter()
    for number in range(OTHERS):
        await published(place, f"other_{number}", [{"key": "only", "kind": "human"}])
    workflow_id = await published(place, "large", branching("large", NAME, TASKS)["tasks"], NAME)
    async with place.services.database.read() as connection:
        tasks = await connection.fetch("select id from tasks where workflow_id = $1 order by ordinal", workflow_id)
        await fill(connection, workflow_id, [task["id"] for task in tasks], place.people, cases)
    say(f"filled in {time.perf_counter() - begun:.0f} s")
    return workflow_id


async def _entered(context: BrowserContext, address: str) -> Page:
    """A page whose account has signed in."""
    context.set_default_timeout(WAIT_MILLISECONDS)
    await context.add_init_script(OBSERVE)
    signed_in = await context.request.post(
        f"{address}/api/auth/sign-in/email", data={"email": EMAIL, "password": PASSWORD}, headers={"origin": address}
    )
    if not signed_in.ok:
        raise RuntimeError(f"signing in: {signed_in.status} {await signed_in.text()}")
    return await context.new_page()
