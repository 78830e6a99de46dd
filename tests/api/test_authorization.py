"""Who may call: the order of refusals, the workspace in question, and what strangers learn."""

from uuid import UUID

import pytest

from tests import people

NOWHERE = UUID("550e8400-e29b-41d4-a716-446655440000")


async def test_the_order_is_401_then_400_then_403_then_the_rest(probe, place):
    outsider = await people.person(place.services)
    address = f"/api/v2/w/{place.uuid}/numbers"
    assert (await probe.get(f"{address}/x")).status_code == 401
    assert (await probe.get(f"{address}/x", headers=outsider.headers)).status_code == 400
    assert (await probe.get(f"{address}/0", headers=outsider.headers)).status_code == 403
    assert (await probe.get(f"{address}/0", headers=place.manager.headers)).status_code == 404
    assert (await probe.get(f"{address}/7", headers=place.manager.headers)).status_code == 200


async def test_a_workspace_name_that_is_no_uuid_is_a_bad_parameter(probe, place):
    answer = await probe.get("/api/v2/w/support/mine", headers=place.manager.headers)
    assert answer.status_code == 400
    assert answer.json() == {"detail": "workspace_uuid: must be a UUID."}


async def test_a_stranger_is_not_told_whether_a_workspace_exists(probe, place):
    outsider = await people.place(place.services, "Elsewhere")
    there = await probe.get(f"/api/v2/w/{place.uuid}/mine", headers=outsider.manager.headers)
    nowhere = await probe.get(f"/api/v2/w/{NOWHERE}/mine", headers=outsider.manager.headers)
    assert there.status_code == nowhere.status_code == 403
    assert there.content == nowhere.content
    assert dict(there.headers) | {"x-request-id": ""} == dict(nowhere.headers) | {"x-request-id": ""}


async def test_a_scope_is_needed_and_a_higher_level_implies_it(probe, place):
    user = await place.member()
    reader = await place.member(scopes=["assignments:read"])
    admin = await place.member(scopes=["assignments:admin"])
    other = await place.member(scopes=["workflows:admin"])
    statuses = [
        (await probe.get(f"/api/v2/w/{place.uuid}/scoped", headers=who.headers)).status_code
        for who in (user, reader, admin, other, place.manager)
    ]
    assert statuses == [403, 200, 200, 403, 200]


async def test_without_a_workspace_in_the_path_the_header_names_it(probe, place):
    second = await people.place(place.services, "Second")
    both = await second.member(who=place.manager)

    async def workspace(headers):
        answer = await probe.get("/api/chats/mine", headers=both.headers | headers)
        return answer.json().get("workspace"), answer.status_code

    assert await workspace({"x-workspace": str(second.uuid)}) == (second.id, 200)
    assert await workspace({"x-workspace": str(place.uuid)}) == (place.id, 200)
    assert await workspace({"x-workspace": str(NOWHERE)}) == (None, 403)
    assert await workspace({"x-workspace": "second"}) == (None, 400)


async def test_without_any_name_it_is_the_one_that_was_used_last(probe, place):
    second = await people.place(place.services, "Second")
    both = await second.member(who=place.manager)

    async def workspace():
        return (await probe.get("/api/chats/mine", headers=both.headers)).json()["workspace"]

    assert await workspace() == place.id
    await probe.get(f"/api/v2/w/{second.uuid}/mine", headers=both.headers)
    assert await workspace() == second.id
    await probe.get("/api/chats/mine", headers=both.headers | {"x-workspace": str(place.uuid)})
    assert await workspace() == place.id


async def test_somebody_without_a_workspace_is_told_so(probe, services):
    nobody = await people.person(services)
    answer = await probe.get("/api/chats/mine", headers=nobody.headers)
    assert answer.status_code == 403
    assert answer.json()["error"] == "Forbidden"


async def test_a_member_that_was_removed_has_no_rights_from_its_next_request_on(probe, client, place):
    user = await place.member()
    assert (await probe.get(f"/api/v2/w/{place.uuid}/mine", headers=user.headers)).status_code == 200
    await client.delete(f"{place.path}/members/{user.member_id}", headers=place.manager.headers)
    assert (await probe.get(f"/api/v2/w/{place.uuid}/mine", headers=user.headers)).status_code == 403
    assert (await probe.get("/api/chats/mine", headers=user.headers)).status_code == 403


async def test_a_role_that_changes_gives_other_rights_at_once(probe, client, place):
    lead = await place.member(scopes=["assignments:read"])
    (role,) = [
        found
        for found in (await client.get(f"{place.path}/roles", headers=place.manager.headers)).json()["items"]
        if found["scopes"] == ["assignments:read"]
    ]
    assert (await probe.get(f"/api/v2/w/{place.uuid}/scoped", headers=lead.headers)).status_code == 200
    await client.put(f"{place.path}/roles/{role['id']}", json={"scopes": []}, headers=place.manager.headers)
    assert (await probe.get(f"/api/v2/w/{place.uuid}/scoped", headers=lead.headers)).status_code == 403


async def test_a_disabled_account_is_nobody(probe, place):
    async with place.services.database.write() as connection:
        await connection.execute("update accounts set disabled_at = now() where id = $1", place.manager.account_id)
    answer = await probe.get(f"/api/v2/w/{place.uuid}/mine", headers=place.manager.headers)
    assert answer.status_code == 401


@pytest.mark.parametrize("method", ["OPTIONS"])
async def test_what_the_framework_answers_itself_needs_no_credential(probe, method):
    answer = await probe.request(method, "/api/chats/mine")
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, OPTIONS")


async def test_authorization_takes_one_query(probe, place, queries):
    await probe.get(f"/api/v2/w/{place.uuid}/mine", headers=place.manager.headers)
    queries.clear()
    await probe.get(f"/api/v2/w/{place.uuid}/mine", headers=place.manager.headers)
    assert len(queries) == 1
