"""Incidents: listed with what went wrong, and ended by who may decide: again, with an output, without, or failed."""

import pytest

from tests.documents import published

OUTPUT = {"type": "object", "required": ["total"], "properties": {"total": {"type": "integer"}}}
DEFINITION = {
    "casework": 1,
    "key": "sums",
    "name": "Sums",
    "on_failure": "incident",
    "tasks": [
        {"key": "sum", "kind": "set", "values": {"total": "=input.n + 1"}, "output": OUTPUT, "next": [{"to": "look"}]},
        {"key": "look", "kind": "human"},
    ],
}


@pytest.fixture
def ask(client, place):
    """What somebody is answered; by default the Manager."""

    async def asked(method, path, body=None, *, who=place.manager, **headers):
        return await client.request(method, f"{place.path}{path}", json=body, headers=who.headers | headers)

    return asked


@pytest.fixture
async def incident(client, place, ask):
    """An open one: the sum of a text and a number."""
    workflow = await published(client, place, DEFINITION)
    made = await ask("POST", "/assignments", {"workflowId": workflow["id"], "title": "Wrong", "input": {"n": "one"}})
    assert made.status_code == 201, made.text
    (found,) = (await ask("GET", "/incidents")).json()["items"]
    return found


async def status(ask, incident):
    run = (await ask("GET", f"/assignments/{incident['assignmentId']}")).json()
    return run["status"], run["currentTaskName"]


async def test_an_open_incident_says_what_went_wrong_and_where(ask, incident):
    assert (incident["taskKey"], incident["code"], incident["assignmentTitle"]) == ("sum", "expression", "Wrong")
    assert "could not be evaluated" in incident["message"]
    assert (await ask("GET", f"/incidents/{incident['id']}")).json() == incident
    for query, count in (
        (f"workflowId={incident['workflowId']}", 1),
        (f"taskId={incident['taskId']}", 1),
        (f"assignmentId={incident['assignmentId']}", 1),
        ("assignmentId=999999", 0),
        ("code=expression", 1),
        ("code=status", 0),
        ("taskId=999999", 0),
        ("page=2", 0),
    ):
        listed = (await ask("GET", f"/incidents?{query}")).json()
        assert len(listed["items"]) == count, query
        assert listed["total"] == (1 if query == "page=2" else count)


async def test_to_go_on_with_an_output_it_must_fit(ask, incident):
    path = f"/incidents/{incident['id']}/resolve"
    unfit = await ask("POST", path, {"output": {"total": "two"}})
    assert unfit.status_code == 400
    assert "output/total" in unfit.text
    done = await ask("POST", path, {"output": {"total": 2}}, **{"idempotency-key": "k1"})
    assert done.json() == {"id": incident["id"], "assignmentId": incident["assignmentId"]}
    assert (await ask("POST", path, {"output": {"total": 2}}, **{"idempotency-key": "k1"})).json() == done.json()
    assert await status(ask, incident) == ("active", "look")
    assert (await ask("GET", "/incidents")).json()["total"] == 0
    assert (await ask("GET", f"/incidents/{incident['id']}")).status_code == 404
    assert (await ask("POST", path, {"output": {"total": 2}})).status_code == 409


async def test_tried_again_it_fails_again_with_an_incident_of_the_same_step(ask, incident):
    assert (await ask("POST", f"/incidents/{incident['id']}/retry")).status_code == 200
    assert (await ask("GET", f"/incidents/{incident['id']}")).json()["code"] == "expression"


@pytest.mark.parametrize(("how", "then"), [("skip", ("pending", "look")), ("fail", ("failed", None))])
async def test_it_is_skipped_or_the_run_fails(ask, incident, how, then):
    assert (await ask("POST", f"/incidents/{incident['id']}/{how}")).status_code == 200
    assert await status(ask, incident) == then


async def test_who_may_only_look_decides_nothing(ask, place, incident):
    reader = await place.member(scopes=["activities:read"])
    nobody = await place.member()
    assert (await ask("GET", "/incidents", who=reader)).json()["total"] == 1
    assert (await ask("POST", f"/incidents/{incident['id']}/skip", who=reader)).status_code == 403
    assert (await ask("GET", "/incidents", who=nobody)).status_code == 403


async def test_a_step_that_never_failed_is_no_incident(ask, incident):
    await ask("POST", f"/incidents/{incident['id']}/skip")
    assert (await ask("POST", f"/incidents/{incident['id'] + 1}/skip")).status_code == 404
