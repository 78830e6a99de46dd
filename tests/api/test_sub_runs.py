"""Sub-runs as the surfaces show them, and who may publish a workflow that calls another."""

import pytest

from casework.engine.errands import Errands
from casework.store.queue import as_errand
from tests.api.activities.floor import BASE
from tests.documents import document, granted, published, task

CALL = {"key": "a", "kind": "subworkflow", "workflow": "child"}


@pytest.fixture
def run_errands(services):
    """Runs what is to be done outside runs, as a process does that listens for it."""

    async def run():
        errands = Errands(services.database, services.engine, services.clock)
        async with services.database.read() as connection:
            rows = await connection.fetch("select payload from jobs where entrypoint = 'errand' order by id")
        for row in rows:
            await errands.run(as_errand(row[0]))

    return run


async def test_a_sub_run_names_the_run_above_and_that_one_shows_where_it_waits(client, place, run_errands):
    headers = place.manager.headers
    child = await published(client, place, document("child", [task("x")]))
    parent = await published(client, place, document("parent", [CALL]))
    body = {"workflowId": parent["id"]}
    above = (await client.post(f"{place.path}/assignments", json=body, headers=headers)).json()
    await run_errands()
    url = f"/analytics/org/{place.uuid}/flows/{child['id']}"
    (run,) = (await client.get(url, headers=headers)).json()
    assert run["run_type"] == "sub_workflow"
    assert run["parent_project_name"] == "Parent"
    assert run["parent_project_id"] == parent["uuid"]
    shown = (await client.get(f"{place.path}/assignments/{above['id']}", headers=headers)).json()
    assert (shown["status"], shown["currentTaskName"]) == ("active", "a")
    listed = (await client.get(f"{place.path}/assignments", headers=headers)).json()["items"]
    assert sorted(one["currentTaskName"] for one in listed) == ["X", "a"]
    inbox = (await client.get(f"{BASE}/activities", headers=headers)).json()["data"]
    assert len(inbox) == 1  # nobody has to do what waits


@pytest.mark.parametrize("path", ["", "/validate"])
async def test_only_what_its_author_may_use_is_called(client, place, path):
    author = await place.member(scopes=["workflows:write"])
    url = f"{place.path}/workflows{path}"
    refused = await client.post(url, json=document("parent", [CALL]), headers=author.headers)
    assert "there is no workflow 'child' that you may use" in refused.text
    child = await published(client, place, document("child"))
    refused = await client.post(url, json=document("parent", [CALL]), headers=author.headers)
    assert "there is no workflow 'child' that you may use" in refused.text
    await granted(client, place, child["id"], {"level": "use", "memberId": author.member_id})
    accepted = await client.post(url, json=document("parent", [CALL]), headers=author.headers)
    assert accepted.status_code in (200, 201), accepted.text


async def test_a_workflow_may_call_itself(client, place):
    made = await published(client, place, document("child", [CALL]))
    body = document("child", [{**CALL, "next": [{"to": "b"}]}, task("b")])
    answer = await client.put(f"{place.path}/workflows/{made['id']}", json=body, headers=place.manager.headers)
    assert answer.status_code == 200, answer.text
