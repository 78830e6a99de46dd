"""The inbox by tools: the same work, states and refusals as on every surface."""

import asyncio

import pytest

from tests.api.mcp.agent import Agent
from tests.documents import document, granted, published, task

FORM = {
    "type": "object",
    "required": ["approved"],
    "additionalProperties": False,
    "properties": {"approved": {"type": "boolean"}, "note": {"type": "string"}},
}
TASKS = [
    task("review", prompt="Look at the claim.", form=FORM, next=[{"to": "pay"}], on_error="mend"),
    task("pay"),
    task("mend"),
]


@pytest.fixture
async def agent(client, place):
    """A member who may use the workflow, and nothing else."""
    made = await published(client, place, document(tasks=TASKS))
    member = await place.member()
    await granted(client, place, made["id"], {"memberId": member.member_id, "level": "use"})
    return Agent(client=client, who=member)


async def start(agent, **more):
    """A run of the workflow; its id."""
    found = await agent.call("start_run", workflow="expenses", **more)
    return found["run"]["id"]


async def test_an_agent_works_a_case_to_its_end(agent):
    run_id = await start(agent, title="Train to Bern", input={"amount": 80})
    waiting = (await agent.call("list_activities"))["activities"]
    assert [(one["name"], one["state"], one["run_title"]) for one in waiting] == [("Review", "ready", "Train to Bern")]

    taken = (await agent.call("take_next", start_working=True))["taken"]
    assert taken["activity"]["state"] == "in_progress"
    assert taken["activity"]["assigned_account_id"] == agent.who.account_id
    assert (taken["prompt"], taken["form"], taken["run_input"]) == ("Look at the claim.", FORM, {"amount": 80})
    activity_id = taken["activity"]["id"]
    assert (await agent.call("take_next"))["taken"] is None

    assert (await agent.call("save", activity_id=activity_id, data={"note": "Cheap."}))["data"] == {"note": "Cheap."}
    assert (await agent.call("pause", activity_id=activity_id))["activity"]["state"] == "paused"
    assert (await agent.call("start", activity_id=activity_id))["activity"]["state"] == "in_progress"
    done = await agent.call("complete", activity_id=activity_id, data={"approved": True})
    assert (done["activity"]["state"], done["output"]) == ("completed", {"note": "Cheap.", "approved": True})

    (following,) = (await agent.call("list_activities"))["activities"]
    read = await agent.call("get_activity", activity_id=following["id"])
    assert read["came_from"] == [{"task": "review", "name": "Review", "state": "completed"}]
    assert read["outputs"] == {"review": {"note": "Cheap.", "approved": True}}
    assert read["form"] is None
    await agent.call("assign_to_me", activity_id=following["id"])
    await agent.call("complete", activity_id=following["id"], data={})
    assert (await agent.call("get_run", run_id=run_id))["run"]["state"] == "completed"
    assert (await agent.call("list_activities"))["activities"] == []
    both = (await agent.call("list_activities", state=["completed"], mine=True, run_id=run_id))["activities"]
    assert [one["name"] for one in both] == ["Review", "Pay"]


async def test_what_leads_to_a_task_by_an_error_is_told_there(agent):
    await start(agent)
    taken = (await agent.call("take_next"))["taken"]["activity"]
    failed = await agent.call("report_error", activity_id=taken["id"], comment="The receipt is missing.")
    assert failed["activity"]["state"] == "failed"
    (mending,) = (await agent.call("list_activities"))["activities"]
    read = await agent.call("get_activity", activity_id=mending["id"])
    assert "The receipt is missing." in str(read["caught"])
    assert read["came_from"] == [{"task": "review", "name": "Review", "state": "failed"}]


async def test_what_is_put_back_is_anybodys(agent):
    await start(agent)
    taken = (await agent.call("take_next"))["taken"]["activity"]
    back = (await agent.call("release", activity_id=taken["id"]))["activity"]
    assert (back["state"], back["assigned_account_id"]) == ("ready", None)
    assert (await agent.call("take_next", workflow="expenses"))["taken"]["activity"]["id"] == taken["id"]


