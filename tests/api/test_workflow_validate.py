"""POST /workflows/validate."""

from tests.documents import document, granted, published


async def test_a_good_definition_is_told_as_it_was_understood(client, place):
    answer = await client.post(f"{place.path}/workflows/validate", json=document(), headers=place.manager.headers)
    assert answer.status_code == 200
    assert answer.json() == {
        "valid": True,
        "problems": [],
        "key": "expenses",
        "name": "Expenses",
        "tasks": [
            {"key": "review", "name": "Review", "kind": "human"},
            {"key": "pay", "name": "Pay", "kind": "human"},
        ],
    }
    listed = await client.get(f"{place.path}/workflows", headers=place.manager.headers)
    assert listed.json()["total"] == 0


async def test_a_bad_one_is_refused_as_publishing_it_would_be(client, place):
    bad = document(tasks=[{"key": "a", "kind": "nothing"}])
    answers = [
        await client.post(f"{place.path}/workflows{rest}", json=bad, headers=place.manager.headers)
        for rest in ("", "/validate")
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["problems"][0]["path"] == "/tasks/0/kind"


async def test_a_taken_key_is_no_problem_of_the_definition(client, place):
    await published(client, place)
    answer = await client.post(f"{place.path}/workflows/validate", json=document(), headers=place.manager.headers)
    assert answer.status_code == 200


async def test_it_is_for_who_may_publish(client, place):
    made = await published(client, place)
    user, editor = await place.member(), await place.member()
    maker = await place.member(scopes=["workflows:write"])
    await granted(
        client,
        place,
        made["id"],
        {"memberId": user.member_id, "level": "use"},
        {"memberId": editor.member_id, "level": "edit"},
    )
    path = f"{place.path}/workflows/validate"
    answers = [(await client.post(path, json={}, headers=one.headers)).status_code for one in (user, editor, maker)]
    assert answers == [403, 400, 400]
