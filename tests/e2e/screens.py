"""Every screen of the app, and a workspace in which each of them has something to show."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.e2e.scene import Scene, scene

OUTSIDE = ["sign-in", "sign-up", "welcome"]
"""What somebody sees who is not signed in, or in no workspace."""

_ADMINISTRATION = [
    *("members", "roles", "grants", "keys", "secrets", "webhooks", "schedules", "hooks", "limits", "audit"),
]

LISTS = [
    *("inbox", "inbox?view=all", "cases", "workflows", "chats", "analytics"),
    *(f"admin/{name}" for name in _ADMINISTRATION),
]
"""Screens that may have nothing to show."""

SINGLE = [
    *("inbox/{activity}", "cases/{case}", "chats/{chat}"),
    *("workflows/{workflow}", "workflows/{workflow}?view=table", "workflows/{workflow}/edit"),
]
"""Screens of one thing, which the address names."""

FIXED = ["settings", "nothing"]
"""Screens that show the same wherever they are. There is nothing at the last address, and that is said. The one
that draws a new workflow is `test_builder`'s: it asks what is wrong, and a browser tells a refusal in its console."""


@dataclass(frozen=True, slots=True)
class Full:
    """A workspace with something for every screen."""

    office: Scene
    chat_id: int

    def at(self, screen: str) -> str:
        """The address of a screen."""
        case = self.office.cases[0]
        activity = self.office.activity(case)["id"]
        shown = {"workflow": self.office.workflow_id, "case": case["id"], "activity": activity, "chat": self.chat_id}
        return self.office.at(screen.format(**shown))


@contextmanager
def full(address: str) -> Iterator[Full]:
    """Cases, a chat and a secret; members, roles and what was done are there of themselves."""
    with scene(address) as office:
        for days in (5, 1):
            office.start(f"Sample: leave for {days} days", days=days)
        client = office.manager.client
        chat = client.post(f"{office.api}/chats", json={"title": "Sample: where is it?"}).raise_for_status().json()
        said = {"role": "assistant", "name": "Triage", "content": "It left on **Monday**."}
        client.post(f"{office.api}/chats/{chat['id']}/messages", json=said).raise_for_status()
        secret = {"name": "sample_token", "value": "sample-value-4711"}
        client.post(f"{office.api}/secrets", json=secret).raise_for_status()
        yield Full(office, chat["id"])


def settle(page: Page) -> None:
    """Wait until a screen is there and nothing of it is being fetched."""
    page.get_by_role("heading").first.wait_for()
    expect(page.locator("main [role=status][aria-label]")).to_have_count(0)
