"""API keys: made, listed and revoked; never more than their makers hold."""

import re

import pytest


@pytest.fixture
def at(client, place):
    """Calls the keys of `place`, as its Manager unless somebody else, or a key, is named."""

    async def call(method, path="", *, who=place.manager, key=None, **more):
        headers = {"authorization": f"Bearer {key}"} if key else who.headers
        return await client.request(method, f"{place.path}/keys{path}", headers=headers, **more)

    return call


@pytest.fixture
def scopes(client):
    """The scopes that a key gives."""

    async def call(key):
        session = await client.get("/api/auth/get-session", headers={"authorization": f"Bearer {key}"})
        return set(session.json()["workspace"]["scopes"])

    return call


async def test_a_key_is_shown_once(at, services):
    made = (await at("POST", json={"name": "script"})).json()
    assert re.fullmatch(r"cw_[a-z2-7]{16}_[\w-]{43}", made["key"])
    assert made["key"].startswith(made["prefix"] + "_")
    (listed,) = (await at("GET")).json()["items"]
    assert "key" not in listed
    assert {name: listed[name] for name in ("id", "name", "prefix")} == {
        name: made[name] for name in ("id", "name", "prefix")
    }
    async with services.database.read() as connection:
        row = dict(await connection.fetchrow("select * from api_keys"))
    assert made["key"].rpartition("_")[2] not in str(row)


async def test_a_key_has_all_of_its_members_scopes_unless_it_is_limited(at, place, scopes):
    lead = await place.member(scopes=["chats:write", "assignments:read"])
    whole = (await at("POST", json={"name": "whole"}, who=lead)).json()
    assert await scopes(whole["key"]) == {"chats:read", "chats:write", "assignments:read"}
    narrow = (await at("POST", json={"name": "narrow", "scopes": ["chats:read"]}, who=lead)).json()
    assert narrow["scopes"] == ["chats:read"]
    assert await scopes(narrow["key"]) == {"chats:read"}
    none = (await at("POST", json={"name": "none", "scopes": []}, who=lead)).json()
    assert await scopes(none["key"]) == set()


async def test_a_key_never_gives_what_its_maker_lacks(at, place):
    lead = await place.member(scopes=["chats:write"])
    for wish in (["chats:admin"], ["members:read"], ["chats:read", "keys:read"]):
        assert (await at("POST", json={"name": "x", "scopes": wish}, who=lead)).status_code == 403
    narrow = (await at("POST", json={"name": "narrow", "scopes": ["chats:read"]}, who=lead)).json()["key"]
    assert (await at("POST", json={"name": "x", "scopes": ["chats:write"]}, key=narrow)).status_code == 403
    child = (await at("POST", json={"name": "child"}, key=narrow)).json()
    assert child["scopes"] == ["chats:read"]


async def test_a_key_loses_what_its_member_loses(at, client, place, scopes):
    lead = await place.member(scopes=["chats:write"])
    key = (await at("POST", json={"name": "k", "scopes": ["chats:write"]}, who=lead)).json()["key"]
    await client.put(f"{place.path}/members/{lead.member_id}", json={"role": "User"}, headers=place.manager.headers)
    assert await scopes(key) == set()


async def test_anothers_key_needs_keys_admin(at, place, scopes):
    user = await place.member(scopes=["chats:read"])
    admin = await place.member(scopes=["keys:admin"])
    body = {"name": "for you", "memberId": user.member_id}
    assert (await at("POST", json=body, who=await place.member())).status_code == 403
    assert (await at("POST", json={"name": "mine", "memberId": user.member_id}, who=user)).status_code == 201
    theirs = (await at("POST", json=body, who=admin)).json()
    assert (theirs["memberId"], theirs["scopes"]) == (user.member_id, [])
    by_manager = (await at("POST", json=body)).json()
    assert await scopes(by_manager["key"]) == {"chats:read"}
    assert (await at("POST", json={"name": "x", "memberId": 999_999})).status_code == 400


