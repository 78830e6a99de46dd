"""Runs in bulk: checked together, made once by their external ids, told line by line."""

import asyncio
import json

import pytest

from tests.documents import document, granted, published

INPUT = {"type": "object", "required": ["order"], "properties": {"order": {"type": "integer"}}}


@pytest.fixture
async def workflow(client, place):
    return await published(client, place, document(input=INPUT))


@pytest.fixture
def send(client, place, workflow):
    """Sends items as an array, or as they are where they are bytes."""

    async def sent(body, query="", *, who=place.manager, media_type=None, **headers):
        is_text = isinstance(body, bytes)
        kind = media_type or ("application/x-ndjson" if is_text else "application/json")
        return await client.post(
            f"{place.path}/workflows/{workflow['id']}/runs:import{query}",
            content=body if is_text else json.dumps(body).encode(),
            headers={**who.headers, "content-type": kind, **headers},
        )

    return sent


def item(number, **fields):
    return {"externalId": f"order-{number}", "input": {"order": number}, **fields}


def lines(*items):
    return b"\n".join(json.dumps(one).encode() for one in items)


def counts(answer):
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert len(found["results"]) == found["created"] + found["existing"] + found["refused"]
    return found["created"], found["existing"], found["refused"]


async def test_each_item_is_a_run(send, ask, place, services):
    due = "2024-02-05T12:00:00.000Z"
    answer = await send([item(1, title="First", priority=80, dueAt=due), item(2)])
    assert counts(answer) == (2, 0, 0)
    first, second = answer.json()["results"]
    assert (first["line"], first["externalId"], first["status"], first["problems"]) == (1, "order-1", "created", [])
    run = (await ask("GET", f"/assignments/{first['runId']}")).json()
    assert (run["title"], run["priority"], run["dueAt"], run["chatId"]) == ("First", 80, due, None)
    assert (run["input"], run["memberId"]) == ({"order": 1}, place.manager.member_id)
    async with services.database.read() as connection:
        rows = await connection.fetch("select distinct run_type, ran_by_type from runs")
    assert [tuple(row) for row in rows] == [("batch", "user")]
    assert (await ask("GET", f"/assignments/{second['runId']}")).json()["title"] == "Expenses"


async def test_the_same_items_again_make_nothing(send, ask):
    first = (await send(lines(item(1), item(2)))).json()
    again = await send(lines(item(2), item(3), item(1)))
    assert counts(again) == (1, 2, 0)
    known = {one["externalId"]: one["runId"] for one in first["results"]}
    assert {one["externalId"]: one["runId"] for one in again.json()["results"] if one["status"] == "existing"} == known
    assert (await ask("GET", "/assignments")).json()["total"] == 3


async def test_two_requests_at_once_make_each_item_once(send, ask):
    items = [item(number) for number in range(300)]
    answers = await asyncio.gather(send(items), send(items), send(items[::-1]))
    made = [counts(one) for one in answers]
    assert sum(created for created, _, _ in made) == 300
    assert all(refused == 0 for _, _, refused in made)
    assert (await ask("GET", "/assignments")).json()["total"] == 300


async def test_one_wrong_item_and_nothing_is_made_with_every_problem_by_its_line(send, ask):
    wrong = lines(item(1), item("two"), item(3, priority=101, title=3), item(1)) + b'\n\n{"externalId": 5'
    refused = await send(wrong)
    assert refused.status_code == 400
    found = [(one["line"], one["path"]) for one in refused.json()["problems"]]
    assert sorted(found) == [(2, "/input/order"), (3, "/priority"), (3, "/title"), (4, "/externalId"), (6, "")]
    assert "4 lines are wrong" in refused.json()["detail"]
    assert (await ask("GET", "/assignments")).json()["total"] == 0


async def test_one_wrong_item_is_told_with_its_line(send):
    refused = await send([item(1), item("two")])
    assert "One line is wrong, and nothing was made; line 2: input/order: " in refused.json()["detail"]


async def test_in_part_the_good_ones_are_made_and_the_bad_ones_told(send, ask):
    answer = await send(lines(item(1), item("two"), item(3)) + b"\nnonsense", "?mode=partial")
    assert counts(answer) == (2, 0, 2)
    results = answer.json()["results"]
    assert [one["status"] for one in results] == ["created", "refused", "created", "refused"]
    assert (results[1]["externalId"], results[1]["problems"][0]["path"]) == ("order-two", "/input/order")
    assert results[3]["externalId"] is None
    assert (await ask("GET", "/assignments")).json()["total"] == 2


async def test_what_is_there_is_not_checked_again(send, ask, workflow):
    assert counts(await send([item(1)])) == (1, 0, 0)
    stricter = document(input=INPUT | {"required": ["order", "day"]})
    assert (await ask("PUT", f"/workflows/{workflow['id']}", stricter)).status_code == 200
    assert counts(await send([item(1)])) == (0, 1, 0)
    assert (await send([item(1), item(2)])).status_code == 400


async def test_an_idempotency_key_gives_the_first_answer_again(send):
    first = await send([item(1)], **{"idempotency-key": "bulk"})
    again = await send([item(1)], **{"idempotency-key": "bulk"})
    assert (again.status_code, again.content) == (200, first.content)
    assert (await send([item(2)], **{"idempotency-key": "bulk"})).status_code == 422


async def test_only_who_may_use_the_workflow_and_for_others_who_may_write(send, client, place, workflow):
    user, stranger = await place.member(), await place.member()
    await granted(client, place, workflow["id"], {"memberId": user.member_id, "level": "use"})
    assert (await send([item(1)], who=stranger)).status_code == 403
    assert counts(await send([item(1), item(2, memberId=user.member_id)], who=user)) == (2, 0, 0)
    assert (await send([item(3, memberId=stranger.member_id)], "?mode=partial", who=user)).status_code == 403
    assert counts(await send([item(3, memberId=stranger.member_id)])) == (1, 0, 0)
    unknown = await send([item(4, memberId=999_999)], "?mode=partial")
    assert unknown.json()["results"][0]["problems"][0]["path"] == "/memberId"


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"", None, 400),
        (b"\n\n", None, 400),
        (b"[]", "application/json", 400),
        (b"{}", "application/json", 400),
        (b"[{]", "application/json", 400),
        (b'[{"externalId": "a\\u0000"}]', "application/json", 400),
        (b"[" * 500_000, "application/json", 400),
        (b'[{"externalId": "a", "input": ' + b'{"a":' * 70 + b"1" + b"}" * 70 + b"}]", "application/json", 400),
        (b"[]", "text/csv", 415),
        (b" " * (16 * 1024 * 1024 + 1), "application/json", 413),
        (b"{}\n" * 10_001, None, 400),
    ],
)
async def test_what_holds_no_items_or_too_many_is_refused(send, body, media_type, status):
    refused = await send(body, media_type=media_type)
    assert refused.status_code == status, refused.text


async def test_more_than_a_mebibyte_is_taken_here_alone(send):
    items = [item(number, title="x" * 450) for number in range(2_500)]
    answer = await send(items)
    assert len(answer.request.content) > 1024 * 1024
    assert counts(answer) == (2_500, 0, 0)


async def test_an_archived_workflow_takes_nothing(send, ask, workflow):
    assert (await ask("DELETE", f"/workflows/{workflow['id']}")).status_code == 204
    assert (await send([item(1)])).status_code == 404
