"""GET /activities: which ones, in which order, and how they are shown."""

from datetime import datetime, timedelta

import pytest

from casework.api.activities.documents import Activity, ActivityAttributes, ActivityRelationships
from tests import documents
from tests.api.activities.floor import elsewhere, problem

ATTRIBUTES = [
    "id",
    "assigned_account_id",
    "name",
    "status",
    "started_at",
    "completed_at",
    "try_resolve_at",
    "actor_roles",
    "whitelisted_ids",
    "blacklisted_ids",
    "working_seconds",
    "live_seconds",
    "pipeline_seconds",
    "data",
    "output",
    "indicators",
    "created_at",
]


async def test_an_activity_is_shown_as_the_seed_lists_it(floor):
    uuid = await floor.activity(name="Case")
    answer = await floor.call("GET", "/activities")
    assert answer.headers["content-type"] == "application/vnd.api+json"
    document = answer.json()
    assert document.keys() == {"data", "meta"}
    assert document["meta"] == {}
    (shown,) = document["data"]
    assert list(shown) == ["type", "id", "attributes", "relationships"]
    assert (shown["type"], shown["id"]) == ("workflow/activities", uuid)
    assert list(shown["attributes"]) == ATTRIBUTES == list(ActivityAttributes.__struct_fields__)[:-2]
    assert list(shown["relationships"]) == ["project", "work_unit", "node"]
    assert ActivityRelationships.__struct_fields__ == ("project", "work_unit", "node")
    assert list(shown) == list(Activity.__struct_fields__)
    assert shown["relationships"]["project"] == {"data": {"type": "workflow/projects", "id": str(floor.project["id"])}}
    assert shown["attributes"] == {
        "id": uuid,
        "assigned_account_id": None,
        "name": "Review",
        "status": "pending",
        "started_at": None,
        "completed_at": None,
        "try_resolve_at": shown["attributes"]["try_resolve_at"],
        "actor_roles": ["agent"],
        "whitelisted_ids": [],
        "blacklisted_ids": [],
        "working_seconds": 0,
        "live_seconds": 0,
        "pipeline_seconds": 0,
        "data": {},
        "output": None,
        "indicators": {},
        "created_at": "2024-02-04T12:00:00.000Z",
    }


async def test_one_is_shown_as_in_the_list_and_tagged(floor):
    uuid = await floor.bring("paused")
    (listed,) = (await floor.get("/activities"))["data"]
    answer = await floor.call("GET", f"/activities/{uuid}")
    assert answer.json() == {"data": listed}
    assert answer.headers["etag"].startswith('"')


@pytest.mark.parametrize("uuid", ["00000000-0000-0000-0000-000000000000", "1", "x", "%20", "a" * 2000])
async def test_what_is_no_activity_is_not_found(floor, uuid):
    answer = await floor.call("GET", f"/activities/{uuid}")
    assert answer.status_code == 404
    problem(answer)


async def test_without_a_credential_it_is_401_in_this_shape(floor):
    answer = await floor.client.get("/api/v3/workflow/activities")
    assert answer.status_code == 401
    problem(answer)


async def test_who_sees_what(floor):
    own = await floor.activity()
    other = await documents.published(floor.client, floor.place, documents.document("other"))
    foreign = await floor.activity(project_id=other["id"])
    reader = await floor.place.member(scopes=["activities:read"])
    granted = await floor.place.member()
    await documents.granted(floor.client, floor.place, other["id"], {"memberId": granted.member_id, "level": "use"})
    sees = [
        (floor.ada, [own]),
        (floor.lead, [own]),
        (floor.stranger, []),
        (granted, [foreign]),
        (reader, [own, foreign]),
        (floor.manager, [own, foreign]),
        (await elsewhere(floor), []),
    ]
    for who, expected in sees:
        assert await floor.ids(who) == expected
        assert (await floor.get("/activities", who, count="true"))["meta"] == {"count": len(expected)}
        for uuid in (own, foreign):
            answer = await floor.call("GET", f"/activities/{uuid}", who)
            assert answer.status_code == (200 if uuid in expected else 404)


