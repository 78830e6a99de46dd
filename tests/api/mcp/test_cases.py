"""Workflows, runs and chats by tools."""

import pytest

from tests.api.mcp.agent import Agent
from tests.documents import document, published
from tests.security.things import ABSENT_UUID

INPUT = {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer"}}}


@pytest.fixture
async def agent(client, place):
    await published(client, place, document(input=INPUT, description="Who pays what back."))
    return Agent(client=client, who=place.manager)


async def test_a_workflow_tells_what_it_takes(agent):
    (listed,) = (await agent.call("list_workflows", name="EXPEN"))["workflows"]
    assert (listed["key"], listed["version"], listed["may_start"]) == ("expenses", 1, True)
    assert (await agent.call("list_workflows", name="other"))["workflows"] == []
    for name in ("expenses", listed["uuid"]):
        read = await agent.call("get_workflow", workflow=name)
        assert read["workflow"] == listed
        assert read["input"] == INPUT
        assert [task["key"] for task in read["tasks"]] == ["review", "pay"]


async def test_a_run_is_started_read_and_cancelled(agent):
    made = await agent.call(
        "start_run",
        workflow="expenses",
        input={"amount": 80},
        title="Train",
        priority=90,
        external_id="A-1",
        due_at="2026-12-24T12:00:00+01:00",
    )
    run = made["run"]
    assert (run["state"], run["priority"], run["external_id"]) == ("pending", 90, "A-1")
    assert run["due_at"] == "2026-12-24T11:00:00.000Z"
    assert [(one["key"], one["state"]) for one in made["tasks"]] == [("review", "ready"), ("pay", None)]
    read = await agent.call("get_run", run_id=run["id"])
    assert read["tasks"][0]["activity_id"] == (await agent.call("list_activities"))["activities"][0]["id"]
    ended = await agent.call("cancel_run", run_id=run["id"], reason="A mistake.")
    assert (ended["run"]["state"], ended["cancel_reason"]) == ("cancelled", "A mistake.")
    assert (await agent.refusal("cancel_run", run_id=run["id"]))[0] == 409


async def test_what_a_workflow_does_not_take_is_refused(agent):
    status, text = await agent.refusal("start_run", workflow="expenses", input={"amount": "much"})
    assert (status, "/amount: must be an integer" in text) == (400, True)
    await agent.call("start_run", workflow="expenses", input={"amount": 1}, external_id="A-1")
    again = await agent.refusal("start_run", workflow="expenses", input={"amount": 1}, external_id="A-1")
    assert again[0] == 409


async def test_runs_are_found_by_title_external_id_state_and_workflow(agent):
    for number, title in enumerate(("Train to Bern", "Lunch", "train back")):
        await agent.call("start_run", workflow="expenses", input={"amount": 1}, title=title, external_id=f"A-{number}")
    runs = (await agent.call("search_runs", title="TRAIN"))["runs"]
    assert [run["title"] for run in runs] == ["train back", "Train to Bern"]
    assert (await agent.call("search_runs", title="%"))["runs"] == []
    (lunch,) = (await agent.call("search_runs", external_id="A-1"))["runs"]
    assert lunch["title"] == "Lunch"
    await agent.call("cancel_run", run_id=lunch["id"])
    assert (await agent.call("search_runs", state=["cancelled"]))["runs"][0]["id"] == lunch["id"]
    page = await agent.call("search_runs", workflow="expenses", limit=2)
    assert (len(page["runs"]), page["next_offset"]) == (2, 2)


async def test_a_case_is_talked_about_in_its_chat(agent):
    run = (await agent.call("start_run", workflow="expenses", input={"amount": 1}))["run"]
    said = await agent.call(
        "post_message", chat_id=run["chat_id"], content="Where is the receipt?", idempotency_key="1"
    )
    again = await agent.call(
        "post_message", chat_id=run["chat_id"], content="Where is the receipt?", idempotency_key="1"
    )
    assert said == again
    heard = await agent.call("list_messages", chat_id=run["chat_id"])
    assert heard["messages"] == [said["message"]]
    assert (heard["total"], heard["next_offset"]) == (1, None)
    without = (await agent.call("start_run", workflow="expenses", input={"amount": 1}, chat=False))["run"]
    assert without["chat_id"] is None


@pytest.mark.parametrize("name", ["nowhere", ABSENT_UUID, "EXPENSES"])
async def test_a_workflow_that_there_is_not_is_told_the_same_everywhere(agent, name):
    for tool in ("get_workflow", "start_run"):
        assert await agent.refusal(tool, workflow=name) == (404, "There is no such workflow here.")
    for tool in ("take_next", "list_activities", "search_runs"):
        assert await agent.refusal(tool, workflow=name) == (404, "There is no such project.")
