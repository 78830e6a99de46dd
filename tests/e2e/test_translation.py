"""In the language that makes every text strange, what is not strange was not translated."""

import pytest

from tests.e2e import screens

PLAIN = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent.trim();
    if (!/\\p{L}/u.test(text) || text.includes("⟦")) continue;
    if (element.closest("[translate=no],script,style,noscript,kbd,code")) continue;
    found.push(text);
  }
  for (const element of document.querySelectorAll("[aria-label],[placeholder],[title]")) {
    if (element.closest("[translate=no],textarea[aria-hidden=true]")) continue;
    for (const name of ["aria-label", "placeholder", "title"]) {
      const text = element.getAttribute(name) ?? "";
      if (/\\p{L}/u.test(text) && !text.includes("⟦")) found.push(`${name}: ${text}`);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("address", screens.OUTSIDE)
def test_every_text_before_signing_in_is_translated(page, server, address):
    page.add_init_script("localStorage.setItem('casework.language', 'pseudo')")
    page.goto(f"{server}/{address}")
    page.get_by_role("heading").first.wait_for()
    assert page.evaluate(PLAIN) == []


@pytest.mark.parametrize("screen", [*screens.LISTS, "chats/{chat}", "settings", "nothing"])
def test_every_text_of_a_screen_is_translated(page, full, screen):
    full.office.manager.enter(page, full.office.address)
    page.evaluate("localStorage.setItem('casework.language', 'pseudo')")
    page.goto(full.at(screen))
    screens.settle(page)
    assert page.evaluate(PLAIN) == []
