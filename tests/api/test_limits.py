"""How much workers may perform at once in a workspace: what the API says of it."""

import pytest

from tests.people import place as another_place


@pytest.fixture
def call(client, place):
    """Calls the workspace, as its Manager unless somebody else is named."""

    async def ask(method, *, who=place.manager, **more):
        return await client.request(method, f"{place.path}/limits", headers=who.headers, **more)

    return ask


async def test_anything_may_begin_until_an_administrator_sets_limits(call, place):
    nothing = {"concurrency": None, "rate": None}
    assert (await call("GET")).json() == nothing
    for limits in ({"concurrency": 5, "rate": "100/m"}, {"concurrency": None, "rate": "10000/d"}, nothing):
        assert (await call("PUT", json=limits)).json() == limits
        assert (await call("GET", who=await place.member())).json() == limits


async def test_only_administrators_set_them(call, place):
    body = {"concurrency": 1, "rate": None}
    assert (await call("PUT", who=await place.member(), json=body)).status_code == 403
    assert (await call("GET")).json()["concurrency"] is None


@pytest.mark.parametrize(
    "wrong",
    [{"concurrency": 0}, {"concurrency": 10_001}, {"rate": "5"}, {"rate": "0/s"}, {"rate": "10001/s"}, {"rate": "5/w"}],
)
async def test_what_is_no_limit_is_refused(call, wrong):
    body = {"concurrency": None, "rate": None} | wrong
    assert (await call("PUT", json=body)).status_code == 400


async def test_each_limit_has_to_be_said(call):
    assert (await call("PUT", json={"concurrency": 5})).status_code == 400


async def test_other_workspaces_have_limits_of_their_own(call, client, services):
    other = await another_place(services, "Other")
    await call("PUT", json={"concurrency": 5, "rate": None})
    found = await client.get(f"{other.path}/limits", headers=other.manager.headers)
    assert found.json() == {"concurrency": None, "rate": None}
