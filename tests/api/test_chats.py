"""Chats of the workspace surface, and GET /api/users/{userId}/chats, DELETE /api/chats/{chatId}, GET /api/liveness."""

import pytest

from tests import people
from tests.api.desk import ABSENT, Desk, desk


@pytest.fixture
async def at(client, services) -> Desk:
    return await desk(client, services)


async def listed(at, who=None, query=""):
    answer = await at.call("GET", f"{at.place.path}/chats{query}", who)
    assert answer.status_code == 200, answer.text
    return [chat["title"] for chat in answer.json()["items"]]


async def test_the_process_says_that_it_lives(client):
    answer = await client.get("/api/liveness")
    assert (answer.status_code, answer.json()) == (200, {"data": {"status": "ok"}})


async def test_a_chat_is_opened_for_the_caller(at):
    chat = await at.open_chat(title="Late order", chatType="support", channel="mail")
    assert chat == {
        "id": chat["id"],
        "uuid": chat["uuid"],
        "title": "Late order",
        "summary": "",
        "channel": "mail",
        "chatType": "support",
        "memberId": at.user.member_id,
        "memberName": chat["memberName"],
        "participants": [],
        "paused": False,
        "needsResponse": False,
        "messageCount": 0,
        "lastMessageAt": None,
        "assignmentId": None,
        "createdAt": "2024-02-04T12:00:00.000Z",
        "updatedAt": "2024-02-04T12:00:00.000Z",
    }
    for name in (chat["id"], chat["uuid"]):
        assert (await at.call("GET", f"{at.place.path}/chats/{name}")).json() == chat


async def test_a_chat_with_a_workflow_has_an_assignment(at):
    chat = await at.open_chat(title="T", summary="S", workflowId=at.workflow_id, input={"a": 1})
    assert (chat["title"], chat["summary"]) == ("T", "S")
    async with at.services.database.read() as connection:
        run = await connection.fetchrow("select * from runs where id = $1", chat["assignmentId"])
    assert (run["chat_id"], run["member_id"], run["input"]) == (chat["id"], at.user.member_id, {"a": 1})
    by_uuid = await at.open_chat(workflowId=str(at.workflow_uuid))
    assert by_uuid["assignmentId"] > chat["assignmentId"]


async def test_a_refused_assignment_opens_no_chat(at):
    path = f"{at.place.path}/chats"
    assert (await at.call("POST", path, at.other, json={"workflowId": at.workflow_id})).status_code == 403
    assert (await at.call("POST", path, json={"workflowId": 10**15})).status_code == 404
    assert (await at.call("POST", path, json={"input": {}})).status_code == 400
    assert await listed(at) == await listed(at, at.other) == []


async def test_the_same_key_opens_one_chat(at):
    for body in ({"title": "x"}, {"title": "x", "workflowId": at.workflow_id}):
        headers = {"idempotency-key": f"key{len(body)}"}
        first = await at.call("POST", f"{at.place.path}/chats", json=body, headers=headers)
        again = await at.call("POST", f"{at.place.path}/chats", json=body, headers=headers)
        assert (first.status_code, first.content) == (201, again.content)
    assert len(await listed(at)) == 2


async def test_a_chat_for_another_member_needs_the_scope(at):
    body = {"title": "for you", "memberId": at.other.member_id}
    assert (await at.call("POST", f"{at.place.path}/chats", json=body)).status_code == 403
    chat = await at.open_chat(at.place.manager, **body)
    assert chat["memberId"] == at.other.member_id
    body["memberId"] = 10**15
    answer = await at.call("POST", f"{at.place.path}/chats", at.place.manager, json=body)
    assert (answer.status_code, answer.json()["detail"]) == (400, "memberId: there is no such member.")


