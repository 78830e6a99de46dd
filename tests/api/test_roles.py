"""Roles: names for sets of scopes."""

import asyncio

import pytest


@pytest.fixture
def at(client, place):
    """Calls the roles of `place`, as its Manager unless somebody else is named."""

    async def call(method, path="", *, who=place.manager, headers=None, **more):
        return await client.request(method, f"{place.path}/roles{path}", headers=who.headers | (headers or {}), **more)

    return call


async def named(at, name):
    return next(role for role in (await at("GET")).json()["items"] if role["name"] == name)


async def test_a_workspace_begins_with_a_role_of_every_scope_and_one_of_none(at):
    manager, user = (await at("GET")).json()["items"]
    assert (manager["name"], user["name"], user["scopes"]) == ("Manager", "User", [])
    assert {"members:admin", "workflows:admin", "assignments:admin"} <= set(manager["scopes"])
    assert set(user) == {"id", "name", "scopes"}


async def test_a_role_is_made_changed_and_deleted(at):
    made = await at("POST", json={"name": "Lead", "scopes": ["chats:read", "chats:read", "assignments:write"]})
    assert made.status_code == 201
    assert made.json()["scopes"] == ["assignments:write", "chats:read"]
    path = f"/{made.json()['id']}"
    renamed = await at("PUT", path, json={"name": "Team lead"}, headers={"if-match": made.headers["etag"]})
    assert renamed.json() == made.json() | {"name": "Team lead"}
    assert (await at("PUT", path, json={"scopes": []}, headers={"if-match": '"1"'})).status_code == 412
    assert (await at("DELETE", path)).status_code == 204
    assert (await at("DELETE", path)).status_code == 404
    assert (await at("PUT", path, json={"name": "x"})).status_code == 404


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "Lead", "scopes": ["everything"]}, "scopes"),
        ({"name": "Lead", "scopes": ["members:owner"]}, "scopes"),
        ({"name": "Lead", "scopes": "members:read"}, "scopes"),
        ({"name": "Lead", "isBuiltin": True}, "isBuiltin"),
    ],
)
async def test_what_cannot_be_a_role_is_refused_by_name(at, body, name):
    answer = await at("POST", json=body)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{name}: ")


async def test_two_roles_have_two_names_however_they_are_capitalized(at):
    await at("POST", json={"name": "Lead"})
    other = (await at("POST", json={"name": "Other"})).json()
    for name in ("lead", "Manager", "USER"):
        assert (await at("POST", json={"name": name})).status_code == 409
        assert (await at("PUT", f"/{other['id']}", json={"name": name})).status_code == 409
    answers = await asyncio.gather(*(at("POST", json={"name": "Race"}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@pytest.mark.parametrize("name", ["Manager", "User"])
async def test_builtin_roles_stay_as_they_are(at, name):
    role = await named(at, name)
    for body in ({"name": "Boss"}, {"scopes": ["chats:read"]}):
        assert (await at("PUT", f"/{role['id']}", json=body)).status_code == 409
    assert (await at("DELETE", f"/{role['id']}")).status_code == 409
    assert await named(at, name) == role


async def test_a_role_in_use_is_not_deleted(at, client, place):
    lead = await place.member(scopes=["chats:read"])
    role = next(role for role in (await at("GET")).json()["items"] if role["scopes"] == ["chats:read"])
    assert (await at("DELETE", f"/{role['id']}")).status_code == 409
    await client.delete(f"{place.path}/members/{lead.member_id}", headers=place.manager.headers)
    assert (await at("DELETE", f"/{role['id']}")).status_code == 204


async def test_roles_are_read_with_members_read_and_changed_with_members_admin(at, place):
    user = await place.member()
    reader = await place.member(scopes=["members:read"])
    writer = await place.member(scopes=["members:write"])
    assert (await at("GET", who=user)).status_code == 403
    assert (await at("GET", who=reader)).status_code == 200
    assert (await at("POST", json={"name": "x"}, who=writer)).status_code == 403


async def test_nobody_makes_or_changes_a_role_beyond_what_they_hold(at, place):
    admin = await place.member(scopes=["members:admin", "chats:read"])
    assert (await at("POST", json={"name": "A", "scopes": ["chats:write"]}, who=admin)).status_code == 403
    own = await at("POST", json={"name": "B", "scopes": ["chats:read", "members:write"]}, who=admin)
    assert own.status_code == 201
    path = f"/{own.json()['id']}"
    assert (await at("PUT", path, json={"scopes": ["keys:admin"]}, who=admin)).status_code == 403
    higher = (await at("POST", json={"name": "C", "scopes": ["keys:admin"]})).json()
    assert (await at("PUT", f"/{higher['id']}", json={"scopes": []}, who=admin)).status_code == 403
    assert (await at("DELETE", f"/{higher['id']}", who=admin)).status_code == 403


async def test_a_role_made_twice_with_one_key_is_one(at):
    ask = {"json": {"name": "Lead"}, "headers": {"idempotency-key": "k1"}}
    answers = await asyncio.gather(*(at("POST", **ask) for _ in range(4)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}


async def test_every_change_is_on_record(at, services):
    made = (await at("POST", json={"name": "Lead", "scopes": ["chats:read"]})).json()
    await at("PUT", f"/{made['id']}", json={"scopes": []})
    await at("DELETE", f"/{made['id']}")
    async with services.database.read() as connection:
        rows = await connection.fetch("select type, data from events where type like 'role.%' order by id")
    assert [row["type"] for row in rows] == ["role.created", "role.changed", "role.deleted"]
    assert [row["data"]["scopes"] for row in rows] == [["chats:read"], [], []]