async def test_pages(floor):
    made = [await floor.activity() for _ in range(5)]
    assert await floor.ids() == made
    assert await floor.ids(**{"page[size]": 2}) == made[:2]
    assert await floor.ids(**{"page[size]": 2, "page[number]": 3}) == made[4:]
    assert await floor.ids(**{"page[size]": 2, "page[number]": 4}) == []
    assert await floor.ids(**{"page[number]": 10**40, "page[size]": 1000}) == []
    assert await floor.ids(**{"page[number]": 2**63 // 1000, "page[size]": 1000}) == []
    page = await floor.get("/activities", **{"page[size]": 2, "page[number]": 9, "count": "true"})
    assert page == {"data": [], "meta": {"count": 5}}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page[number]", "0"),
        ("page[number]", "-1"),
        ("page[number]", "1.0"),
        ("page[number]", "one"),
        ("page[number]", ""),
        ("page[size]", "0"),
        ("page[size]", "1001"),
        ("page[size]", "9" * 40),
        ("page[size]", "-9223372036854775809"),
        ("count", "maybe"),
        ("sort", "nonsense"),
        ("sort", "data"),
        ("sort", "--id"),
        ("sort", "id;drop"),
        ("included[]", "everything"),
        ("included", "project,everything"),
        ("fields[workflow/activities][]", "nonsense"),
        ("fields[workflow/activities][]", "project"),
        ("fields[workflow/nonsense][]", "name"),
        ("fields", "name"),
    ],
)
async def test_what_cannot_be_read_names_its_parameter(floor, name, value):
    answer = await floor.call("GET", "/activities", params={name: value})
    assert answer.status_code == 422
    assert problem(answer)["source"] == {"parameter": name.removesuffix("[]")}


async def test_a_page_that_is_asked_for_twice_is_refused(floor):
    answer = await floor.call("GET", "/activities?page[size]=1&page[size]=2")
    assert answer.status_code == 422
    assert problem(answer)["source"] == {"parameter": "page[size]"}


async def test_what_is_not_declared_is_ignored(floor):
    uuid = await floor.activity()
    for query in ("filter[nonsense]=1", "x=y", "page[size", "filter=1", "filter[]=1", "[a]=1", "page[other]=1", "&&="):
        answer = await floor.call("GET", f"/activities?{query}")
        assert answer.status_code == 200, query
        assert [one["id"] for one in answer.json()["data"]] == [uuid]


async def test_sorts(floor):
    first = await floor.bring("in-progress")
    floor.clock.advance(seconds=10)
    second = await floor.bring("completed")
    floor.clock.advance(seconds=10)
    third = await floor.bring("pending")
    resolve = (await floor.ids(**{"filter[name]": "Resolve"}))[0]
    assert await floor.ids() == [first, second, resolve, third]
    assert await floor.ids(sort="-id") == [third, resolve, second, first]
    assert await floor.ids(sort="-created_at,name") == [third, resolve, second, first]
    assert await floor.ids(sort="-created_at,-name") == [third, second, resolve, first]
    assert await floor.ids(sort="name,-id") == [resolve, third, second, first]
    assert await floor.ids(sort="completed_at") == [second, first, resolve, third]
    assert await floor.ids(sort="-completed_at") == [second, first, resolve, third]
    assert await floor.ids(sort="status") == [second, first, resolve, third]


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "assigned_account_id",
        "name",
        "status",
        "started_at",
        "completed_at",
        "try_resolve_at",
        "due_at",
        "working_seconds",
        "live_seconds",
        "pipeline_seconds",
        "created_at",
    ],
)
async def test_every_attribute_with_an_order_sorts_both_ways(floor, name):
    for status in ("in-progress", "completed", "pending", "canceled"):
        await floor.bring(status)
        floor.clock.advance(seconds=7)
    for direction in ("", "-"):
        asked = {"sort": f"{direction}{name}", "fields[workflow/activities]": name}
        rows = (await floor.get("/activities", **asked))["data"]
        found = [row["attributes"][name] for row in rows]
        present = [value for value in found if value is not None]
        assert found[len(present) :] == [None] * (len(found) - len(present))
        if name != "id":  # which follows creation, not the uuid's text
            assert present == sorted(present, reverse=direction == "-")


