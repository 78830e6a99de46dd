"""GET /analytics/org/{org_id}/flows/{flow_id}."""

import json

import pytest

from casework.core.command import Complete, Fail, Process
from tests import people
from tests.api.desk import ABSENT, Desk, desk

FIELDS = [
    "run_id",
    "conversation_id",
    "date",
    "is_flow_successful",
    "state",
    "error",
    "latency",
    "total_tokens",
    "user_id",
    "inputs",
    "outputs",
    "llms",
    "feedback",
    "run_type",
    "ran_by_type",
    "ran_by_id",
    "ran_by_display_name",
    "parent_run_id",
    "parent_project_id",
    "parent_project_name",
    "llm_usage",
]


@pytest.fixture
async def at(client, services) -> Desk:
    return await desk(client, services)


def path_of(at):
    return f"/analytics/org/{at.place.uuid}/flows/{at.workflow_uuid}"


async def rows(at, query="", path=None):
    answer = await at.call("GET", f"{path or path_of(at)}?{query}", at.place.manager)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_new_run_has_every_field(at):
    chat = await at.open_chat(workflowId=at.workflow_id, input={"subject": "Late"})
    (row,) = await rows(at)
    assert row == {
        "run_id": row["run_id"],
        "conversation_id": chat["uuid"],
        "date": "2024-02-04T12:00:00.000Z",
        "is_flow_successful": None,
        "state": "PENDING",
        "error": None,
        "latency": None,
        "total_tokens": 0,
        "user_id": None,
        "inputs": json.dumps({"subject": "Late"}, separators=(",", ":")),
        "outputs": None,
        "llms": None,
        "feedback": None,
        "run_type": "chat_assistant",
        "ran_by_type": "user",
        "ran_by_id": str(at.user.account_uuid),
        "ran_by_display_name": at.user.email,
        "parent_run_id": None,
        "parent_project_id": None,
        "parent_project_name": None,
        "llm_usage": [],
    }
    assert list(row) == FIELDS


async def test_a_flow_without_runs_is_an_empty_array(at):
    assert await rows(at) == []


async def test_a_run_is_followed_from_state_to_state(at, clock):
    run_id = await at.start()
    seen = []

    async def look():
        (row,) = await rows(at)
        seen.append((row["state"], row["is_flow_successful"], row["latency"]))

    await at.work(run_id, 1, then=None)
    await look()
    other = await at.start()
    await at.work(other, 1, then=None)  # starting another pauses this one
    await at.cancel(other)
    async with at.services.database.write() as connection:
        await connection.execute("update runs set created_at = created_at - interval '1 day' where id = $1", other)
    today = "start_date=2024-02-04"

    async def look_today():
        (row,) = await rows(at, today)
        seen.append((row["state"], row["is_flow_successful"], row["latency"]))

    await look_today()

    await at.order(run_id, Process(step=1))
    await look_today()
    clock.advance(seconds=90, milliseconds=250)
    await at.order(run_id, Complete(step=1, data={"quick": True}))
    await look_today()
    await at.work(run_id, 2)
    await look_today()
    assert seen == [
        ("PENDING", None, None),
        ("PAUSED", None, None),
        ("RESUMED", None, None),
        ("PAUSED", None, None),
        ("COMPLETED", True, 90.25),
    ]


async def test_a_failed_run_says_why_and_a_cancelled_one_that_it_was_no_success(at):
    failed, cancelled = await at.start(), await at.start()
    await at.work(failed, 1, then=Fail)
    await at.cancel(cancelled)
    by_state = {row["state"]: row for row in await rows(at)}
    assert by_state["FAILED"]["is_flow_successful"] is False
    assert "It cannot be done." in by_state["FAILED"]["error"]
    assert by_state["FAILED"]["latency"] == 0
    assert by_state["CANCELLED"]["is_flow_successful"] is False
    assert (by_state["CANCELLED"]["error"], by_state["CANCELLED"]["latency"]) == (None, 0)


async def test_the_newest_date_comes_first_and_ties_go_by_run_id(at, clock):
    for _ in range(2):
        for _ in range(3):
            await at.start()
        clock.advance(seconds=1)
    found = [(row["date"], row["run_id"]) for row in await rows(at)]
    newest = sorted(pair for pair in found if pair[0].endswith("01.000Z"))
    oldest = sorted(pair for pair in found if pair[0].endswith("00.000Z"))
    assert found == newest + oldest
    pages = [await rows(at, f"page_size=4&page={page}") for page in range(3)]
    assert [row["run_id"] for page in pages for row in page] == [run_id for _, run_id in found]
    assert [len(page) for page in pages] == [4, 2, 0]
    filtered = [await rows(at, f"state=PENDING,PAUSED&page_size=4&page={page}") for page in range(3)]
    assert filtered == pages


async def test_twenty_five_are_on_a_page_unless_it_says_otherwise(at):
    for _ in range(26):
        await at.start()
    assert len(await rows(at)) == 25
    assert len(await rows(at, "page_size=1000")) == 26


