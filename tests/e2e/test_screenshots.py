"""A picture of every screen, light and dark; those in docs/screenshots are written by `make screenshots` alone."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e import screens
from tests.e2e.axe import SCHEMES
from tests.e2e.gallery import gallery

KEPT = Path(__file__).parents[2] / "docs" / "screenshots"
WRITE = "CASEWORK_SCREENSHOTS"
"""The variable of the environment with which pictures are kept."""

BYTES_MAX = 160_000
"""Of a picture that is kept: all of them are in everybody's copy of the repository."""

SCREENS = [*screens.OUTSIDE, *screens.LISTS, *screens.SINGLE, *screens.FIXED]


def _name(screen, scheme):
    return f"{'-'.join(re.findall('[a-z]+', screen))}-{scheme}.png"


@pytest.fixture(scope="module")
def shown(server, server_database, tmp_path_factory):
    with gallery(server, server_database, tmp_path_factory.mktemp("history")) as found:
        yield found


@pytest.fixture
def place(tmp_path):
    """Where pictures are written to."""
    return KEPT if os.environ.get(WRITE) else tmp_path  # noqa: TID251 - what is wanted of this test


def _take(page, place, screen):
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.locator(f":root[data-mantine-color-scheme={scheme}]").wait_for()
        expect(page.get_by_role("heading").first).to_be_visible()
        expect(page.get_by_role("alert").filter(has_text=re.compile(r"\S"))).to_have_count(0)
        page.screenshot(path=place / _name(screen, scheme), animations="disabled", caret="hide")


@pytest.mark.parametrize("screen", screens.OUTSIDE)
def test_a_picture_is_taken_before_signing_in(page, server, place, screen):
    page.goto(f"{server}/{screen}")
    screens.settle(page)
    _take(page, place, screen)


@pytest.mark.parametrize("screen", [*screens.LISTS, *screens.SINGLE, *screens.FIXED])
def test_a_picture_is_taken_of_a_screen_with_samples(page, shown, place, screen):
    shown.owner.enter(page, shown.address)
    page.goto(shown.at(screen))
    screens.settle(page)
    _take(page, place, screen)


def test_the_pictures_that_are_kept_and_shown_are_those_of_every_screen():
    names = {_name(screen, scheme) for screen in SCREENS for scheme in SCHEMES}
    assert {path.name for path in KEPT.iterdir()} == names, "run `make screenshots`"
    assert [path.name for path in KEPT.iterdir() if path.stat().st_size > BYTES_MAX] == []
    assert set(re.findall(r"\(screenshots/(.+?)\)", KEPT.with_name("screens.md").read_text())) == names
