"""DELETE /workflows/{id}."""

import pytest

from tests.documents import document, granted, published


@pytest.fixture
async def made(client, place):
    return await published(client, place)


@pytest.fixture
def path(place, made):
    return f"{place.path}/workflows/{made['id']}"


async def test_an_archived_workflow_is_not_found_and_its_key_is_free(client, place, made, path):
    answer = await client.delete(path, headers=place.manager.headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await client.get(path, headers=place.manager.headers)).status_code == 404
    assert (await client.get(f"{place.path}/workflows", headers=place.manager.headers)).json()["total"] == 0
    again = await published(client, place)
    assert again["id"] != made["id"]
    assert {one["id"] for one in again["tasks"]}.isdisjoint(one["id"] for one in made["tasks"])


async def test_nothing_can_be_done_with_it_any_more(client, place, path):
    await client.delete(path, headers=place.manager.headers)
    answers = [
        await client.put(path, json=document(), headers=place.manager.headers),
        await client.delete(path, headers=place.manager.headers),
        await client.get(f"{path}/definition", headers=place.manager.headers),
        await client.get(f"{path}/versions", headers=place.manager.headers),
        await client.get(f"{path}/grants", headers=place.manager.headers),
        await client.put(f"{path}/grants", json=[], headers=place.manager.headers),
    ]
    assert {answer.status_code for answer in answers} == {404}


async def test_it_takes_admin(client, place, made, path):
    editor, owner = await place.member(), await place.member()
    await granted(
        client,
        place,
        made["id"],
        {"memberId": editor.member_id, "level": "edit"},
        {"memberId": owner.member_id, "level": "admin"},
    )
    assert (await client.delete(path, headers=editor.headers)).status_code == 403
    assert (await client.delete(path, headers=owner.headers)).status_code == 204


async def test_another_version_than_was_read_is_not_archived(client, place, path):
    answer = await client.delete(path, headers=place.manager.headers | {"if-match": '"2"'})
    assert answer.status_code == 412
    assert (await client.get(path, headers=place.manager.headers)).status_code == 200


async def test_archiving_is_recorded(client, place, services, made, path):
    await client.delete(path, headers=place.manager.headers)
    async with services.database.read() as connection:
        found = await connection.fetchval("select data from events where type = 'workflow.archived'")
    assert found == {"workflow_id": made["id"], "key": "expenses"}
