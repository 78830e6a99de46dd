"""GET /api/v3/workflow/activities?takeable=true: what waits, and the caller may take."""

import pytest

from tests import documents
from tests.api.activities.floor import elsewhere

TASKS = {
    "anybodys": {},
    "agents": {"roles": ["agent"]},
    "leads": {"roles": ["lead"]},
    "agents_and_leads": {"roles": ["lead", "agent"]},
}


@pytest.fixture
async def tasks(floor):
    """The ids of activities that wait at once in one run, by the keys of their tasks."""
    listed = [{"key": key, "name": key, "kind": "human"} | more for key, more in TASKS.items()]
    definition = {"casework": 1, "key": "mixed", "name": "Mixed", "tasks": listed, "start": list(TASKS)}
    project = await documents.published(floor.client, floor.place, definition)
    unit = await floor.start(project_id=project["id"])
    found = await floor.get("/activities", floor.manager, **{"filter[work_unit_id]": unit})
    return {one["attributes"]["name"]: one["id"] for one in found["data"]}


async def takeable(floor, who, **query):
    found = await floor.get("/activities", who, takeable="true", count="true", **query)
    assert found["meta"]["count"] == len(found["data"])
    return {one["attributes"]["name"] for one in found["data"]}


async def test_what_is_for_anybody_is_among_it_whatever_roles_somebody_has(floor, tasks):
    assert await takeable(floor, floor.ada) == {"anybodys", "agents", "agents_and_leads"}
    assert await takeable(floor, floor.stranger) == set()
    assert await takeable(floor, await elsewhere(floor)) == set()


async def test_what_somebody_has_or_is_kept_from_or_is_over_is_not(floor, tasks):
    await floor.done(tasks["anybodys"], "assign", floor.bob)
    assert await takeable(floor, floor.ada) == {"agents", "agents_and_leads"}
    async with floor.place.services.database.write() as connection:
        await connection.execute(
            "update steps set deny_ids = $1 where uuid = $2", [floor.ada.account_id], tasks["agents"]
        )
        await connection.execute(
            "update steps set allow_ids = $1 where uuid = $2", [floor.bob.account_id], tasks["agents_and_leads"]
        )
    assert await takeable(floor, floor.ada) == set()
    assert await takeable(floor, floor.bob) == {"agents", "agents_and_leads"}


async def test_each_of_it_can_be_taken_and_nothing_else_can(floor, tasks):
    names = await takeable(floor, floor.ada)
    for name, uuid in tasks.items():
        answer = await floor.move(uuid, "assign", json={})
        assert (answer.status_code == 200) == (name in names), answer.text


async def test_other_conditions_and_pages_hold_beside_it(floor, tasks):
    assert await takeable(floor, floor.ada, **{"filter[name]": "agents"}) == {"agents"}
    assert await takeable(floor, floor.ada, **{"filter[status]": "assigned"}) == set()
    found = await floor.get("/activities", takeable="true", **{"page[size]": 1, "sort": "-name"})
    assert [one["attributes"]["name"] for one in found["data"]] == ["anybodys"]


async def test_who_sees_everything_may_still_take_their_own_alone(floor, tasks):
    reader = await floor.place.member(scopes=["activities:read"])
    assert await floor.ids(reader)
    assert await takeable(floor, reader) == set()


async def test_it_is_true_or_false(floor, tasks):
    assert len(await floor.ids(takeable="false")) == len(await floor.ids()) > 3
    assert (await floor.call("GET", "/activities", params={"takeable": "perhaps"})).status_code == 422
