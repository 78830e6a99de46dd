"""GET /workflows/{id}, its definition and its versions."""

import pytest
import yaml

from tests import people
from tests.documents import document, granted, published, task


@pytest.fixture
async def made(client, place):
    return await published(client, place, document(tasks=[task("a", roles=["clerk"], due="4h")]))


@pytest.fixture
def get(client, place, made):
    async def read(rest="", by=None, **headers):
        path = f"{place.path}/workflows/{made['id']}{rest}"
        return await client.get(path, headers=(by or place.manager).headers | headers)

    return read


async def test_it_is_read_with_its_version_as_the_tag(get, made):
    answer = await get()
    assert (answer.status_code, answer.json(), answer.headers["etag"]) == (200, made, '"1"')


async def test_it_is_for_who_uses_it_works_in_it_or_reads_all(client, place, get, made):
    user = await place.member()
    await granted(client, place, made["id"], {"memberId": user.member_id, "level": "use"})
    clerk = await place.member(actor_roles=["clerk"])
    reader = await place.member(scopes=["workflows:read"])
    stranger = await place.member()
    for rest in ("", "/definition", "/versions", "/versions/1"):
        answers = [(await get(rest, by=caller)).status_code for caller in (user, clerk, reader, stranger)]
        assert answers == [200, 200, 200, 403]


async def test_another_workspaces_is_not_found(client, services, made):
    other = await people.place(services, "Other")
    for rest in ("", "/definition", "/versions", "/versions/1", "/grants", "/task-assignment-stats"):
        answer = await client.get(f"{other.path}/workflows/{made['id']}{rest}", headers=other.manager.headers)
        assert answer.status_code == 404, rest


async def test_its_definition_comes_as_json_or_as_yaml(get):
    wanted = document(tasks=[{"key": "a", "name": "A", "kind": "human", "roles": ["clerk"], "due": "4h"}])
    answer = await get("/definition")
    assert answer.json() == wanted
    assert (answer.headers["etag"], answer.headers["content-type"]) == ('"1"', "application/json")
    answer = await get("/definition", accept="application/yaml")
    assert yaml.safe_load(answer.text) == wanted
    assert answer.headers["content-type"] == "application/yaml"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("", "application/json"),
        ("text/html", "application/json"),
        ("application/*", "application/json"),
        ("text/yaml", "application/yaml"),
        ("application/json;q=0.5, application/yaml", "application/yaml"),
        ("application/yaml;q=0.1, */*", "application/json"),
        ("text/*, application/json;q=0.2", "application/yaml"),
        ("application/yaml;q=x;;=,,;q=", "application/yaml"),
        ("application/yaml;q=0", "application/json"),
    ],
)
async def test_the_accept_header_is_understood(get, accept, media_type):
    answer = await get("/definition", accept=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)


async def test_what_comes_out_as_yaml_can_be_published_again(client, place, get, made):
    text = (await get("/definition", accept="application/yaml")).text
    path = f"{place.path}/workflows/{made['id']}"
    headers = place.manager.headers | {"content-type": "application/yaml"}
    assert (await client.put(path, content=text, headers=headers)).json()["version"] == 1


async def test_its_versions_are_listed_newest_first(client, place, get, made):
    editor = await place.member(scopes=["workflows:admin"])
    path = f"{place.path}/workflows/{made['id']}"
    for name in ("Two", "Three"):
        await client.put(path, json=document(name=name), headers=editor.headers)
    page = (await get("/versions")).json()
    assert [one["number"] for one in page["items"]] == [3, 2, 1]
    assert page["total"] == 3
    assert page["items"][2] == {
        "number": 1,
        "memberId": place.manager.member_id,
        "memberName": page["items"][2]["memberName"],
        "createdAt": "2024-02-04T12:00:00.000Z",
    }
    assert page["items"][0]["memberId"] == editor.member_id
    assert [one["number"] for one in (await get("/versions?page=2&pageSize=2")).json()["items"]] == [1]
    assert (await get("/versions?page=1000000000000&pageSize=500")).json()["items"] == []


async def test_an_older_version_is_still_there(client, place, get, made):
    await client.put(f"{place.path}/workflows/{made['id']}", json=document(), headers=place.manager.headers)
    answer = await get("/versions/1")
    assert answer.json()["number"] == 1
    assert [one["key"] for one in answer.json()["definition"]["tasks"]] == ["a"]
    assert [one["key"] for one in (await get("/definition?version=1")).json()["tasks"]] == ["a"]
    assert [one["key"] for one in (await get("/definition")).json()["tasks"]] == ["review", "pay"]


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        ("/versions/2", 404),
        ("/versions/0", 404),
        ("/versions/99999999999", 404),
        ("/versions/x", 400),
        ("/definition?version=2", 404),
        ("/definition?version=99999999999999999999", 404),
        ("/definition?version=-1", 400),
        ("/definition?version=x", 400),
    ],
)
async def test_a_version_that_is_not_there(get, rest, status):
    assert (await get(rest)).status_code == status
