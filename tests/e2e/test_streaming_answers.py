"""Answers of agents, heard word by word while they are made, and stopped in the middle."""

import subprocess
import sys

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e import agents
from tests.e2e.scene import scene

LISTENING = "Listening for the answer…"


@pytest.fixture(scope="module")
def desk(server, server_database):
    with agents.worker(server_database), scene(server, workflow=None) as found:
        yield found


@pytest.fixture(scope="module")
def models():
    """Where a process speaks the OpenAI protocol."""
    with subprocess.Popen([sys.executable, "-m", "tests.kinds.agent.peer"], stdout=subprocess.PIPE, text=True) as peer:
        assert peer.stdout is not None
        with httpx.Client(base_url=f"http://127.0.0.1:{int(peer.stdout.readline())}", trust_env=False) as http:
            yield http
        peer.kill()


def _listening(page, desk, models, name):
    """A chat in which an agent is answering: with one word, and one more whenever the model is told so."""
    models.put(f"/{name}/script", json=[{"text": "It left on Monday.", "gated": True}]).raise_for_status()
    task = {"key": "answer", "name": "Triage", "kind": "agent", "prompt": "Where is it?"}
    model = f"{str(models.base_url).rstrip('/')}/{name}/v1#small"
    document = {"casework": 1, "key": name, "name": f"Answer {name}", "tasks": [{**task, "model": model}]}
    desk.manager.client.post(f"{desk.api}/workflows", json=document).raise_for_status()
    desk.manager.enter(page, desk.address)
    page.goto(desk.at("chats"))
    page.get_by_role("button", name="New chat").click()
    page.get_by_label("Message", exact=True).fill("Where is my order?")
    page.get_by_role("combobox", name="Start a workflow with it").click()
    page.get_by_role("option", name=f"Answer {name}").click()
    page.get_by_role("button", name="Send").click()
    return page.get_by_role("log").get_by_role("article").filter(has_text="Triage").locator("p")


def test_an_answer_appears_word_by_word_while_it_is_made(page, desk, models):
    answer = _listening(page, desk, models, "whole")
    for heard in ("It", "It left", "It left on"):
        expect(answer).to_have_text(heard)
        expect(page.get_by_text(LISTENING)).to_be_visible()
        models.put("/whole/word").raise_for_status()
    expect(answer).to_have_text("It left on Monday.")
    models.put("/whole/word").raise_for_status()
    expect(page.get_by_text(LISTENING)).to_be_hidden()
    expect(answer).to_have_text("It left on Monday.")


def test_what_was_said_before_it_was_stopped_stays(page, desk, models):
    answer = _listening(page, desk, models, "stopped")
    expect(answer).to_have_text("It")
    models.put("/stopped/word").raise_for_status()
    expect(answer).to_have_text("It left")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(LISTENING)).to_be_hidden()
    expect(answer).to_have_text("It left")
    page.reload()
    expect(answer).to_have_text("It left")
    for _ in range(3):
        models.put("/stopped/word").raise_for_status()
