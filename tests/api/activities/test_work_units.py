import pytest

from casework.api.activities.documents import WorkUnitAttributes
from tests import documents
from tests.api.activities.floor import elsewhere, problem


async def test_a_work_unit_is_made_and_started(floor):
    body = {"project_id": floor.project["id"], "name": "Case", "data": {"amount": 3}, "priority": 70}
    body |= {"due_at": "2024-02-05T12:00:00+01:00", "external_id": "4711", "version": 1}
    answer = await floor.call("POST", "/work_units", floor.manager, json=body)
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/vnd.api+json"
    shown = answer.json()["data"]
    assert answer.headers["location"] == f"/api/v3/workflow/work_units/{shown['id']}"
    assert list(shown["attributes"]) == list(WorkUnitAttributes.__struct_fields__)
    assert shown["relationships"].keys() == {"project", "node"}
    wanted = {"name": "Case", "status": "draft", "priority": 70, "external_id": "4711", "data": {"amount": 3}}
    assert shown["attributes"] | wanted | {"due_at": "2024-02-05T11:00:00.000Z", "version": 1} == shown["attributes"]
    again = await floor.call("GET", f"/work_units/{shown['id']}", floor.manager)
    assert again.json() == answer.json()
    assert again.headers["etag"] == answer.headers["etag"]
    (activity,) = (await floor.get("/activities"))["data"]
    assert activity["relationships"]["work_unit"]["data"]["id"] == shown["id"]


async def test_title_and_input_are_other_names(floor):
    body = {"project_id": floor.project["id"], "title": "Case", "input": {"amount": 1}}
    answer = await floor.call("POST", "/work_units", floor.manager, json=body)
    assert answer.status_code == 201
    attributes = answer.json()["data"]["attributes"]
    assert (attributes["name"], attributes["data"]) == ("Case", {"amount": 1})
    both = await floor.call("POST", "/work_units", floor.manager, json=body | {"name": "Other"})
    assert both.status_code == 422
    assert problem(both)["source"] == {"pointer": "/title"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/project_id"),
        ({"project_id": "1"}, "/project_id"),
        ({"project_id": 1, "data": []}, "/data"),
        ({"project_id": 1, "data": {"amount": "x"}}, "/data/amount"),
        ({"project_id": 1, "input": {"amount": "x"}}, "/input/amount"),
        ({"project_id": 1, "priority": 101}, "/priority"),
        ({"project_id": 1, "priority": -1}, "/priority"),
        ({"project_id": 1, "name": "x" * 501}, "/name"),
        ({"project_id": 1, "due_at": "tomorrow"}, "/due_at"),
        ({"project_id": 1, "due_at": "2024-02-05T12:00:00"}, "/due_at"),
        ({"project_id": 1, "external_id": ""}, "/external_id"),
        ({"project_id": 1, "version": 9}, "/version"),
        ({"project_id": 1, "version": 2**40}, "/version"),
        ({"project_id": 1, "state": "draft"}, "/state"),
    ],
)
async def test_what_is_wrong_has_a_pointer_and_nothing_is_made(floor, body, pointer):
    answer = await floor.call("POST", "/work_units", floor.manager, json=body)
    assert answer.status_code == 422, answer.text
    assert problem(answer)["source"] == {"pointer": pointer}
    assert (await floor.get("/work_units", floor.manager))["data"] == []


async def test_to_make_one_takes_use(floor):
    body = {"project_id": floor.project["id"]}
    user = await floor.place.member()
    for who, status in ((floor.ada, 403), (floor.stranger, 404), (user, 404), (await elsewhere(floor), 404)):
        assert (await floor.call("POST", "/work_units", who, json=body)).status_code == status
    grants = {"memberId": user.member_id, "level": "use"}
    await documents.granted(floor.client, floor.place, floor.project["id"], grants)
    answer = await floor.call("POST", "/work_units", user, json=body)
    assert answer.status_code == 201
    assert answer.json()["data"]["attributes"]["name"] == "Support"
    for project_id in (999, 2**62):
        answer = await floor.call("POST", "/work_units", floor.manager, json={"project_id": project_id})
        assert answer.status_code == 404


