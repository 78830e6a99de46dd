"""Agents whose calls wait for a person: they are decided on where one reads them."""

import pytest
from playwright.sync_api import expect

from tests.e2e import agents
from tests.e2e.axe import violations_in_both_schemes
from tests.e2e.scene import scene


@pytest.fixture(scope="module")
def desk(server, server_database):
    with agents.worker(server_database), scene(server, workflow=agents.REFUNDS) as found:
        yield found


def _asked(page, desk, who=None, **body):
    """The card of a call that waits for a decision, in the chat that somebody has opened."""
    body = {"workflowId": desk.workflow_id, "title": "Sample: a refund", **body}
    chat = desk.manager.client.post(f"{desk.api}/chats", json=body).raise_for_status().json()
    (who or desk.manager).enter(page, desk.address)
    page.goto(desk.at(f"chats/{chat['id']}"))
    card = page.get_by_role("region", name="Call of refund")
    expect(card.get_by_text("Waits for a decision")).to_be_visible()
    expect(card.get_by_role("region", name="What it is called with")).to_contain_text('"amount": 12')
    expect(card).to_contain_text("Why you are asked: Every call of refund is approved by a person.")
    return card


def _press(page, place, name):
    """Reach a button by the keyboard, and press it."""
    button = place.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled()
    button.focus()
    page.keyboard.press("Enter")


def _decided(page, desk, card, how, said):
    expect(page.get_by_role("log").get_by_text(said)).to_be_visible()
    expect(card.get_by_text(how, exact=True)).to_be_visible()
    expect(card).to_contain_text(f"By {desk.manager.name}")
    expect(card.get_by_role("button")).to_have_count(0)
    assert violations_in_both_schemes(page) == []


def test_a_call_is_accepted_where_it_is_read(page, desk):
    card = _asked(page, desk)
    assert violations_in_both_schemes(page) == []
    _press(page, card, "Accept")
    _decided(page, desk, card, "Accepted", "It is paid back.")
    expect(page.get_by_role("region", name="Chats")).to_contain_text("Refunds. Triage: It is paid back.")
    card.get_by_text("What it gave").click()
    expect(card.get_by_role("region", name="What it gave")).to_contain_text("12 paid")


def test_a_call_is_made_with_the_arguments_that_a_person_wrote(page, desk):
    card = _asked(page, desk)
    _press(page, card, "Edit")
    amount = card.get_by_label("Amount")
    expect(amount).to_have_value("12")
    assert violations_in_both_schemes(page) == []
    amount.fill("")
    _press(page, card, "Accept with these")
    expect(card.get_by_text("This is needed.")).to_be_visible()
    amount.fill("10")
    page.keyboard.press("Enter")
    _decided(page, desk, card, "Accepted with other arguments", "A part of it is paid back.")
    expect(card.get_by_role("region", name="What it was called with instead")).to_contain_text('"amount": 10')


def test_a_call_is_refused_with_a_reason(page, desk):
    card = _asked(page, desk)
    _press(page, card, "Refuse")
    _press(page, card, "Refuse the call")
    expect(card.get_by_text("This is needed.")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    card.get_by_label("Why not").fill("It was never paid.")
    _press(page, card, "Refuse the call")
    _decided(page, desk, card, "Refused", "I may not pay it back.")
    expect(card).to_contain_text("It was never paid.")


def test_who_may_not_decide_sees_who_is_waited_for_and_what_needed_nobody_is_put_together(page, desk):
    owner = desk.person("employee", name="Ines Sample")
    card = _asked(page, desk, owner, memberId=owner.member_id)
    expect(card).to_contain_text("It waits for somebody who is one of: lead")
    expect(card.get_by_role("button")).to_have_count(0)
    found = page.get_by_role("region", name="Call of find_order")
    expect(found.get_by_text("Done", exact=True)).to_be_visible()
    for what in ("What it is called with", "What it gave"):
        told = found.get_by_role("region", name=what)
        expect(told).to_have_count(0)  # it is folded together
        found.get_by_text(what).click()
        expect(told).to_contain_text("4711")


def test_the_inbox_decides_by_the_same_form(page, desk):
    _asked(page, desk)
    entries = desk.manager.client.get("/api/v3/workflow/activities", params={"filter[status]": "pending"})
    activity = entries.raise_for_status().json()["data"][-1]
    page.goto(desk.at(f"inbox/{activity['id']}?view=all"))
    form = page.get_by_role("region", name="The call of refund")
    expect(form).to_contain_text("12")
    assert violations_in_both_schemes(page) == []
    _press(page, form, "Accept")
    expect(page.get_by_text("Accepted: refund")).to_be_visible()
