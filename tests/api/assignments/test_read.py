import pytest

from casework.core.command import Complete, Fail, Pause
from tests.api.assignments.conftest import task
from tests.people import place as another_place


async def test_it_is_told_as_it_was_made(desk):
    made = await desk.make(desk.ada, title="Printer")
    answer = await desk.get(f"/{made['id']}", desk.ada)
    assert answer.status_code == 200
    assert answer.json() == made
    assert answer.headers["etag"] == '"1"'


async def test_others_need_a_scope(desk):
    made = await desk.make(desk.ada)
    reader = await desk.place.member(scopes=["assignments:read"])
    assert (await desk.get(f"/{made['id']}", desk.bob)).status_code == 403
    assert (await desk.get(f"/{made['id']}", reader)).status_code == 200


@pytest.mark.parametrize("identifier", ["999999", "0", "-1", str(2**63), "9" * 40])
async def test_an_absent_one_is_not_found(desk, identifier):
    for who in (desk.ada, desk.manager):
        assert (await desk.get(f"/{identifier}", who)).status_code == 404


@pytest.mark.parametrize("identifier", ["x", "1.5", "1e3", "%20"])
async def test_an_id_that_is_no_integer_is_refused(desk, identifier):
    answer = await desk.get(f"/{identifier}", desk.ada)
    assert answer.status_code == 400
    assert "assignment_id" in answer.json()["detail"]


async def test_another_workspace_does_not_have_it(desk, services):
    made = await desk.make(desk.ada)
    elsewhere = await another_place(services, "Elsewhere")
    theirs = f"{elsewhere.path}/assignments/{made['id']}"
    assert (await desk.client.get(theirs, headers=elsewhere.manager.headers)).status_code == 404
    assert (await desk.get(f"/{made['id']}", elsewhere.manager)).status_code == 403


async def test_the_clocks_are_told_at_the_instant_of_the_query(desk, clock):
    made = await desk.make(desk.ada)
    clock.advance(minutes=1)
    await desk.take(made, 1, desk.bob, start=True)
    clock.advance(seconds=30.5)
    now = await desk.read(made["id"])
    assert (now["workingSeconds"], now["liveSeconds"], now["pipelineSeconds"]) == (30.5, 30.5, 90.5)
    assert (now["status"], now["startedAt"]) == ("active", "2024-02-04T12:01:00.000Z")
    await desk.do(made, Pause(step=1))
    clock.advance(minutes=1)
    later = await desk.read(made["id"])
    assert (later["workingSeconds"], later["liveSeconds"], later["pipelineSeconds"]) == (30.5, 90.5, 150.5)


async def test_a_task_tells_who_is_on_it_and_what_they_did(desk, clock):
    made = await desk.make(desk.ada)
    await desk.take(made, 1, desk.bob)
    clock.advance(minutes=2)
    taken = task(await desk.read(made["id"]), "triage")
    assert (taken["assignedMemberId"], taken["status"], taken["startedAt"]) == (desk.bob.member_id, "current", None)
    await desk.do(made, Complete(step=1, data={"topic": "billing"}))
    done = await desk.read(made["id"])
    triage = task(done, "triage")
    assert (triage["status"], triage["isCurrent"], triage["output"]) == ("completed", False, {"topic": "billing"})
    assert (triage["enteredAt"], triage["exitedAt"]) == ("2024-02-04T12:00:00.000Z", "2024-02-04T12:02:00.000Z")
    assert (done["currentTaskName"], task(done, "refund")["status"]) == ("Refund", "current")


async def test_a_completed_one(desk, clock):
    made = await desk.make(desk.ada)
    await desk.finish(made, 1, desk.bob, topic="other")
    clock.advance(minutes=1)
    await desk.finish(made, 2, desk.bob, note="ok")
    done = await desk.read(made["id"])
    assert (done["status"], done["outcome"], done["output"]) == ("completed", "completed", {"note": "ok"})
    assert done["completedAt"] == "2024-02-04T12:01:00.000Z"
    assert done["cancelledAt"] is done["currentTaskId"] is done["currentAssignmentTaskId"] is None
    clock.advance(minutes=5)
    assert (await desk.read(made["id"]))["pipelineSeconds"] == done["pipelineSeconds"] == 60


async def test_a_failed_one(desk):
    made = await desk.make(desk.ada)
    await desk.take(made, 1, desk.bob)
    await desk.do(made, Fail(step=1, comment="No such customer."))
    failed = await desk.read(made["id"])
    assert (failed["status"], failed["outcome"]) == ("failed", "failed")
    assert failed["completedAt"] is not None
    assert failed["cancelledAt"] is None
    assert task(failed, "triage")["error"]["message"] == "No such customer."
    assert task(failed, "close")["status"] == "pending"


async def test_a_task_is_read_by_its_id(desk):
    made = await desk.make(desk.ada)
    for one in made["tasks"]:
        answer = await desk.get(f"/{made['id']}/tasks/{one['id']}", desk.ada)
        assert (answer.status_code, answer.json()) == (200, one)
    assert (await desk.get(f"/{made['id']}/tasks/{made['tasks'][0]['id']}", desk.bob)).status_code == 403


async def test_a_task_of_another_assignment_is_not_found(desk):
    made, other = await desk.make(desk.ada), await desk.make(desk.ada)
    absent = [other["tasks"][0]["id"], made["id"] * 4096, made["id"] * 4096 + 5, 0, 2**70]
    for identifier in absent:
        assert (await desk.get(f"/{made['id']}/tasks/{identifier}", desk.ada)).status_code == 404
    assert (await desk.get(f"/999999/tasks/{made['tasks'][0]['id']}", desk.ada)).status_code == 404
    assert (await desk.get(f"/{made['id']}/tasks/one", desk.ada)).status_code == 400


async def test_a_paused_run_is_active(desk):
    made = await desk.make(desk.ada)
    await desk.take(made, 1, desk.bob, start=True)
    other = await desk.make(desk.ada)
    await desk.take(other, 1, desk.bob, start=True)
    assert (await desk.read(made["id"]))["status"] == "active"
    assert task(await desk.read(made["id"]), "triage")["status"] == "current"