async def test_an_external_id_is_taken_once(floor):
    await floor.start(external_id="a")
    body = {"project_id": floor.project["id"], "external_id": "a"}
    answer = await floor.call("POST", "/work_units", floor.manager, json=body)
    assert answer.status_code == 409
    problem(answer)


async def test_the_caller_is_its_member_and_may_change_it(floor):
    user = await floor.place.member(actor_roles=["agent"])
    grants = {"memberId": user.member_id, "level": "use"}
    await documents.granted(floor.client, floor.place, floor.project["id"], grants)
    body = {"project_id": floor.project["id"]}
    unit = (await floor.call("POST", "/work_units", user, json=body)).json()["data"]["id"]
    path = f"/work_units/{unit}"
    for who, status in ((floor.stranger, 404), (floor.ada, 403), (user, 200), (floor.lead, 200), (floor.manager, 200)):
        answer = await floor.call("PATCH", path, who, json={"priority": 80})
        assert answer.status_code == status
    for who, status in ((floor.stranger, 404), (floor.ada, 403), (user, 200), (floor.lead, 409)):
        answer = await floor.call("POST", f"{path}/cancel", who, json={"reason": "Twice."})
        assert answer.status_code == status


async def test_only_what_is_sent_is_changed(floor):
    unit = await floor.start(name="Case", priority=10, due_at="2024-03-01T00:00:00Z")
    path = f"/work_units/{unit}"
    answer = await floor.call("PATCH", path, floor.lead, json={"name": "Other"})
    attributes = answer.json()["data"]["attributes"]
    assert (attributes["name"], attributes["priority"]) == ("Other", 10)
    assert attributes["due_at"] == "2024-03-01T00:00:00.000Z"
    answer = await floor.call("PATCH", path, floor.lead, json={"due_at": None, "priority": 20})
    attributes = answer.json()["data"]["attributes"]
    assert (attributes["name"], attributes["priority"], attributes["due_at"]) == ("Other", 20, None)
    for body in ({"data": {}}, {"status": "complete"}, {"priority": "high"}, {"id": "0"}):
        assert (await floor.call("PATCH", path, floor.lead, json=body)).status_code == 422


async def test_cancel_cancels_and_unassigns_its_activities(floor):
    unit = await floor.start()
    uuid = await floor.first(unit)
    await floor.done(uuid, "assign", start_working=True)
    floor.clock.advance(seconds=4)
    answer = await floor.call("POST", f"/work_units/{unit}/cancel", floor.lead, json={"reason": "Twice."})
    attributes = answer.json()["data"]["attributes"]
    assert (attributes["status"], attributes["cancel_reason"]) == ("canceled", "Twice.")
    assert attributes["completed_at"] == "2024-02-04T12:00:04.000Z"
    activity = await floor.read(uuid)
    assert (activity["status"], activity["assigned_account_id"], activity["working_seconds"]) == ("canceled", None, 4)
    (period,) = (await floor.get("/work_periods"))["data"]
    assert period["attributes"]["ended_at"] == "2024-02-04T12:00:04.000Z"
    again = await floor.call("POST", f"/work_units/{unit}/cancel", floor.lead)
    assert again.status_code == 409


async def test_its_clocks_run_while_it_is_open(floor):
    unit = await floor.start()
    floor.clock.advance(seconds=1)
    await floor.done(await floor.first(unit), "assign", start_working=True)
    floor.clock.advance(seconds=2)

    async def clocks():
        found = (await floor.get(f"/work_units/{unit}"))["data"]["attributes"]
        return [found[f"{name}_seconds"] for name in ("working", "live", "pipeline")]

    assert await clocks() == [2, 2, 3]
    await floor.done(await floor.first(unit), "pause")
    floor.clock.advance(seconds=5)
    assert await clocks() == [2, 7, 8]
    await floor.call("POST", f"/work_units/{unit}/cancel", floor.lead)
    floor.clock.advance(seconds=5)
    assert await clocks() == [2, 7, 8]