async def test_data_that_does_not_fit_the_form_is_refused_with_every_problem(agent):
    await start(agent)
    taken = (await agent.call("take_next"))["taken"]["activity"]
    status, text = await agent.refusal("complete", activity_id=taken["id"], data={"approved": "yes", "extra": 1})
    assert status == 400
    assert "must be a boolean" in text
    assert "'extra' is not known here" in text
    assert (await agent.call("get_activity", activity_id=taken["id"]))["data"] == {}


async def test_a_refused_move_says_why_in_plain_words(agent):
    await start(agent)
    (waiting,) = (await agent.call("list_activities"))["activities"]
    status, text = await agent.refusal("complete", activity_id=waiting["id"], data={})
    assert (status, text) == (
        409,
        "Cannot complete an activity that is ready: nobody did it; assign it first.",
    )
    assert (await agent.refusal("pause", activity_id=waiting["id"]))[0] == 409
    assert (await agent.refusal("start", activity_id=waiting["id"]))[0] == 409


async def test_what_somebody_has_is_not_to_be_taken(agent):
    await start(agent)
    (waiting,) = (await agent.call("list_activities", takeable=True))["activities"]
    await agent.call("assign_to_me", activity_id=waiting["id"])
    assert (await agent.call("list_activities", takeable=True))["activities"] == []
    assert len((await agent.call("list_activities"))["activities"]) == 1


async def test_what_nobody_is_on_is_taken_and_completed_in_one_call(agent):
    await start(agent)
    (waiting,) = (await agent.call("list_activities"))["activities"]
    done = await agent.call("complete", activity_id=waiting["id"], data={"approved": True}, take=True)
    assert done["activity"]["state"] == "completed"


async def test_a_change_that_is_asked_for_twice_under_one_key_happens_once(agent):
    first = await agent.result("start_run", workflow="expenses", title="Once", idempotency_key="one")
    again = await agent.result("start_run", workflow="expenses", title="Once", idempotency_key="one")
    assert first == again
    assert len((await agent.call("search_runs"))["runs"]) == 1
    status, text = await agent.refusal("start_run", workflow="expenses", title="Other", idempotency_key="one")
    assert (status, "another request" in text) == (422, True)
    taken = await agent.result("take_next", idempotency_key="one")  # another tool: another key
    assert await agent.result("take_next", idempotency_key="one") == taken
    assert (await agent.refusal("take_next", idempotency_key="two words"))[0] == 400


async def test_two_that_ask_at_once_get_different_activities(agent, client, place):
    for number in range(4):
        await start(agent, title=f"Case {number}")
    colleague = Agent(client=client, who=place.manager)
    found = await asyncio.gather(*(one.call("take_next") for one in (agent, colleague, agent, colleague)))
    assert len({one["taken"]["activity"]["id"] for one in found}) == 4


async def test_a_page_says_where_the_next_begins(agent):
    for number in range(3):
        await start(agent, title=str(number))
    first = await agent.call("list_activities", limit=2)
    assert ([one["run_title"] for one in first["activities"]], first["next_offset"]) == (["0", "1"], 2)
    rest = await agent.call("list_activities", limit=2, offset=2)
    assert ([one["run_title"] for one in rest["activities"]], rest["next_offset"]) == (["2"], None)


async def test_an_agent_sees_no_other_project(agent, client, place):
    await start(agent)
    other = Agent(client=client, who=await place.member())
    assert (await other.call("list_activities"))["activities"] == []
    (waiting,) = (await agent.call("list_activities"))["activities"]
    assert (await other.refusal("get_activity", activity_id=waiting["id"])) == (404, "There is no such activity.")
    assert (await other.refusal("list_activities", workflow="expenses"))[0] == 404
