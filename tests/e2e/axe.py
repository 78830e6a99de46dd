"""What axe-core finds on a page, by the rules of WCAG 2.2 A and AA."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCHEMES = ("light", "dark")
_OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


_STILL = """async () => {
  for (let frame = 0; frame < 2; frame += 1) await new Promise((drawn) => requestAnimationFrame(drawn));
  await Promise.all(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
    .map((one) => one.finished.catch(() => null)));
}"""
"""Until what changed is drawn, and nothing fades any more: half of a fade has half of the contrast."""


def violations(page: Page) -> list[str]:
    """Each with the elements that it is about."""
    page.evaluate(_STILL)
    found = Axe().run(page, options=_OPTIONS).response["violations"]
    return [f"{one['id']}: {one['help']}: {[node['html'] for node in one['nodes']]}" for one in found]


def violations_in_both_schemes(page: Page) -> list[str]:
    """What is found on the page as it is, light and then dark."""
    found: list[str] = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.locator(f":root[data-mantine-color-scheme={scheme}]").wait_for()
        found += [f"{scheme}: {one}" for one in violations(page)]
    return found
