"""PUT /workflows/{id}: a new version where something changed."""

import asyncio

import pytest

from tests.documents import chain, document, granted, published, task


@pytest.fixture
async def made(client, place):
    return await published(client, place)


@pytest.fixture
def put(client, place, made):
    async def send(body, *, by=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await client.put(
            f"{place.path}/workflows/{made['id']}", json=body, headers=(by or place.manager).headers | named
        )

    return send


async def test_a_change_is_a_new_version(put, services, made):
    services.clock.advance(minutes=1)
    answer = await put(document(name="Travel expenses", description="For trips."))
    changed = answer.json()
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"2"'
    assert (changed["version"], changed["name"], changed["description"]) == (2, "Travel expenses", "For trips.")
    assert (changed["createdAt"], changed["updatedAt"]) == (made["createdAt"], "2024-02-04T12:01:00.000Z")


async def test_the_same_definition_is_no_new_version(put, services, made):
    services.clock.advance(minutes=1)
    answer = await put(document())
    assert (answer.status_code, answer.json()) == (200, made)


async def test_the_same_definition_in_other_words_is_no_new_version(client, place, put, made):
    source = """
    name: Expenses
    tasks:
      - {kind: human, name: Review, key: review, join: each, next: [{to: pay}]}
      - {name: Pay, key: pay, kind: human}
    start: [review]
    key: expenses
    casework: 1
    """
    headers = place.manager.headers | {"content-type": "application/yaml"}
    answer = await client.put(f"{place.path}/workflows/{made['id']}", content=source, headers=headers)
    assert (answer.status_code, answer.json()["version"]) == (200, 1)


async def test_the_order_of_a_forms_fields_is_a_change(client, place, put, made):
    def with_form(*names):
        fields = {name: {"type": "string"} for name in names}
        return document(tasks=[task("review", form={"type": "object", "properties": fields})])

    assert (await put(with_form("zip", "city"))).json()["version"] == 2
    assert (await put(with_form("city", "zip"))).json()["version"] == 3
    answer = await client.get(f"{place.path}/workflows/{made['id']}/definition", headers=place.manager.headers)
    assert list(answer.json()["tasks"][0]["form"]["properties"]) == ["city", "zip"]


async def test_tasks_keep_their_ids_by_their_keys(put, made):
    review, pay = (one["id"] for one in made["tasks"])
    without = (await put(document(tasks=chain("review", "check")))).json()
    check = without["tasks"][1]["id"]
    assert [one["id"] for one in without["tasks"]] == [review, check]
    assert check not in (review, pay)
    back = (await put(document(tasks=chain("check", "pay", "review")))).json()
    assert [(one["key"], one["id"]) for one in back["tasks"]] == [("check", check), ("pay", pay), ("review", review)]
    assert back["version"] == 3


async def test_the_workflows_key_stays(put):
    answer = await put(document("other"))
    assert answer.status_code == 400
    assert [one["path"] for one in answer.json()["problems"]] == ["/key"]


async def test_a_wrong_definition_changes_nothing(client, place, put, made):
    answer = await put({"casework": 1, "key": "expenses", "tasks": []})
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["path"] == "/tasks"
    found = await client.get(f"{place.path}/workflows/{made['id']}", headers=place.manager.headers)
    assert found.json() == made


async def test_it_takes_edit(client, place, put, made):
    stranger, user, editor = [await place.member() for _ in range(3)]
    await granted(
        client,
        place,
        made["id"],
        {"memberId": user.member_id, "level": "use"},
        {"memberId": editor.member_id, "level": "edit"},
    )
    answers = [(await put(document(name="New"), by=caller)).status_code for caller in (stranger, user, editor)]
    assert answers == [403, 403, 200]


async def test_rights_are_asked_before_the_definition_is_read(put, place):
    answer = await put({}, by=await place.member())
    assert answer.status_code == 403


@pytest.mark.parametrize("workflow_id", ["999", "0", "-1", "99999999999999999999999"])
async def test_what_is_not_there_is_not_found(client, place, workflow_id):
    path = f"{place.path}/workflows/{workflow_id}"
    assert (await client.put(path, json=document(), headers=place.manager.headers)).status_code == 404


async def test_a_change_to_another_version_than_was_read_is_refused(put):
    assert (await put(document(name="A"), if_match='"1"')).status_code == 200
    refused = await put(document(name="B"), if_match='"1"')
    assert refused.status_code == 412
    assert (await put(document(name="B"), if_match='"2"')).json()["version"] == 3


async def test_of_two_that_publish_over_the_same_version_one_wins(put):
    answers = await asyncio.gather(*(put(document(name=name), if_match='"1"') for name in "ABCD"))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


async def test_versions_published_at_once_are_numbered_one_after_the_other(put):
    answers = await asyncio.gather(*(put(document(name=name)) for name in "ABCD"))
    assert {answer.status_code for answer in answers} == {200}
    assert (await put(document(name="Last"))).json()["version"] == 6


async def test_the_same_idempotency_key_publishes_once(put):
    first = await put(document(name="A"), idempotency_key="k")
    await put(document(name="B"))
    again = await put(document(name="A"), idempotency_key="k")
    assert again.content == first.content
    assert again.headers["etag"] == '"2"'


async def test_publishing_is_recorded_where_something_changed(put, services, made):
    await put(document())
    await put(document(name="New"))
    async with services.database.read() as connection:
        rows = await connection.fetch("select data from events where type = 'workflow.published' order by id")
    fact = {"workflow_id": made["id"], "key": "expenses"}
    assert [row["data"] for row in rows] == [fact | {"version": 1}, fact | {"version": 2}]
