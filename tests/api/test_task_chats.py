"""GET /workflows/{id}/tasks/{id}/chats (S000)."""

import pytest

from tests import people
from tests.api.desk import DEFINITION, desk
from tests.documents import published


@pytest.fixture
async def here(client, services):
    return await desk(client, services)


@pytest.fixture
async def tasks(here):
    answer = await here.call("GET", f"{here.place.path}/workflows/{here.workflow_id}")
    return {task["key"]: task["id"] for task in answer.json()["tasks"]}


@pytest.fixture
def listed(here, tasks):
    async def get(task="classify", **query):
        path = f"{here.place.path}/workflows/{here.workflow_id}/tasks/{tasks[task]}/chats"
        answer = await here.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


async def say(here, chat):
    path = f"{here.place.path}/chats/{chat['chatId']}/messages"
    answer = await here.call("POST", path, json={"role": "user", "content": "Hello"})
    assert answer.status_code == 201, answer.text


def ids(page):
    return [chat["assignmentId"] for chat in page["items"]]


async def test_a_chat_is_told_with_what_it_is_about(here, services, listed):
    run_id = await here.start(opens_chat=True, title="Printer on fire")
    (chat,) = (await listed())["items"]
    services.clock.advance(minutes=1)
    await say(here, chat)
    page = await listed()
    assert page == {
        "items": [
            {
                "chatId": chat["chatId"],
                "chatUuid": chat["chatUuid"],
                "title": "Printer on fire",
                "summary": "Support desk: classify.",
                "assignmentId": run_id,
                "memberName": here.user.email.partition("@")[0],
                "memberId": here.user.member_id,
                "currentTaskName": "classify",
                "workflowName": "Support desk",
                "lastMessageAt": "2024-02-04T12:01:00.000Z",
                "messageCount": 1,
            }
        ],
        "total": 1,
        "limit": 100,
        "offset": 0,
    }


async def test_the_latest_message_comes_first_and_no_message_last(here, services, listed):
    runs = [await here.start(opens_chat=True) for _ in range(5)]
    chats = {chat["assignmentId"]: chat for chat in (await listed())["items"]}
    assert ids(await listed()) == runs, "chats without a message come by their ids"
    for place in (3, 1, 0):
        services.clock.advance(minutes=1)
        await say(here, chats[runs[place]])
    await say(here, chats[runs[1]])
    wanted = [runs[place] for place in (0, 1, 3, 2, 4)]
    assert ids(await listed()) == wanted, "0 and 1 spoke at the same instant: their ids decide"


async def test_pages_are_cut_from_the_same_order_at_either_end(here, services, listed):
    runs = [await here.start(opens_chat=True) for _ in range(7)]
    chats = {chat["assignmentId"]: chat for chat in (await listed())["items"]}
    for place in (2, 5, 3):
        services.clock.advance(minutes=1)
        await say(here, chats[runs[place]])
    whole = ids(await listed())
    for limit in (1, 2, 3, 7, 500):
        for offset in range(9):
            page = await listed(limit=limit, offset=offset)
            assert ids(page) == whole[offset : offset + limit], (limit, offset)
            assert (page["total"], page["limit"], page["offset"]) == (7, limit, offset)
    assert (await listed(offset=10**12))["items"] == []


async def test_only_open_assignments_with_a_chat_that_stand_on_the_task_are_listed(here, listed):
    kept, moved, ended = [await here.start(opens_chat=True) for _ in range(3)]
    await here.start()
    await here.work(moved, 1)
    await here.cancel(ended)
    assert (ids(await listed()), (await listed())["total"]) == ([kept], 1)
    assert (ids(await listed("review")), (await listed("review"))["total"]) == ([moved], 1)
    assert await listed("resolve") == {"items": [], "total": 0, "limit": 100, "offset": 0}


async def test_a_deleted_chat_is_not_listed(here, listed):
    kept, gone = [await here.start(opens_chat=True) for _ in range(2)]
    chats = {chat["assignmentId"]: chat["chatId"] for chat in (await listed())["items"]}
    answer = await here.call("DELETE", f"{here.place.path}/chats/{chats[gone]}")
    assert answer.status_code == 204, answer.text
    assert (ids(await listed()), (await listed())["total"]) == ([kept], 1)