async def test_lists_are_filtered_sorted_and_paged(floor):
    low = await floor.start(priority=1, name="b", external_id="x", data={"amount": 1})
    high = await floor.start(priority=99, name="a", due_at="2024-02-05T00:00:00Z")
    await floor.done(await floor.first(high), "assign", start_working=True)

    async def ids(who=None, **query):
        return [one["id"] for one in (await floor.get("/work_units", who, **query))["data"]]

    assert await ids() == [low, high]
    assert await ids(sort="-priority") == [high, low]
    assert await ids(sort="name") == [high, low]
    assert await ids(sort="due_at") == await ids(sort="-due_at") == [high, low]
    assert await ids(sort="status") == [low, high]
    assert await ids(**{"page[size]": 1, "page[number]": 2}) == [high]
    for key, value, expected in (
        ("status", "draft", [low]),
        ("status", "in-progress", [high]),
        ("status__in", "complete", []),
        ("name", "a", [high]),
        ("external_id", "x", [low]),
        ("external_id", "", [high]),
        ("priority", "99", [high]),
        ("data", '{"amount": 1}', [low]),
        ("due_at__gte", "2024-02-05", [high]),
        ("due_at__lte", "2024-02-04", []),
        ("created_at__lte", "2024-02-04", [low, high]),
        ("completed_at", "", [low, high]),
        ("project_id", floor.project["id"], [low, high]),
        ("id__in", low, [low]),
    ):
        assert await ids(**{f"filter[{key}]": value}) == expected, key
    for key, value in (("status", "pending"), ("priority", "x"), ("data", "{"), ("due_at__gte", "x")):
        answer = await floor.call("GET", "/work_units", params={f"filter[{key}]": value})
        assert answer.status_code == 422
        assert problem(answer)["source"] == {"parameter": f"filter[{key}]"}
    assert await ids(floor.stranger) == []
    page = await floor.get("/work_units", count="true", included="project,node", **{"page[size]": 1})
    assert page["meta"] == {"count": 2}
    assert [one["type"] for one in page["included"]] == ["workflow/projects", "workflow/nodes"]
    assert (await floor.call("GET", "/work_units?included=work_unit")).status_code == 422


@pytest.mark.parametrize("name", ["0", "-1", "x", "999", "9" * 40, "1.0"])
async def test_what_is_no_work_unit_is_not_found(floor, name):
    for method, path in (("GET", ""), ("PATCH", ""), ("POST", "/cancel"), ("GET", "/workflow")):
        answer = await floor.call(method, f"/work_units/{name}{path}", floor.manager)
        assert answer.status_code == 404
        problem(answer)


async def test_the_graph_shows_how_far_it_has_come(floor):
    tasks = [
        documents.task(
            "start", next=[{"to": "loop", "when": "output.again == true"}], otherwise="done", on_error="mend"
        ),
        documents.task("loop", next=[{"to": "start"}]),
        documents.task("mend", next=[{"to": "end"}]),
        documents.task("done"),
    ]
    project = await documents.published(floor.client, floor.place, documents.document("loops", tasks))
    unit = await floor.start(project_id=project["id"])
    for data in ({"again": True}, {}):
        uuid = await floor.first(unit, sort="-id")
        await floor.done(uuid, "assign", floor.manager)
        await floor.done(uuid, "complete", floor.manager, data=data)
    graph = (await floor.get(f"/work_units/{unit}/workflow", floor.manager))["data"]
    assert (graph["type"], graph["id"]) == ("workflow/graphs", unit)
    nodes = {node["key"]: node for node in graph["attributes"]["nodes"]}
    assert [(key, node["status"], node["visit"]) for key, node in sorted(nodes.items())] == [
        ("done", "pending", None),
        ("loop", "completed", 1),
        ("mend", "pending", None),
        ("start", "pending", 2),
    ]
    assert nodes["start"]["activity_id"] == await floor.first(unit, sort="-id")
    assert nodes["done"]["activity_id"] is None
    edges = {(edge["source"], edge["target"], edge["kind"], edge["when"]) for edge in graph["attributes"]["edges"]}
    assert edges == {
        ("start", "loop", "next", "output.again == true"),
        ("start", "done", "otherwise", None),
        ("start", "mend", "error", None),
        ("loop", "start", "next", None),
    }
    assert (await floor.call("GET", f"/work_units/{unit}/workflow", floor.ada)).status_code == 404
