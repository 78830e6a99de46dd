"""The caller's own workspaces, and the first one of an installation."""

import pytest

from casework.core.errors import Unauthenticated
from casework.operations.workspaces import initialise
from tests import people

ADA = {"email": "ada@example.com", "password": "correct horse battery", "name": "Ada"}


async def test_whoever_makes_a_workspace_manages_it(client, services):
    somebody = await people.person(services)
    made = await client.post("/api/v2/w", json={"name": "Support"}, headers=somebody.headers)
    assert made.status_code == 201
    assert made.json()["role"] == "Manager"
    listed = (await client.get("/api/v2/w", headers=somebody.headers)).json()
    assert listed == {"items": [made.json()], "total": 1, "page": 1, "pageSize": 50}
    members = await client.get(f"/api/v2/w/{made.json()['uuid']}/members", headers=somebody.headers)
    assert members.status_code == 200


async def test_a_key_makes_no_workspace(client, place):
    headers = place.manager.headers
    for body in ({"name": "mine"}, {"name": "robot", "workspaceOwned": True}):
        key = (await client.post(f"{place.path}/keys", json=body, headers=headers)).json()["key"]
        answer = await client.post("/api/v2/w", json={"name": "W"}, headers={"authorization": f"Bearer {key}"})
        assert answer.status_code == 403


async def test_the_session_shows_where_one_works(client, place):
    session = (await client.get("/api/auth/get-session", headers=place.manager.headers)).json()
    assert session["workspace"]["uuid"] == str(place.uuid)
    assert session["workspace"]["memberId"] == place.manager.member_id
    assert "members:admin" in session["workspace"]["scopes"]


async def test_an_installation_begins_with_a_manager_and_a_key(client, services):
    first = await initialise(services, **ADA, workspace_name="Support")
    headers = {"authorization": f"Bearer {first.api_key}"}
    me = (await client.get("/api/v3/iam/accounts/me", headers=headers)).json()
    assert me["data"]["id"] == str(first.account.id)
    members = await client.get(f"/api/v2/w/{first.workspace.uuid}/members/{first.member_id}", headers=headers)
    assert members.json()["role"] == "Manager"


async def test_beginning_again_finds_what_is_there(services):
    first = await initialise(services, **ADA, workspace_name="Support")
    second = await initialise(services, **ADA | {"email": "ADA@example.com"}, workspace_name="Other")
    assert (second.workspace.uuid, second.member_id) == (first.workspace.uuid, first.member_id)
    assert second.api_key != first.api_key
    with pytest.raises(Unauthenticated):
        await initialise(services, **ADA | {"password": "wrong password"}, workspace_name="Support")