async def test_everybody_lists_the_chats_that_they_are_in_newest_first(at):
    for title in ("one", "two"):
        await at.open_chat(title=title)
    shared = await at.open_chat(at.other, title="shared")
    await at.open_chat(at.other, title="other's")
    body = {"memberId": at.user.member_id}
    answer = await at.call("POST", f"{at.place.path}/chats/{shared['id']}/participants", at.other, json=body)
    assert answer.status_code == 201
    assert await listed(at) == ["shared", "two", "one"]
    assert await listed(at, query="?pageSize=1&page=2") == ["two"]
    assert await listed(at, query="?page=9") == []
    assert await listed(at, at.place.manager) == ["other's", "shared", "two", "one"]
    assert await listed(at, at.place.manager, "?mine=true") == []
    assert await listed(at, at.place.manager, f"?memberId={at.user.member_id}") == ["shared", "two", "one"]
    answer = await at.call("GET", f"{at.place.path}/chats?memberId={at.other.member_id}")
    assert answer.status_code == 403
    page = (await at.call("GET", f"{at.place.path}/chats?pageSize=1")).json()
    assert (page["total"], page["page"], page["pageSize"]) == (3, 1, 1)


@pytest.mark.parametrize(
    "query", ["page=0", "pageSize=501", "pageSize=x", "memberId=x", "mine=perhaps", "page=1&page=2"]
)
async def test_parameters_that_cannot_be_read_are_named(at, query):
    answer = await at.call("GET", f"{at.place.path}/chats?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(query.partition("=")[0])


async def test_a_user_lists_their_chats_by_their_account(at):
    for number in range(3):
        await at.open_chat(title=f"{number}")
    for name in (at.user.account_uuid, at.user.account_id):
        answer = await at.call("GET", f"/api/users/{name}/chats?limit=2&offset=1")
        data = answer.json()["data"]
        assert [chat["title"] for chat in data["chats"]] == ["1", "0"]
        assert (data["total"], data["limit"], data["offset"]) == (3, 2, 1)
        assert data["chats"][0]["userId"] == str(at.user.account_uuid)
    assert (await at.call("GET", f"/api/users/{at.user.account_uuid}/chats")).json()["data"]["limit"] == 25


async def test_a_users_chats_are_refused_in_order(at, client):
    own = f"/api/users/{at.user.account_uuid}/chats"
    assert (await client.get("/api/users/nobody/chats")).status_code == 401
    assert (await at.call("GET", "/api/users/nobody/chats")).status_code == 400
    assert (await at.call("GET", f"{own}?limit=101")).status_code == 400
    assert (await at.call("GET", f"/api/users/{ABSENT}/chats")).status_code == 404
    assert (await at.call("GET", own, at.other)).status_code == 403
    assert (await at.call("GET", own, at.place.manager)).status_code == 200


async def test_a_change_says_only_what_is_sent(at):
    chat = await at.open_chat(title="a", summary="b")
    path = f"{at.place.path}/chats/{chat['id']}"
    answer = await at.call("PUT", path, json={"title": "c", "paused": True})
    changed = answer.json()
    assert (answer.status_code, changed["title"], changed["summary"], changed["paused"]) == (200, "c", "b", True)
    assert answer.headers["etag"] == '"2"'


async def test_a_change_meant_for_another_state_changes_nothing(at):
    chat = await at.open_chat(title="a")
    path = f"{at.place.path}/chats/{chat['id']}"
    tag = (await at.call("GET", path)).headers["etag"]
    headers = {"if-match": tag}
    assert (await at.call("PUT", path, json={"title": "b"}, headers=headers)).status_code == 200
    assert (await at.call("PUT", path, json={"title": "c"}, headers=headers)).status_code == 412
    assert (await at.call("DELETE", path, headers=headers)).status_code == 412
    assert (await at.call("GET", path)).json()["title"] == "b"


async def test_a_change_that_cannot_be_is_refused(at):
    chat = await at.open_chat()
    for body in [{"title": "x" * 301}, {"summary": "x" * 10_001}, {"memberId": 3}, {"paused": "yes"}]:
        answer = await at.call("PUT", f"{at.place.path}/chats/{chat['id']}", json=body)
        assert (answer.status_code, answer.json()["detail"].partition(":")[0]) == (400, next(iter(body)))


async def test_a_participant_writes_but_only_the_owner_deletes(at):
    chat = await at.open_chat()
    path = f"{at.place.path}/chats/{chat['id']}"
    assert (await at.call("GET", path, at.other)).status_code == 403
    answer = await at.call("POST", f"{path}/participants", json={"memberIds": [at.other.member_id, at.user.member_id]})
    assert (answer.status_code, answer.json()["participants"]) == (201, [at.other.member_id])
    again = await at.call("POST", f"{path}/participants", json={"memberId": at.other.member_id})
    assert (again.status_code, again.json()["participants"]) == (201, [at.other.member_id])
    assert (await at.call("PUT", path, at.other, json={"title": "x"})).status_code == 200
    assert (await at.call("DELETE", path, at.other)).status_code == 403
    assert (await at.call("DELETE", path)).status_code == 204


@pytest.mark.parametrize(
    "body", [{}, {"memberIds": []}, {"memberIds": [10**15]}, {"memberIds": [0]}, {"memberId": "x"}]
)
async def test_participants_that_cannot_be_are_refused(at, body):
    chat = await at.open_chat()
    answer = await at.call("POST", f"{at.place.path}/chats/{chat['id']}/participants", json=body)
    assert answer.status_code == 400


async def test_a_chat_holds_a_hundred_participants(at):
    chat = await at.open_chat()
    async with at.services.database.write() as connection:
        await connection.execute(
            """
            with made as (
                insert into accounts (uuid, email, name, created_at)
                select gen_random_uuid(), 'crowd' || n || '@example.com', '', now() from generate_series(1, 101) n
                returning id
            )
            insert into members (workspace_id, account_id, role_id, name, created_at, updated_at)
            select $1, made.id, (select min(id) from roles where workspace_id = $1), 'crowd', now(), now() from made
            """,
            at.place.id,
        )
        ids = [row["id"] for row in await connection.fetch("select id from members where name = 'crowd' order by id")]
    path = f"{at.place.path}/chats/{chat['id']}/participants"
    assert (await at.call("POST", path, json={"memberIds": ids})).status_code == 400
    assert (await at.call("POST", path, json={"memberIds": ids[:100]})).status_code == 201
    assert (await at.call("POST", path, json={"memberIds": ids[100:]})).status_code == 409
    assert len((await at.call("GET", f"{at.place.path}/chats/{chat['id']}")).json()["participants"]) == 100


async def test_what_is_deleted_is_gone_for_everybody(at):
    chat = await at.open_chat(workflowId=at.workflow_id)
    path = f"{at.place.path}/chats/{chat['uuid']}"
    assert (await at.call("DELETE", path, at.other)).status_code == 403
    assert (await at.call("DELETE", path)).status_code == 204
    for method in ("GET", "DELETE"):
        assert (await at.call(method, path, at.place.manager)).status_code == 404
    assert (await at.call("POST", f"{path}/messages", json={"content": "x"})).status_code == 404
    assert await listed(at) == []


async def test_a_chat_of_another_workspace_is_not_there(at):
    chat = await at.open_chat()
    elsewhere = await people.place(at.services)
    for name in (chat["id"], chat["uuid"]):
        answer = await at.call("GET", f"{elsewhere.path}/chats/{name}", elsewhere.manager)
        assert (answer.status_code, answer.json()) == (404, {"detail": "There is no such chat."})
        assert (await at.call("GET", f"{at.place.path}/chats/{name}", elsewhere.manager)).status_code == 403


async def test_a_chats_name_is_an_id_or_a_uuid(at):
    assert (await at.call("GET", f"{at.place.path}/chats/late")).status_code == 400
    for name in (0, -1, 10**30, ABSENT):
        assert (await at.call("GET", f"{at.place.path}/chats/{name}")).status_code == 404
