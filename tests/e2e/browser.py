"""Debian's Chromium, and pages of it that no error escapes."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
WAIT_MILLISECONDS = 30_000
"""How long something may take to show; hardly anything does, but two test workers may share a slow machine."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser. Where none can be had, tests are skipped, but never in CI, which installs one (`make browser`)."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        if os.environ.get("CI"):  # noqa: TID251 - how CI is told
            pytest.fail("There is no Chromium: run `make browser`.")
        pytest.skip("There is no Chromium here, so no test has seen the app: `make browser` installs it.")
    expect.set_options(timeout=WAIT_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def watched(context: BrowserContext, *, tolerated: tuple[str, ...] = ()) -> Iterator[Page]:
    """A page; the test fails where its console reports an error, or a script throws.

    tolerated: what may be part of a message that is expected, such as the status of a refusal, and of the address that
    it is about; a star between them stands for anything.
    """
    said: list[str] = []
    context.set_default_timeout(WAIT_MILLISECONDS)
    page = context.new_page()

    def note(message: ConsoleMessage) -> None:
        text = f"{message.text} {message.location['url']}"
        if message.type == "error" and not any(fnmatchcase(text, f"*{words}*") for words in tolerated):
            said.append(text)

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    assert said == []


@contextmanager
def building(browser: Browser) -> Iterator[Page]:
    """A page to draw on: its console may tell that a definition was refused, which is how its problems are asked for.

    Whoever leaves it in the middle of something is let go.
    """
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    with watched(context, tolerated=("401 (Unauthorized)", "400 (Bad Request)")) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        yield page
    context.close()
