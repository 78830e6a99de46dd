"""Somebody ends their sessions on every device at once."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.axe import violations
from tests.e2e.scene import PASSWORD, scene
from tests.e2e.test_translation import PLAIN


@pytest.fixture
def office(server):
    with scene(server, workflow=None) as found:
        yield found


def test_the_session_elsewhere_ends_with_this_one(page, office):
    manager = office.manager
    with httpx.Client(base_url=office.address, trust_env=False, timeout=30) as elsewhere:
        known = {"email": manager.email, "password": PASSWORD}
        elsewhere.post("/api/auth/sign-in/email", json=known).raise_for_status()
        manager.enter(page, office.address)
        page.goto(office.at("settings"))
        page.get_by_role("button", name="Sign out everywhere").click()
        dialog = page.get_by_role("dialog", name="Sign out everywhere")
        expect(dialog.get_by_text("API keys stay")).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        assert elsewhere.get("/api/auth/get-session").status_code == 200
        page.get_by_role("button", name="Sign out everywhere").click()
        dialog.get_by_role("button", name="Sign out everywhere").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{office.address}/sign-in")
        for client in (elsewhere, manager.client):
            assert client.get("/api/auth/get-session").status_code == 401


def test_everything_about_it_is_translated(page, office):
    office.manager.enter(page, office.address)
    page.evaluate("localStorage.setItem('casework.language', 'pseudo')")
    page.goto(office.at("settings"))
    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_role("dialog").wait_for()
    assert page.evaluate(PLAIN) == []
