"""POST /workflows."""

import asyncio

import pytest
import yaml

from tests.documents import chain, document, published

YAML_TYPES = ["application/yaml", "text/yaml", "application/x-yaml; charset=utf-8"]


async def test_a_workflow_is_made_and_published(client, place):
    answer = await client.post(f"{place.path}/workflows", json=document(), headers=place.manager.headers)
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'
    assert list(made) == ["id", "uuid", "key", "name", "description", "version", "tasks", "createdAt", "updatedAt"]
    assert (made["key"], made["name"], made["version"]) == ("expenses", "Expenses", 1)
    assert made["createdAt"] == made["updatedAt"] == "2024-02-04T12:00:00.000Z"
    assert [(one["key"], one["name"], one["kind"]) for one in made["tasks"]] == [
        ("review", "Review", "human"),
        ("pay", "Pay", "human"),
    ]


@pytest.mark.parametrize("media_type", YAML_TYPES)
async def test_a_definition_may_be_yaml(client, place, media_type):
    answer = await client.post(
        f"{place.path}/workflows",
        content=yaml.safe_dump(document()),
        headers=place.manager.headers | {"content-type": media_type},
    )
    assert answer.status_code == 201
    assert [one["key"] for one in answer.json()["tasks"]] == ["review", "pay"]


async def test_a_body_that_is_neither_json_nor_yaml_is_refused(client, place):
    headers = place.manager.headers | {"content-type": "text/plain"}
    answer = await client.post(f"{place.path}/workflows", content=b"casework: 1", headers=headers)
    assert answer.status_code == 415


async def test_every_problem_is_told_at_once_with_its_place(client, place):
    source = "casework: 1\nkey: Bad Key\ntasks:\n  - key: a\n    kind: human\n    next: [{to: nowhere}]\n"
    answer = await client.post(
        f"{place.path}/workflows",
        content=source,
        headers=place.manager.headers | {"content-type": "application/yaml"},
    )
    problems = answer.json()["problems"]
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert {(one["path"], one["line"]) for one in problems} == {("/key", 2), ("/tasks/0/next/0/to", 6)}
    assert all(set(one) == {"path", "line", "message", "hint"} for one in problems)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b'{"casework": 1, "key": "a\\u0000", "tasks": []}', "application/json"),
        (
            b'{"casework": 1, "key": "a", "tasks": [{"key": "a", "kind": "human", "name": "\\u0000"}]}',
            "application/json",
        ),
        (
            b'{"casework": 1, "key": "a", "tasks": [{"key": "a", "kind": "human", "name": "\\ud800"}]}',
            "application/json",
        ),
        (b"[" * 5000, "application/json"),
        (b"", "application/yaml"),
        (b"\xff", "application/yaml"),
        (b"a: [", "application/yaml"),
        (b"a: &x [*x]", "application/yaml"),
        (b"!!python/object:os.system {}", "application/yaml"),
        (b'casework: 1\nkey: a\ntasks: [{key: a, kind: human, name: "\\0"}]', "application/yaml"),
        (b"[" * 5000, "application/yaml"),
    ],
)
async def test_no_body_breaks_the_server(client, place, content, media_type):
    headers = place.manager.headers | {"content-type": media_type}
    answer = await client.post(f"{place.path}/workflows", content=content, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["detail"]


async def test_a_key_that_is_taken_is_refused(client, place):
    await published(client, place)
    answer = await client.post(f"{place.path}/workflows", json=document(), headers=place.manager.headers)
    assert answer.status_code == 409
    assert '"expenses"' in answer.json()["detail"]


async def test_of_two_that_take_a_key_at_once_one_wins(client, place):
    answers = await asyncio.gather(
        *(client.post(f"{place.path}/workflows", json=document(), headers=place.manager.headers) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_it_takes_workflows_write(client, place):
    reader = await place.member(scopes=["workflows:read"])
    answer = await client.post(f"{place.path}/workflows", json=document(), headers=reader.headers)
    assert answer.status_code == 403
    assert "workflows:write" in answer.json()["detail"]


async def test_its_maker_administers_it(client, place):
    maker = await place.member(scopes=["workflows:write"])
    made = await published(client, place, by=maker)
    answer = await client.get(f"{place.path}/workflows/{made['id']}/grants", headers=maker.headers)
    assert answer.json() == [{"memberId": maker.member_id, "level": "admin"}]


async def test_the_same_idempotency_key_makes_one_workflow(client, place):
    headers = place.manager.headers | {"idempotency-key": "make-it"}
    answers = await asyncio.gather(
        *(client.post(f"{place.path}/workflows", json=document(), headers=headers) for _ in range(3))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    other = await client.post(f"{place.path}/workflows", json=document("other"), headers=headers)
    assert other.status_code == 422


async def test_a_refused_definition_does_not_use_the_idempotency_key_up(client, place):
    headers = place.manager.headers | {"idempotency-key": "make-it"}
    refused = await client.post(f"{place.path}/workflows", json={"casework": 1}, headers=headers)
    again = await client.post(f"{place.path}/workflows", json={"casework": 1}, headers=headers)
    assert (refused.status_code, again.status_code) == (400, 400)


async def test_making_one_is_recorded(client, place, services):
    made = await published(client, place)
    async with services.database.read() as connection:
        rows = await connection.fetch(
            "select type, data, actor_kind, actor_id from events where type like 'workflow.%' order by id"
        )
    fact = {"workflow_id": made["id"], "key": "expenses"}
    assert [(row["type"], row["data"]) for row in rows] == [
        ("workflow.created", fact),
        ("workflow.published", fact | {"version": 1}),
    ]
    assert {(row["actor_kind"], row["actor_id"]) for row in rows} == {("member", place.manager.member_id)}


async def test_many_tasks_are_published_at_once(client, place):
    tasks = chain(*(f"t{number}" for number in range(300)))
    made = await published(client, place, document(tasks=tasks))
    assert [one["key"] for one in made["tasks"]] == [one["key"] for one in tasks]
