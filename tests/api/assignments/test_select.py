from casework.core.command import CancelRun
from tests.api.assignments.conftest import task


async def select(desk, made, key, who, **options):
    return await desk.send("PUT", f"/{made['id']}/tasks/{task(made, key)['id']}/select", who, **options)


async def test_a_task_whose_condition_is_true_becomes_the_current_one(desk):
    made = await desk.make(desk.ada)
    await desk.send("PUT", f"/{made['id']}", desk.ada, json={"data": {"topic": "billing"}})
    answer = await select(desk, made, "refund", desk.ada)
    assert answer.status_code == 200
    chosen = answer.json()
    assert (chosen["taskKey"], chosen["status"], chosen["isCurrent"], chosen["visit"]) == ("refund", "current", True, 1)
    now = await desk.read(made["id"])
    assert (now["currentTaskName"], now["currentAssignmentTaskId"]) == ("Refund", chosen["id"])
    assert answer.headers["etag"] == '"3"'
    back = await select(desk, made, "triage", desk.ada)
    assert (back.status_code, back.json()["isCurrent"], back.json()["visit"]) == (200, True, 1)


async def test_a_condition_that_is_false_refuses_and_says_why(desk):
    made = await desk.make(desk.ada)
    await desk.send("PUT", f"/{made['id']}", desk.ada, json={"data": {"topic": "fault", "sure": False}})
    answer = await select(desk, made, "repair", desk.ada)
    assert answer.status_code == 409
    assert "output.sure" in answer.json()["detail"]
    assert (await desk.read(made["id"]))["currentTaskName"] == "Triage"


async def test_a_condition_that_cannot_be_decided_refuses(desk):
    made = await desk.make(desk.ada)
    answer = await select(desk, made, "refund", desk.ada)
    assert answer.status_code == 409
    assert "could not be decided" in answer.json()["detail"]


async def test_a_way_without_a_condition_is_always_open(desk):
    made = await desk.make(desk.ada)
    assert (await select(desk, made, "close", desk.ada)).status_code == 200


async def test_where_no_way_leads_is_refused(desk):
    made = await desk.make(desk.ada)
    await select(desk, made, "close", desk.ada)
    answer = await select(desk, made, "repair", desk.ada)
    assert answer.status_code == 409
    assert "No transition" in answer.json()["detail"]


async def test_what_is_left_in_progress_is_paused(desk):
    made = await desk.make(desk.ada)
    await desk.take(made, 1, desk.bob, start=True)
    await select(desk, made, "close", desk.ada)
    async with desk.place.services.database.read() as connection:
        found = await connection.fetchval("select state from steps where run_id = $1 and number = 1", made["id"])
    assert found == "paused"
    assert (await desk.read(made["id"]))["status"] == "active"


async def test_one_that_ended_is_refused(desk):
    made = await desk.make(desk.ada)
    await desk.do(made, CancelRun())
    assert (await select(desk, made, "close", desk.ada)).status_code == 409


async def test_others_need_a_scope_and_absent_ones_are_not_found(desk):
    made, other = await desk.make(desk.ada), await desk.make(desk.ada)
    assert (await select(desk, made, "close", desk.bob)).status_code == 403
    foreign = task(other, "close")["id"]
    for path in (f"/{made['id']}/tasks/{foreign}/select", f"/{made['id']}/tasks/1/select", "/999999/tasks/1/select"):
        assert (await desk.send("PUT", path, desk.ada)).status_code == 404
    assert (await desk.send("PUT", f"/{made['id']}/tasks/x/select", desk.ada)).status_code == 400
    assert (await select(desk, made, "close", desk.ada, headers={"if-match": '"7"'})).status_code == 412
    assert (await select(desk, made, "close", desk.manager)).status_code == 200


async def test_the_current_one_again_changes_nothing(desk):
    made = await desk.make(desk.ada)
    answer = await select(desk, made, "triage", desk.ada)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