async def test_included_things_come_once(floor):
    unit = await floor.start()
    await floor.activity()
    shapes = (
        "included[]=project&included[]=work_unit&included[]=node",
        "included[0]=project&included[1]=work_unit&included[2]=node",
        "included=project,work_unit,node",
        "included=project&included=work_unit&included=node",
        "included%5B%5D=project%2Cwork_unit&included%5B%5D=node",
    )
    for shape in shapes:
        document = (await floor.call("GET", f"/activities?{shape}")).json()
        found = [(one["type"], one["id"]) for one in document["included"]]
        assert len(found) == len(set(found)) == 4
        assert found[0] == ("workflow/projects", str(floor.project["id"]))
        assert found[1] == ("workflow/work_units", unit)
        assert {name for name, _ in found[3:]} == {"workflow/nodes"}
        for one in document["data"]:
            for related in one["relationships"].values():
                assert (related["data"]["type"], related["data"]["id"]) in found
    assert (await floor.get("/activities", included=""))["included"] == []
    one = await floor.get(f"/activities/{(await floor.ids())[0]}", included="node")
    assert [item["type"] for item in one["included"]] == ["workflow/nodes"]


async def test_included_brings_only_what_was_asked_for(floor):
    await floor.activity()
    (project,) = (await floor.get("/activities", included="project"))["included"]
    assert project["attributes"]["name"] == floor.project["name"]
    assert "included" not in await floor.get("/activities")


async def test_fields_choose_attributes(floor):
    await floor.activity()
    for shape in (
        "fields[workflow/activities][]=name&fields[workflow/activities][]=status",
        "fields[workflow/activities]=name,status",
        "fields%5Bworkflow%2Factivities%5D%5B0%5D=name&fields[workflow/activities][1]=status",
    ):
        (one,) = (await floor.call("GET", f"/activities?{shape}")).json()["data"]
        assert one["attributes"] == {"name": "Review", "status": "pending"}
        assert list(one["relationships"]) == ["project", "work_unit", "node"]
        assert one["id"]
    shape = "included=project&fields[workflow/projects]=name&fields[workflow/activities]="
    document = (await floor.call("GET", f"/activities?{shape}")).json()
    assert document["included"][0]["attributes"] == {"name": "Support"}
    assert document["data"][0]["attributes"] == {}


async def test_when_it_is_due_is_shown_where_it_is_asked_for_and_what_is_late_is_found(floor):
    late = await floor.activity()
    floor.clock.advance(seconds=3600)
    await floor.activity()
    now = "2024-02-04T16:30:00Z"
    asked = {"filter[due_at__lte]": now, "sort": "due_at", "fields[workflow/activities]": "due_at"}
    (one,) = (await floor.get("/activities", **asked))["data"]
    assert one["id"] == late
    created = datetime.fromisoformat((await floor.read(late))["created_at"])
    assert datetime.fromisoformat(one["attributes"]["due_at"]) == created + timedelta(hours=4)


async def test_a_page_costs_the_same_number_of_queries_however_long_it_is(floor, monkeypatch):
    counted = []
    for _ in range(6):
        await floor.activity()
    pool = floor.place.services.database._pool
    for size in (1, 6):
        log = []
        connections = [holder._con for holder in pool._holders if holder._con]
        for connection in connections:
            connection.add_query_logger(log.append)
        await floor.get("/activities", included="project,work_unit,node", count="true", **{"page[size]": size})
        for connection in connections:
            connection.remove_query_logger(log.append)
        counted.append(len(log))
    assert counted[0] == counted[1]
    assert 0 < counted[0] < 20
