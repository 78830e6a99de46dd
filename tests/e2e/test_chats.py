"""Somebody who talks with customers and agents, and hears the answers while they are made."""

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import violations
from tests.e2e.scene import scene

ANSWERING = {
    "casework": 1,
    "key": "answer",
    "name": "Answer",
    "tasks": [{"key": "look", "name": "Look it up", "kind": "function", "function": "sample.look"}],
}
SAID = "It left on **Monday**.\n\n<script>alert(1)</script>\n\n![map](https://elsewhere.example/x.png) [the track](https://track.example/1)"


@pytest.fixture
def desk(server):
    with scene(server, workflow=ANSWERING) as found:
        yield found


def _chat(desk):
    return (
        desk.manager.client.post(f"{desk.api}/chats", json={"title": "Sample: where is it?"}).raise_for_status().json()
    )


def _say(desk, chat, **message):
    desk.manager.client.post(f"{desk.api}/chats/{chat['id']}/messages", json=message).raise_for_status()


def test_an_answer_streams_while_it_is_made_and_is_stopped(page, desk):
    desk.manager.enter(page, desk.address)
    page.goto(desk.at("chats"))
    page.get_by_role("button", name="New chat").click()
    page.get_by_label("Message", exact=True).fill("Where is my order?")
    page.get_by_role("combobox", name="Start a workflow with it").click()
    page.get_by_role("option", name="Answer").click()
    page.get_by_label("Message", exact=True).focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Listening for the answer…")).to_be_visible()
    chat = desk.manager.client.get(f"{desk.api}/chats").json()["items"][0]
    _say(desk, chat, role="assistant", name="Triage", content="I am looking for it.")
    expect(page.get_by_role("log").get_by_text("I am looking for it.")).to_be_visible()
    expect(page.get_by_text("Listening for the answer…")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Listening for the answer…")).to_be_hidden()
    expect(page.get_by_role("log").get_by_text("I am looking for it.")).to_have_count(1)
    page.get_by_text("1 workflow run").click()
    expect(page.get_by_text("Look it up")).to_be_visible()
    page.get_by_label("What do you think of this run?").fill("Too slow")
    with page.expect_response(lambda answer: "/feedback/" in answer.url and answer.ok):
        page.get_by_role("button", name="Not good").click()


def test_what_was_said_is_shown_without_markup_or_pictures_from_elsewhere(page, desk):
    chat = _chat(desk)
    _say(desk, chat, role="assistant", name="Triage", content=SAID)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    desk.manager.enter(page, desk.address)
    page.goto(desk.at(f"chats/{chat['id']}"))
    expect(page.locator("strong", has_text="Monday")).to_be_visible()
    link = page.get_by_role("link", name="the track https://track.example/1")
    assert "noopener" in (link.get_attribute("rel") or "")
    assert page.locator("article img").count() == 0
    assert page.locator("article script").count() == 0
    assert not [url for url in asked if "elsewhere" in url]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_call_of_a_tool_is_a_card_with_what_it_was_asked_and_what_it_gave(page, desk, scheme):
    chat = _chat(desk)
    calls = [
        {"id": "call_1", "type": "function", "function": {"name": "find_order", "arguments": '{"number": 4711}'}},
        {"id": "call_2", "type": "function", "function": {"name": "refund", "arguments": '{"amount": 12}'}},
    ]
    _say(desk, chat, content="Please refund 4711.")
    _say(desk, chat, role="assistant", name="Triage", content="One moment.", toolCalls=calls)
    _say(desk, chat, role="tool", content='{"total": 12}', toolCallId="call_1")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    desk.manager.enter(page, desk.address)
    page.goto(desk.at(f"chats/{chat['id']}"))
    found = page.get_by_role("region", name="Call of find_order")
    expect(found.get_by_text("Done")).to_be_visible()
    found.get_by_text("What it gave").click()
    expect(found.get_by_text('"total": 12')).to_be_visible()
    expect(page.get_by_role("region", name="Call of refund").get_by_text("Not done yet")).to_be_visible()
    assert violations(page) == []


def test_a_person_takes_a_chat_over_and_hands_it_back(page, desk):
    chat = _chat(desk)
    desk.manager.enter(page, desk.address)
    page.goto(desk.at(f"chats/{chat['id']}"))
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_role("button", name="Hand back")).to_be_visible()
    path = f"{desk.api}/chats/{chat['id']}"
    assert desk.manager.client.get(path).json()["paused"]
    page.get_by_role("button", name="Hand back").click()
    expect(page.get_by_role("button", name="Take over")).to_be_visible()
    assert not desk.manager.client.get(path).json()["paused"]
