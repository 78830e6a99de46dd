"""In the language that makes every text strange, what is not strange was not translated."""

import pytest

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

ADMINISTRATION = ["members", "roles", "grants", "keys", "secrets", "webhooks", "schedules", "hooks", "audit"]
SCREENS = [
    *("inbox", "inbox?view=all", "cases", "settings", "nothing", "chats", "analytics"),
    *(f"admin/{name}" for name in ADMINISTRATION),
]


@pytest.mark.parametrize("address", ["sign-in", "sign-up", "welcome"])
def test_every_text_before_signing_in_is_translated(page, office, address):
    page.add_init_script("localStorage.setItem('casework.language', 'pseudo')")
    page.goto(f"{office.address}/{address}")
    page.get_by_role("heading").first.wait_for()
    assert page.evaluate(PLAIN) == []


@pytest.mark.parametrize("screen", SCREENS)
def test_every_text_of_a_screen_is_translated(page, office, screen):
    office.start("Sample: a week in August", days=5)
    office.manager.enter(page, office.address)
    page.evaluate("localStorage.setItem('casework.language', 'pseudo')")
    page.goto(office.at(screen))
    page.get_by_role("heading").first.wait_for()
    assert page.evaluate(PLAIN) == []
