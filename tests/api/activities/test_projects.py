from tests import documents
from tests.api.activities.floor import elsewhere, problem


async def names(floor, who=None, **query):
    return [one["attributes"]["name"] for one in (await floor.get("/projects", who, **query))["data"]]


async def test_one_sees_the_projects_that_one_belongs_to(floor):
    await documents.published(floor.client, floor.place, documents.document("other"))
    reader = await floor.place.member(scopes=["activities:read"])
    for who, expected in (
        (floor.ada, ["Support"]),
        (floor.stranger, []),
        (floor.manager, ["Support", "Other"]),
        (reader, ["Support", "Other"]),
        (await elsewhere(floor), []),
    ):
        assert await names(floor, who) == expected
        answer = await floor.call("GET", f"/projects/{floor.project['id']}", who)
        assert answer.status_code == (200 if "Support" in expected else 404)
    assert await names(floor, floor.manager, sort="name") == ["Other", "Support"]
    assert await names(floor, floor.manager, **{"filter[key]": "other"}) == ["Other"]
    assert (await floor.get("/projects", floor.manager, count="1", **{"page[size]": 1}))["meta"] == {"count": 2}


async def test_a_project_is_shown(floor):
    shown = (await floor.get(f"/projects/{floor.project['id']}"))["data"]
    assert (shown["type"], shown["id"], shown["relationships"]) == ("workflow/projects", str(floor.project["id"]), {})
    assert shown["attributes"]["uuid"] == floor.project["uuid"]
    assert shown["attributes"]["archived_at"] is None
    for name in ("0", "x", "9" * 30):
        assert (await floor.call("GET", f"/projects/{name}")).status_code == 404


async def test_who_belongs_to_a_project(floor):
    query = {"filter[project_id]": floor.project["id"]}
    found = (await floor.get("/project/members", **query))["data"]
    members = {one["attributes"]["account_id"]: one["attributes"] for one in found}
    assert members.keys() == {who.account_id for who in (floor.manager, floor.ada, floor.bob, floor.lead)}
    assert members[floor.ada.account_id]["level"] is None
    assert members[floor.manager.account_id]["level"] == "admin"
    assert members[floor.lead.account_id]["is_supervisor"] is True
    assert len({one["id"] for one in found}) == 4
    roles = await floor.get("/project/members", count="true", **{"filter[actor_roles__contains]": "agent"})
    assert roles["meta"] == {"count": 3}
    assert (await floor.get("/project/members", floor.stranger))["data"] == []
    assert (await floor.get("/project/members", **{"filter[project_id]": 999}))["data"] == []
    answer = await floor.call("GET", "/project/members?filter[project_id]=x")
    assert answer.status_code == 422
    assert problem(answer)["source"] == {"parameter": "filter[project_id]"}
    first = await floor.get("/project/members", sort="-name", **{"page[size]": 2})
    assert len(first["data"]) == 2
