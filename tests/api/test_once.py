"""Idempotency-Keys: once, however often, and the same answer byte for byte."""

import asyncio

import pytest

from tests import people

URL = "/api/v2/w/once"


async def ask(client, who, key="k1", body=None, **more):
    headers = who.headers | {"idempotency-key": key} | more.pop("headers", {})
    return await client.post(URL, json=body or {"name": "made"}, headers=headers, **more)


async def made(services):
    async with services.database.read() as connection:
        return await connection.fetchval("select count(*) from workspaces where name = 'made'")


async def test_the_same_request_is_answered_the_same_and_done_once(probe, place, services):
    answers = [await ask(probe, place.manager) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.headers["etag"] for answer in answers} == {'"1"'}
    assert {answer.headers["content-type"] for answer in answers} == {"application/json"}
    assert await made(services) == 1


async def test_without_a_key_each_request_is_done(probe, place, services):
    for _ in range(2):
        await probe.post(URL, json={"name": "made"}, headers=place.manager.headers)
    assert await made(services) == 2


async def test_many_at_once_are_one(probe, place, services):
    answers = await asyncio.gather(*(ask(probe, place.manager) for _ in range(12)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await made(services) == 1


@pytest.mark.parametrize("change", [{"body": {"name": "made", "amount": 1}}, {"params": {"x": "1"}}])
async def test_the_same_key_with_another_request_is_refused(probe, place, services, change):
    await ask(probe, place.manager)
    answer = await ask(probe, place.manager, **change)
    assert answer.status_code == 422
    assert await made(services) == 1


async def test_another_expectation_is_another_request(probe, place):
    await ask(probe, place.manager, headers={"if-match": '"1"'})
    assert (await ask(probe, place.manager, headers={"if-match": '"2"'})).status_code == 422


async def test_keys_of_different_people_addresses_and_workspaces_are_apart(probe, place, services):
    user = await place.member()
    second = await people.place(services, "Second")
    both = await second.member(who=place.manager)
    answers = [
        await ask(probe, place.manager),
        await ask(probe, user),
        await ask(probe, both, headers={"x-workspace": str(second.uuid)}),
        await probe.post("/api/chats/once", json={"name": "made"}, headers=both.headers | {"idempotency-key": "k1"}),
    ]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert await made(services) == 4


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é", "tab\t"])
async def test_a_key_is_visible_ascii_of_some_length(probe, place, key):
    answer = await ask(probe, place.manager, headers={"idempotency-key": key.encode()})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("Idempotency-Key: ")


async def test_the_longest_key_works(probe, place):
    assert (await ask(probe, place.manager, key="~" * 255)).status_code == 201


async def test_a_refused_change_may_be_tried_again_with_its_key(probe, place, services):
    refused = await ask(probe, place.manager, body={"name": "made", "amount": -1})
    assert refused.status_code == 409
    assert (await ask(probe, place.manager)).status_code == 201
    assert await made(services) == 1


async def test_a_key_is_forgotten_after_a_day(probe, place, services, clock):
    await ask(probe, place.manager)
    clock.advance(hours=24)
    await ask(probe, place.manager)
    assert await made(services) == 1
    clock.advance(milliseconds=1)
    await ask(probe, place.manager)
    assert await made(services) == 2


async def test_a_change_whose_answer_was_lost_is_answered_from_its_reference(probe, place, services):
    first = await ask(probe, place.manager)
    async with services.database.write() as connection:
        await connection.execute("update idempotency_keys set status = null, headers = null, body = null")
    second = await ask(probe, place.manager)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert await made(services) == 1


async def test_the_database_alone_shows_nothing_of_an_answer(client, place, services):
    headers = place.manager.headers | {"idempotency-key": "k1"}
    text = (await client.post(f"{place.path}/keys", json={"name": "script"}, headers=headers)).json()["key"]
    async with services.database.read() as connection:
        row = await connection.fetchrow("select * from idempotency_keys")
    assert text.encode() not in row["body"]
    assert text not in str(dict(row))
    assert b"k1" not in row["scope"]


async def test_a_secret_whose_answer_was_lost_is_shown_again_to_whoever_asked_for_it(client, place, services):
    headers = place.manager.headers | {"idempotency-key": "k1"}
    first = await client.post(f"{place.path}/keys", json={"name": "script"}, headers=headers)
    async with services.database.write() as connection:
        await connection.execute("update idempotency_keys set status = null, headers = null, body = null")
    second = await client.post(f"{place.path}/keys", json={"name": "script"}, headers=headers)
    assert second.content == first.content
    me = await client.get("/api/v3/iam/accounts/me", headers={"authorization": f"Bearer {second.json()['key']}"})
    assert me.status_code == 200


@pytest.mark.parametrize(
    ("header", "status", "revision"),
    [
        (None, 200, None),
        ("*", 200, None),
        ('"7"', 200, 7),
        (' "7" ', 200, 7),
        ("7", 412, None),
        ('W/"7"', 412, None),
        ('"7", "8"', 412, None),
        ('"-7"', 412, None),
        ('""', 412, None),
        ('"' + "9" * 40 + '"', 412, None),
        ("nonsense", 412, None),
    ],
)
async def test_the_expected_revision_is_read_from_if_match(wire, header, status, revision):
    answer = await wire.get("/api/v2/w/revision", headers={} if header is None else {"if-match": header})
    assert answer.status_code == status
    assert answer.json().get("revision") == revision
