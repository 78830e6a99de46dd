"""How much people may have at once, and whether they are available: what the API says of both."""

import pytest


@pytest.fixture
def call(client, place):
    """Calls the workspace, as its Manager unless somebody else is named."""

    async def ask(method, path, *, who=place.manager, headers=None, **more):
        return await client.request(method, f"{place.path}{path}", headers=who.headers | (headers or {}), **more)

    return ask


async def test_the_workspaces_capacity_is_any_number_until_it_is_set(call, place):
    assert (await call("GET", "/capacity")).json() == {"capacity": None}
    assert (await call("PUT", "/capacity", json={"capacity": 5})).json() == {"capacity": 5}
    user = await place.member()
    assert (await call("GET", "/capacity", who=user)).json() == {"capacity": 5}
    assert (await call("PUT", "/capacity", who=user, json={"capacity": 9})).status_code == 403
    assert (await call("PUT", "/capacity", json={"capacity": None})).json() == {"capacity": None}


@pytest.mark.parametrize("body", [{}, {"capacity": -1}, {"capacity": 1001}, {"capacity": "5"}, {"capacity": 1.5}])
async def test_what_is_no_capacity_is_refused(call, place, body):
    user = await place.member()
    assert (await call("PUT", "/capacity", json=body)).status_code == 400
    if body:
        assert (await call("PUT", f"/members/{user.member_id}", json=body)).status_code == 400


async def test_a_members_own_capacity_and_availability_are_kept(call, place):
    user = await place.member()
    path = f"/members/{user.member_id}"
    before = (await call("GET", path)).json()
    assert (before["capacity"], before["available"]) == (None, True)
    changed = (await call("PUT", path, json={"capacity": 3, "available": False})).json()
    assert (changed["capacity"], changed["available"]) == (3, False)
    assert (await call("PUT", path, json={"name": "Ada"})).json() == changed | {"name": "Ada"}
    assert (await call("PUT", path, json={"capacity": None})).json()["capacity"] is None
    assert (await call("PUT", path, who=user, json={"capacity": 9})).status_code == 403


async def test_people_say_themselves_whether_they_are_available(call, place):
    user, other = await place.member(), await place.member()
    path = f"/members/{user.member_id}/availability"
    assert (await call("PUT", path, who=user, json={"available": False})).json()["available"] is False
    assert (await call("PUT", path, who=other, json={"available": True})).status_code == 403
    assert (await call("PUT", path, json={"available": True})).json()["available"] is True
    assert (await call("PUT", "/members/999999/availability", json={"available": True})).status_code == 404
    assert (await call("PUT", path, who=user, json={})).status_code == 400


async def test_who_comes_back_to_a_workspace_comes_with_nothing_of_before(call, place):
    made = (await call("POST", "/members", json={"email": "ada@example.com", "capacity": 2, "available": False})).json()
    assert (made["capacity"], made["available"]) == (2, False)
    await call("DELETE", f"/members/{made['id']}")
    again = (await call("POST", "/members", json={"email": "ada@example.com"})).json()
    assert (again["id"], again["capacity"], again["available"]) == (made["id"], None, True)
