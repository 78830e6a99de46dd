"""Agents that ask what they may not decide: they are answered where one reads the question."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import agents
from tests.e2e.axe import violations_in_both_schemes
from tests.e2e.scene import scene


@pytest.fixture(scope="module")
def desk(server, server_database):
    with agents.worker(server_database), scene(server, workflow=agents.ADVICE) as found:
        yield found


def _asked(page, desk, who=None, **body):
    """The card of a question that waits for an answer, in the chat that somebody has opened."""
    body = {"workflowId": desk.workflow_id, "title": "Sample: some advice", **body}
    chat = desk.manager.client.post(f"{desk.api}/chats", json=body).raise_for_status().json()
    (who or desk.manager).enter(page, desk.address)
    page.goto(desk.at(f"chats/{chat['id']}"))
    card = page.get_by_role("region", name="Call of ask_person")
    expect(card.get_by_text("Waits for a decision")).to_be_visible()
    return card


def test_a_question_is_answered_by_the_keyboard_where_it_is_read(page, desk):
    card = _asked(page, desk)
    form = card.get_by_role("form", name="Your answer")
    expect(form).to_contain_text("How much is fair?")
    assert violations_in_both_schemes(page) == []
    amount = form.get_by_label("Amount")
    amount.focus()
    page.keyboard.press("Enter")
    expect(form.get_by_text("This is needed.")).to_be_visible()
    expect(amount).to_be_focused()
    page.keyboard.type("12")
    page.keyboard.press("Tab")
    reason = form.get_by_label("Reason")
    expect(reason).to_be_focused()
    page.keyboard.type("a gesture")
    page.keyboard.press("Enter")
    expect(reason).to_have_attribute("aria-invalid", "true")  # only the server knows its pattern
    expect(reason).to_be_focused()
    assert violations_in_both_schemes(page) == []
    reason.fill("A gesture.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text("Then that is paid back.")).to_be_visible()
    expect(card.get_by_text("Done", exact=True)).to_be_visible()
    expect(card).to_contain_text(f"By {desk.manager.name}")
    expect(card.get_by_role("textbox")).to_have_count(0)
    card.get_by_text("What it gave").click()
    expect(card.get_by_role("region", name="What it gave")).to_contain_text('"amount": 12')


def test_a_way_leads_from_the_question_to_the_inbox(page, desk):
    card = _asked(page, desk)
    card.get_by_role("link", name="Open it in the inbox").click()
    page.wait_for_url(re.compile("/inbox/"))
    expect(page.get_by_role("heading", level=1, name="How much is fair?")).to_be_visible()


def test_who_may_not_answer_sees_who_is_waited_for(page, desk):
    owner = desk.person("employee", name="Ines Sample")
    card = _asked(page, desk, owner, memberId=owner.member_id)
    expect(card).to_contain_text("It waits for somebody who is one of: lead")
    expect(card.get_by_role("textbox")).to_have_count(0)
    expect(card.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize(("language", "send", "said"), [("fr", "Répondre", "Répondu"), ("ar", "أجب", "أُجيب")])
def test_it_is_answered_in_other_languages(page, desk, language, send, said):
    desk.manager.enter(page, desk.address)
    page.evaluate("(one) => localStorage.setItem('casework.language', one)", language)
    chat = desk.manager.client.post(f"{desk.api}/chats", json={"workflowId": desk.workflow_id, "title": "Sample"})
    page.goto(desk.at(f"chats/{chat.raise_for_status().json()['id']}"))
    form = page.get_by_role("form").filter(has_text="How much is fair?")
    form.get_by_label("Amount").fill("7")
    form.get_by_role("button", name=send).click()
    expect(page.get_by_text(re.compile(f"^{said}"))).to_be_visible()
