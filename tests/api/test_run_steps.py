"""The steps of an assignment: every visit with what it was given and gave, its attempts, models and sub-runs."""

import pytest

from casework.engine.errands import Errands
from casework.store.queue import as_errand
from tests.documents import document, published, task

AGAIN = {
    "casework": 1,
    "key": "again",
    "name": "Again",
    "tasks": [
        {"key": "count", "name": "Count", "kind": "set", "values": {"n": "=run.id * 0 + 1"}, "next": [{"to": "look"}]},
        {"key": "look", "name": "Look", "kind": "human", "next": [{"to": "count", "when": "output.more"}]},
    ],
}
CALL = {"key": "a", "name": "Ask the others", "kind": "subworkflow", "workflow": "child"}


@pytest.fixture
def ask(client, place):
    """What somebody is answered; by default the Manager."""

    async def asked(method, path, body=None, *, who=place.manager):
        return await client.request(method, f"{place.path}{path}", json=body, headers=who.headers)

    return asked


@pytest.fixture
def begin(ask):
    """A case of a workflow, by default the Manager's."""

    async def begun(workflow, **more):
        made = await ask("POST", "/assignments", {"workflowId": workflow["id"], "title": "One", **more})
        assert made.status_code == 201, made.text
        return made.json()

    return begun


@pytest.fixture
async def case(client, place, begin):
    """It counts, and then waits for somebody to look."""
    return await begin(await published(client, place, AGAIN))


async def steps(ask, case, query="", **more):
    found = await ask("GET", f"/assignments/{case['id']}/steps{query}", **more)
    assert found.status_code == 200, found.text
    return found.json()


async def look(client, place, case, data):
    """The Manager looks."""
    at = "/api/v3/workflow/activities"
    query = {"filter[work_unit_id]": case["id"], "filter[status]": "pending"}
    (found,) = (await client.get(at, params=query, headers=place.manager.headers)).json()["data"]
    for move, body in (("assign", {"start_working": True}), ("complete", {"data": data})):
        done = await client.patch(f"{at}/{found['id']}/{move}", json=body, headers=place.manager.headers)
        assert done.status_code == 200, done.text


async def test_every_visit_is_there_with_what_it_was_given_and_gave(client, place, ask, case):
    await look(client, place, case, {"more": True})
    found = await steps(ask, case)
    assert (found["total"], found["madeFor"]) == (4, None)
    assert [(one["number"], one["taskKey"], one["visit"], one["status"]) for one in found["items"]] == [
        (1, "count", 1, "completed"),
        (2, "look", 1, "completed"),
        (3, "count", 2, "completed"),
        (4, "look", 2, "current"),
    ]
    counted, looked, *_ = found["items"]
    assert (counted["output"], counted["attempts"], counted["made"]) == ({"n": 1}, 0, None)
    assert (looked["data"], looked["memberId"]) == ({"more": True}, place.manager.member_id)


async def test_a_page_is_a_part_of_them(client, place, ask, case):
    await look(client, place, case, {"more": True})
    second = await steps(ask, case, "?page=2&pageSize=3")
    assert [one["number"] for one in second["items"]] == [4]
    assert (second["total"], second["page"], second["pageSize"]) == (4, 2, 3)


async def test_what_models_cost_is_told_by_model_to_whoever_may_see_figures(services, place, ask, case):
    async with services.database.write() as connection:
        await connection.execute(
            """
            insert into model_calls (workspace_id, workflow_id, run_id, step_number, provider, model_id, input_tokens,
                                     output_tokens, cost, latency_ms, created_at)
            select workspace_id, workflow_id, id, 1, 'openai', model, 10, 2, 0.25, 5, created_at
            from runs, unnest(array['large', 'small', 'small']) as model where id = $1
            """,
            case["id"],
        )
    counted, looked = (await steps(ask, case))["items"]
    each = {"provider": "openai", "modelId": "large", "calls": 1, "inputTokens": 10, "outputTokens": 2, "cost": 0.25}
    twice = {**each, "modelId": "small", "calls": 2, "inputTokens": 20, "outputTokens": 4, "cost": 0.5}
    assert counted["usage"] == [each, twice]
    assert looked["usage"] == []
    reader = await place.member(scopes=["assignments:read"])
    assert [one["usage"] for one in (await steps(ask, case, who=reader))["items"]] == [None, None]


async def test_a_sub_run_and_the_run_above_lead_to_each_other(services, client, place, ask, begin):
    await published(client, place, document("child", [task("x")]))
    above = await begin(await published(client, place, document("parent", [CALL])))
    errands = Errands(services.database, services.engine, services.clock)
    async with services.database.read() as connection:
        rows = await connection.fetch("select payload from jobs where entrypoint = 'errand' order by id")
    for row in rows:
        await errands.run(as_errand(row[0]))
    (step,) = (await steps(ask, above))["items"]
    assert (step["made"]["workflowName"], step["made"]["status"]) == ("Child", "pending")
    beneath = await steps(ask, step["made"])
    assert beneath["madeFor"] == {"id": above["id"], "title": "One", "workflowName": "Parent", "status": "active"}


async def test_a_member_sees_the_steps_of_its_own_and_nobody_elses(client, place, ask, begin):
    workflow = await published(client, place, AGAIN)
    own, stranger = await place.member(), await place.member()
    case = await begin(workflow, memberId=own.member_id)
    assert (await steps(ask, case, who=own))["total"] == 2
    assert (await ask("GET", f"/assignments/{case['id']}/steps", who=stranger)).status_code == 403
    assert (await ask("GET", "/assignments/999999/steps")).status_code == 404