async def test_a_run_that_is_started_from_a_chat_brings_its_message_along(here, services, listed):
    chat = await here.open_chat(title="Hello")
    services.clock.advance(minutes=1)
    body = {"role": "user", "content": "Help", "workflowId": str(here.workflow_uuid)}
    answer = await here.call("POST", f"/api/chats/{chat['uuid']}/messages", json=body)
    assert answer.status_code == 201, answer.text
    (found,) = (await listed())["items"]
    assert (found["lastMessageAt"], found["messageCount"]) == ("2024-02-04T12:01:00.000Z", 1)


@pytest.mark.parametrize(
    ("bounds", "places"),
    [
        ({"from_date": "2024-02-05"}, [2, 3, 4, 5]),
        ({"to_date": "2024-02-04"}, [0, 1]),
        ({"from_date": "2024-02-05", "to_date": "2024-02-05"}, [2, 3, 4, 5]),
        ({"from_date": "2024-02-04T18:00:00Z", "to_date": "2024-02-05T06:00:00Z"}, [1, 2, 3]),
        ({"from_date": "2024-02-05T07:00:00Z"}, [4, 5]),
        ({"from_date": "2024-02-07"}, []),
    ],
)
async def test_the_bounds_are_those_of_the_assignments_creation(here, services, listed, bounds, places):
    runs = []
    for _ in range(6):
        runs.append(await here.start(opens_chat=True))
        services.clock.advance(hours=6)
    page = await listed(**bounds)
    assert (ids(page), page["total"]) == ([runs[place] for place in places], len(places))


async def test_the_task_is_named_as_the_assignments_own_version_names_it(client, here, listed):
    await here.start(opens_chat=True)
    renamed = [dict(task) for task in DEFINITION["tasks"]]
    renamed[0]["name"] = "Sort it"
    path = f"{here.place.path}/workflows/{here.workflow_id}"
    answer = await client.put(path, json=DEFINITION | {"tasks": renamed}, headers=here.place.manager.headers)
    assert answer.json()["version"] == 2
    await here.start(opens_chat=True)
    assert [chat["currentTaskName"] for chat in (await listed())["items"]] == ["classify", "Sort it"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("offset=-1", "offset"),
        ("offset=1.5", "offset"),
        ("from_date=soon", "from_date"),
        ("to_date=2024-13-01", "to_date"),
    ],
)
async def test_a_bad_parameter_is_named(here, tasks, query, name):
    path = f"{here.place.path}/workflows/{here.workflow_id}/tasks/{tasks['classify']}/chats?{query}"
    answer = await here.call("GET", path)
    assert answer.status_code == 400
    assert name in answer.json()["detail"]


async def test_what_is_absent_and_what_is_not_allowed(client, services, here, tasks):
    workflows = f"{here.place.path}/workflows"
    other = await published(client, here.place)
    path = f"{workflows}/{here.workflow_id}/tasks/{tasks['classify']}/chats"
    stranger = await people.person(services)

    async def status(path, who=None):
        return (await here.call("GET", path, who)).status_code

    assert await status(path) == 200
    assert await status(path, stranger) == 403
    assert await status(f"{workflows}/999999/tasks/1/chats", here.other) == 404
    assert await status(path, here.other) == 403
    assert await status(f"{workflows}/{here.workflow_id}/tasks/999999/chats", here.other) == 403
    assert await status(f"{workflows}/{here.workflow_id}/tasks/999999/chats") == 404
    assert await status(f"{workflows}/{here.workflow_id}/tasks/{other['tasks'][0]['id']}/chats") == 404
    assert await status(f"{workflows}/{here.workflow_id}/tasks/x/chats") == 400
    assert (await client.get(path)).status_code == 401


async def test_no_task_has_more_chats_than_assignments(here, tasks, listed):
    for number in range(6):
        run_id = await here.start(opens_chat=number % 2 == 0)
        if number > 2:
            await here.work(run_id, 1)
    answer = await here.call("GET", f"{here.place.path}/workflows/{here.workflow_id}/task-assignment-stats")
    counts = {task_id: one["count"] for task_id, one in answer.json().items()}
    for key, chats in (("classify", 2), ("review", 1), ("resolve", 0)):
        assert (await listed(key))["total"] == chats
        assert counts[str(tasks[key])] >= chats
