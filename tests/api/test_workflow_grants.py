"""GET and PUT /workflows/{id}/grants."""

import pytest

from tests import people
from tests.documents import document, granted, published


@pytest.fixture
async def made(client, place):
    return await published(client, place)


@pytest.fixture
def path(place, made):
    return f"{place.path}/workflows/{made['id']}/grants"


async def test_the_grants_are_replaced_by_those_that_are_sent(client, place, path):
    member = await place.member()
    wanted = [{"role": "User", "level": "use"}, {"memberId": member.member_id, "level": "edit"}]
    answer = await client.put(path, json=wanted, headers=place.manager.headers)
    assert (answer.status_code, answer.json(), answer.headers["etag"]) == (200, wanted, '"2"')
    answer = await client.get(path, headers=place.manager.headers)
    assert (answer.json(), answer.headers["etag"]) == (wanted, '"2"')
    assert (await client.put(path, json=[], headers=place.manager.headers)).json() == []


async def test_a_role_is_named_in_whatever_case(client, place, path):
    answer = await client.put(path, json=[{"role": "uSER", "level": "use"}], headers=place.manager.headers)
    assert answer.json() == [{"role": "User", "level": "use"}]


async def test_every_grant_that_cannot_be_given_is_told(client, place, services, path):
    stranger = (await (await people.place(services, "Other")).member()).member_id
    wishes = [
        {"role": "Nobody", "level": "use"},
        {"memberId": stranger, "level": "use"},
        {"level": "use"},
        {"role": "User", "memberId": place.manager.member_id, "level": "use"},
        {"role": "User", "level": "use"},
        {"role": "user", "level": "edit"},
    ]
    answer = await client.put(path, json=wishes, headers=place.manager.headers)
    assert answer.status_code == 400
    assert [one["path"] for one in answer.json()["problems"]] == ["/0/role", "/1/memberId", "/2", "/3", "/5"]
    assert len((await client.get(path, headers=place.manager.headers)).json()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"grants": []},
        [{"role": "User"}],
        [{"role": "User", "level": "own"}],
        [{"role": "", "level": "use"}],
        [{"role": "User", "level": "use", "more": 1}],
        [{"memberId": "1", "level": "use"}],
        [{"memberId": 0, "level": "use"}],
        [{"memberId": 2**63, "level": "use"}],
        [{"role": "\0", "level": "use"}],
        [{"role": "User", "level": "use"}] * 1001,
    ],
)
async def test_a_body_of_another_form_is_refused(client, place, path, body):
    answer = await client.put(path, json=body, headers=place.manager.headers)
    assert answer.status_code == 400
    assert answer.json()["detail"]


async def test_it_takes_admin_on_the_workflow(client, place, made, path):
    editor, owner = await place.member(), await place.member()
    wanted = [{"memberId": editor.member_id, "level": "edit"}, {"memberId": owner.member_id, "level": "admin"}]
    await granted(client, place, made["id"], *wanted)
    assert (await client.get(path, headers=editor.headers)).status_code == 403
    assert (await client.put(path, json=[], headers=editor.headers)).status_code == 403
    assert (await client.get(path, headers=owner.headers)).json() == wanted
    own_right_gone = await client.put(path, json=[], headers=owner.headers)
    assert (own_right_gone.status_code, own_right_gone.json()) == (200, [])
    assert (await client.get(path, headers=owner.headers)).status_code == 403
    assert (await client.get(path, headers=place.manager.headers)).json() == []


async def test_a_grant_is_taken_away_at_once(client, place, made):
    member = await place.member()
    workflow = f"{place.path}/workflows/{made['id']}"
    await granted(client, place, made["id"], {"memberId": member.member_id, "level": "use"})
    assert (await client.get(workflow, headers=member.headers)).status_code == 200
    await granted(client, place, made["id"])
    assert (await client.get(workflow, headers=member.headers)).status_code == 403


async def test_grants_that_changed_since_they_were_read_are_not_replaced(client, place, path):
    headers = place.manager.headers | {"if-match": '"1"'}
    assert (await client.put(path, json=[{"role": "User", "level": "use"}], headers=headers)).status_code == 200
    assert (await client.put(path, json=[], headers=headers)).status_code == 412


async def test_setting_them_is_recorded(client, place, services, made):
    await granted(client, place, made["id"], {"role": "User", "level": "use"})
    async with services.database.read() as connection:
        found = await connection.fetchval("select data from events where type = 'workflow.granted'")
    assert found == {"workflow_id": made["id"], "grants": [{"role": "User", "level": "use"}]}


async def test_a_key_with_scopes_of_its_own_does_no_more_than_they_say(client, place, made):
    workflow = f"{place.path}/workflows/{made['id']}"

    async def with_key(**wish):
        answer = await client.post(f"{place.path}/keys", json={"name": "k", **wish}, headers=place.manager.headers)
        assert answer.status_code == 201, answer.text
        headers = {"authorization": f"Bearer {answer.json()['key']}"}
        found = [
            await client.get(f"{workflow}/task-assignment-stats", headers=headers),
            await client.put(workflow, json=document(), headers=headers),
            await client.get(f"{workflow}/grants", headers=headers),
        ]
        return [answer.status_code for answer in found]

    assert await with_key() == [200, 200, 200]
    assert await with_key(scopes=["assignments:read"]) == [200, 403, 403]
    assert await with_key(scopes=["workflows:write"]) == [200, 200, 403]
    assert await with_key(workspaceOwned=True, scopes=["assignments:read"]) == [200, 403, 403]
    assert await with_key(workspaceOwned=True, scopes=["chats:read"]) == [403, 403, 403]
    assert await with_key(workspaceOwned=True, scopes=["workflows:admin"]) == [200, 200, 200]