async def test_a_key_of_the_workspace_needs_keys_admin_and_holds_what_its_maker_held(at, place, scopes):
    admin = await place.member(scopes=["keys:admin", "chats:write"])
    body = {"name": "robot", "workspaceOwned": True}
    assert (await at("POST", json=body, who=await place.member())).status_code == 403
    made = (await at("POST", json=body, who=admin)).json()
    assert (made["workspaceOwned"], made["memberId"]) == (True, None)
    assert await scopes(made["key"]) == {"keys:read", "keys:write", "keys:admin", "chats:read", "chats:write"}
    assert (await at("POST", json={**body, "memberId": admin.member_id})).status_code == 400
    of_robot = await at("POST", json={"name": "whose?"}, key=made["key"])
    assert of_robot.status_code == 400
    assert of_robot.json()["detail"].startswith("memberId: ")


async def test_a_key_of_the_workspace_outlives_its_maker(at, client, place, scopes):
    admin = await place.member(scopes=["keys:admin", "chats:read"])
    key = (await at("POST", json={"name": "robot", "workspaceOwned": True}, who=admin)).json()["key"]
    await client.delete(f"{place.path}/members/{admin.member_id}", headers=place.manager.headers)
    assert "chats:read" in await scopes(key)


async def test_everybody_lists_their_own_and_keys_read_all(at, place):
    user = await place.member()
    reader = await place.member(scopes=["keys:read"])
    await at("POST", json={"name": "manager's"})
    await at("POST", json={"name": "user's"}, who=user)
    robot = (await at("POST", json={"name": "robot", "workspaceOwned": True, "scopes": []})).json()["key"]

    async def names(**who):
        return [key["name"] for key in (await at("GET", **who)).json()["items"]]

    assert await names(who=user) == ["user's"]
    assert await names(who=reader) == ["robot", "user's", "manager's"]
    assert await names(key=robot) == []


async def test_everybody_revokes_their_own_and_keys_admin_all(at, place):
    user, other = await place.member(), await place.member()
    first = (await at("POST", json={"name": "1"}, who=user)).json()["id"]
    second = (await at("POST", json={"name": "2"}, who=user)).json()["id"]
    assert (await at("DELETE", f"/{first}", who=other)).status_code == 403
    assert (await at("DELETE", "/999999", who=other)).status_code == 403
    assert (await at("DELETE", f"/{first}", who=user)).status_code == 204
    assert (await at("DELETE", f"/{second}")).status_code == 204
    assert (await at("DELETE", f"/{second}")).status_code == 404
    assert (await at("GET", who=user)).json()["total"] == 0


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "k", "memberId": "1"}, "memberId"),
        ({"name": "k", "memberId": 2**63}, "memberId"),
        ({"name": "k", "scopes": ["all"]}, "scopes"),
        ({"name": "k", "expiresAt": "soon"}, "expiresAt"),
        ({"name": "k", "expiresAt": "2024-02-04T12:00:00Z"}, "expiresAt"),
        ({"name": "k", "expiresAt": "2024-02-04T11:59:59"}, "expiresAt"),
        ({"name": "k", "key": "cw_mine"}, "key"),
    ],
)
async def test_what_cannot_be_a_key_is_refused_by_name(at, body, name):
    answer = await at("POST", json=body)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{name}: ")


async def test_an_expiry_far_away_is_kept_as_it_is(at):
    made = (await at("POST", json={"name": "k", "expiresAt": "9999-12-31T23:59:59+00:00"})).json()
    assert made["expiresAt"] == "9999-12-31T23:59:59.000Z"
    assert (await at("POST", json={"name": "k", "expiresAt": "9999-12-31T23:59:59-14:00"})).status_code == 400


async def test_every_change_is_on_record_without_the_secret(at, services):
    made = (await at("POST", json={"name": "script"})).json()
    await at("DELETE", f"/{made['id']}")
    async with services.database.read() as connection:
        rows = await connection.fetch("select type, data from events where type like 'key.%' order by id")
    assert [row["type"] for row in rows] == ["key.created", "key.revoked"]
    assert {row["data"]["key_id"] for row in rows} == {made["id"]}
    assert made["key"] not in str([dict(row) for row in rows])
