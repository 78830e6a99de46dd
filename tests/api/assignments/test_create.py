import pytest

from tests.api.assignments.conftest import publish, task


async def test_an_assignment_is_its_makers_and_waits_on_its_first_task(desk):
    made = await desk.make(desk.ada, title="Printer", input={"amount": 3}, priority=70)
    triage = task(made, "triage")
    assert made["memberId"] == desk.ada.member_id
    assert (made["title"], made["input"], made["priority"]) == ("Printer", {"amount": 3}, 70)
    assert (made["status"], made["outcome"], made["output"]) == ("pending", None, None)
    assert (made["workflowId"], made["workflowName"]) == (desk.workflow_id, "Support desk")
    assert made["workflowVersionNumber"] == 1
    assert (made["currentTaskId"], made["currentTaskName"]) == (triage["taskId"], "Triage")
    assert made["currentAssignmentTaskId"] == triage["id"] == made["id"] * 4096 + 1
    assert triage["status"] == "current"
    assert triage["isCurrent"] is True
    assert made["createdAt"] == made["updatedAt"] == "2024-02-04T12:00:00.000Z"
    assert made["startedAt"] is made["completedAt"] is made["cancelledAt"] is made["cancelReason"] is None
    assert (made["workingSeconds"], made["liveSeconds"], made["pipelineSeconds"]) == (0, 0, 0)


async def test_every_task_is_listed_reached_or_not(desk):
    made = await desk.make(desk.ada)
    assert [one["taskKey"] for one in made["tasks"]] == ["triage", "repair", "refund", "close"]
    unreached = task(made, "close")
    assert (unreached["status"], unreached["uuid"], unreached["visit"]) == ("pending", None, 0)
    assert (unreached["data"], unreached["output"], unreached["error"]) == ({}, None, None)
    assert unreached["enteredAt"] is unreached["startedAt"] is unreached["exitedAt"] is None


async def test_it_answers_201_with_an_etag(desk):
    answer = await desk.send("POST", "", desk.ada, json={"workflowId": desk.workflow_id})
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'


async def test_a_chat_is_opened_for_it_unless_it_is_not_wanted(desk):
    with_chat = await desk.make(desk.ada)
    assert isinstance(with_chat["chatId"], int)
    assert isinstance(with_chat["chatUuid"], str)
    without = await desk.make(desk.ada, chat=False)
    assert without["chatId"] is without["chatUuid"] is None


async def test_it_remembers_who_made_it(desk):
    made = await desk.make(desk.ada)
    async with desk.place.services.database.read() as connection:
        row = await connection.fetchrow(
            "select run_type, ran_by_type, ran_by_id, ran_by_name from runs where id = $1", made["id"]
        )
    assert tuple(row) == ("api", "user", desk.ada.account_uuid, desk.ada.email)


async def test_it_may_start_at_another_task(desk):
    repair = task(await desk.make(desk.ada), "repair")
    made = await desk.make(desk.ada, taskId=repair["taskId"])
    assert made["currentTaskName"] == "Repair"
    assert task(made, "triage")["status"] == "pending"


async def test_for_another_member_it_needs_a_scope(desk):
    body = {"workflowId": desk.workflow_id, "memberId": desk.bob.member_id}
    refused = await desk.send("POST", "", desk.ada, json=body)
    assert refused.status_code == 403
    assert "assignments:write" in refused.json()["detail"]
    made = await desk.make(desk.manager, memberId=desk.bob.member_id)
    assert made["memberId"] == desk.bob.member_id
    assert (await desk.make(desk.ada, memberId=desk.ada.member_id))["memberId"] == desk.ada.member_id


async def test_without_use_of_the_workflow_it_is_refused(desk):
    stranger = await desk.place.member()
    answer = await desk.send("POST", "", stranger, json={"workflowId": desk.workflow_id})
    assert answer.status_code == 403


async def test_an_absent_workflow_is_not_found(desk):
    answer = await desk.send("POST", "", desk.manager, json={"workflowId": 999_999})
    assert answer.status_code == 404


async def test_an_archived_workflow_takes_no_new_ones(desk):
    async with desk.place.services.database.write() as connection:
        await connection.execute("update workflows set archived_at = now() where id = $1", desk.workflow_id)
    answer = await desk.send("POST", "", desk.manager, json={"workflowId": desk.workflow_id})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "workflowId"),
        ({"workflowId": "one"}, "workflowId"),
        ({"workflowId": 0}, "workflowId"),
        ({"workflowId": 2**63}, "workflowId"),
        ({"memberId": 999_999}, "memberId"),
        ({"memberId": None}, "memberId"),
        ({"taskId": 999_999}, "taskId"),
        ({"taskId": "triage"}, "taskId"),
        ({"workflowVersionNumber": 9}, "workflowVersionNumber"),
        ({"workflowVersionNumber": 2**31}, "workflowVersionNumber"),
        ({"workflowVersionNumber": 0}, "workflowVersionNumber"),
        ({"title": "x" * 501}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"input": [1]}, "input"),
        ({"input": {"amount": "three"}}, "input/amount"),
        ({"priority": 101}, "priority"),
        ({"priority": -1}, "priority"),
        ({"priority": 1.5}, "priority"),
        ({"chat": "no"}, "chat"),
        ({"status": "active"}, "status"),
    ],
)
async def test_what_is_wrong_is_named(desk, body, named):
    if named != "workflowId":
        body = {"workflowId": desk.workflow_id} | body
    answer = await desk.send("POST", "", desk.manager, json=body)
    assert answer.status_code == 400, answer.text
    assert named in answer.json()["detail"]


async def test_a_body_that_is_no_json_is_refused(desk):
    answer = await desk.send("POST", "", desk.ada, content=b"{", headers={"content-type": "application/json"})
    assert answer.status_code == 400


async def test_a_refused_one_leaves_nothing_behind(desk):
    await desk.send("POST", "", desk.ada, json={"workflowId": desk.workflow_id, "input": {"amount": "x"}})
    async with desk.place.services.database.read() as connection:
        assert await connection.fetchval("select count(*) from runs") == 0
        assert await connection.fetchval("select count(*) from chats") == 0


async def test_the_same_key_makes_one_assignment(desk):
    once = {"headers": {"idempotency-key": "first"}, "json": {"workflowId": desk.workflow_id}}
    first = await desk.send("POST", "", desk.ada, **once)
    again = await desk.send("POST", "", desk.ada, **once)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["etag"] == first.headers["etag"]
    assert (await desk.get("", desk.ada)).json()["total"] == 1


async def test_a_version_can_be_named(desk):
    old = await publish(desk.place, key="other", name="Other")
    assert (await desk.make(desk.manager, workflowId=old, workflowVersionNumber=1))["workflowVersionNumber"] == 1


async def test_without_a_credential_it_is_401(desk):
    answer = await desk.client.post(desk.path, json={"workflowId": desk.workflow_id})
    assert answer.status_code == 401