async def test_filters_hold_together(at, clock):
    mine = await at.start(end_user="customer-1")
    await at.cancel(mine)
    await at.start(end_user="customer-1")
    clock.advance(days=1)
    await at.start(end_user="customer-10")

    async def count(query):
        return len(await rows(at, query))

    assert await count("user_id=customer-1") == 2
    assert await count("user_id=customer") == 0
    assert await count("user_id=customer-1&state=CANCELLED") == 1
    assert await count("state=%20PENDING%20,%20CANCELLED%20") == 3
    assert await count("state=COMPLETED,FAILED") == 0
    assert await count("end_date=2024-02-04") == 2
    assert await count("start_date=2024-02-05") == 1
    assert await count("start_date=2024-02-04T12:00:00.000Z&end_date=2024-02-04T12:00:00.000Z") == 2
    assert await count("start_date=2024-02-04T13:00:00%2B01:00&end_date=2024-02-05T12:00:00Z") == 3
    assert await count("start_date=2024-02-04T12:00:00.001Z&state=PENDING") == 1
    assert await count("start_date=2024-02-06&end_date=2024-02-01") == 0
    assert await count("end_date=9999-12-31&start_date=0001-01-01") == 3
    assert await count("page=999999999999999999999999") == 0


UNREADABLE = (
    "page=-1",
    "page=x",
    "page_size=0",
    "page_size=1001",
    "page_size=1.5",
    "start_date=yesterday",
    "end_date=2024-13-01",
    "state=completed",
    "state=RUNNING",
    "state=PENDING;FAILED",
    "state=",
)


async def test_what_cannot_be_read_is_located(at):
    for query in UNREADABLE:
        answer = await at.call("GET", f"{path_of(at)}?{query}", at.place.manager)
        assert answer.status_code == 422, query
        (problem,) = answer.json()["detail"]
        assert problem["loc"] == ["query", query.partition("=")[0]]
        assert problem["msg"]
        assert problem["type"]


async def test_a_flow_goes_by_its_uuid_or_its_id(at):
    await at.start()
    by_id = await rows(at, path=f"/analytics/org/{at.place.uuid}/flows/{at.workflow_id}")
    assert by_id == await rows(at)


async def test_who_may_not_read_is_told_so_and_what_is_not_there_is_not(at, client):
    answer = await client.get(path_of(at))
    assert answer.status_code == 401
    assert isinstance(answer.json()["detail"], str)
    assert (await at.call("GET", path_of(at))).status_code == 403
    elsewhere = await people.place(at.services)
    assert (await at.call("GET", path_of(at), elsewhere.manager)).status_code == 403
    for org in (ABSENT, "acme"):
        assert (await at.call("GET", f"/analytics/org/{org}/flows/1", at.place.manager)).status_code == 403
    reader = await at.place.member(scopes=["analytics:read"])
    for flow in (ABSENT, 10**30, 0, "support"):
        answer = await at.call("GET", f"/analytics/org/{at.place.uuid}/flows/{flow}", reader)
        assert (answer.status_code, set(answer.json())) == (404, {"detail"})
    theirs = f"/analytics/org/{elsewhere.uuid}/flows/{at.workflow_uuid}"
    assert (await at.call("GET", theirs, elsewhere.manager)).status_code == 404


async def test_what_models_were_asked_is_added_up(at):
    run_id = await at.start()
    async with at.services.database.write() as connection:
        await connection.execute(
            """
            insert into model_calls (workspace_id, workflow_id, run_id, step_number, provider, model_id, input_tokens,
                                     output_tokens, cost, latency_ms, created_at)
            select $1, $3, $2, 1, p, m, i, o, c, 5, now()
            from (values ('openai', 'small', 10, 1, 0.001), ('openai', 'small', 20, 2, 0.002),
                         ('anthropic', 'large', 100, 50, 0.5)) as v (p, m, i, o, c)
            """,
            at.place.id,
            run_id,
            at.workflow_id,
        )
    (row,) = await rows(at)
    assert row["total_tokens"] == 183
    assert row["llms"] == "anthropic:large, openai:small"
    assert row["llm_usage"] == [
        {
            "provider": "anthropic",
            "model_id": "large",
            "input_tokens": 100,
            "output_tokens": 50,
            "tokens": 150,
            "cost": 0.5,
        },
        {
            "provider": "openai",
            "model_id": "small",
            "input_tokens": 30,
            "output_tokens": 3,
            "tokens": 33,
            "cost": 0.003,
        },
    ]


async def test_a_run_of_another_run_names_it(at):
    parent, child = await at.start(), await at.start(run_type="sub_workflow")
    async with at.services.database.write() as connection:
        await connection.execute("update runs set parent_run_id = $2 where id = $1", child, parent)
        uuid = await connection.fetchval("select uuid from runs where id = $1", parent)
    named = [row for row in await rows(at) if row["run_type"] == "sub_workflow"]
    assert [(r["parent_run_id"], r["parent_project_id"], r["parent_project_name"]) for r in named] == [
        (str(uuid), str(at.workflow_uuid), "Support desk")
    ]
