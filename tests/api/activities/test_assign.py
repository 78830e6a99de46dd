import asyncio

from tests import documents
from tests.api.activities.floor import elsewhere, problem


async def test_without_an_account_it_is_the_callers(floor):
    uuid = await floor.activity()
    after = await floor.done(uuid, "assign")
    assert (after["status"], after["assigned_account_id"]) == ("assigned", floor.ada.account_id)
    assert after["started_at"] is None


async def test_self_assigning_is_the_caller_whoever_is_named(floor):
    uuid = await floor.activity()
    after = await floor.done(uuid, "assign", self_assigning=True, account_id=floor.bob.account_id)
    assert after["assigned_account_id"] == floor.ada.account_id


async def test_an_account_of_null_is_none(floor):
    after = await floor.done(await floor.activity(), "assign", account_id=None)
    assert after["assigned_account_id"] == floor.ada.account_id


async def test_start_working_begins_at_once(floor):
    uuid = await floor.activity()
    floor.clock.advance(minutes=1)
    after = await floor.done(uuid, "assign", start_working=True)
    assert (after["status"], after["started_at"]) == ("in-progress", "2024-02-04T12:01:00.000Z")
    floor.clock.advance(seconds=2, milliseconds=250)
    clocks = await floor.read(uuid)
    assert (clocks["working_seconds"], clocks["live_seconds"], clocks["pipeline_seconds"]) == (2.25, 2.25, 62.25)


async def test_the_same_person_again_changes_nothing(floor):
    uuid = await floor.activity()
    await floor.done(uuid, "assign")
    first = await floor.call("GET", f"/activities/{uuid}")
    again = await floor.move(uuid, "assign", json={})
    assert (again.status_code, again.headers["etag"]) == (200, first.headers["etag"])
    assert again.json() == first.json()


async def test_who_has_it_keeps_it(floor):
    uuid = await floor.bring("assigned")
    answer = await floor.move(uuid, "assign", floor.bob, json={})
    assert answer.status_code == 409
    assert problem(answer)["detail"] == ("Cannot assign an activity that is assigned: somebody is on it; use reassign.")


async def test_to_assign_others_takes_a_supervisor(floor):
    uuid = await floor.activity()
    answer = await floor.move(uuid, "assign", json={"account_id": floor.bob.account_id})
    assert answer.status_code == 403
    assert "supervisor" in problem(answer)["detail"]
    assert (await floor.read(uuid))["status"] == "pending"
    given = await floor.done(uuid, "assign", floor.lead, account_id=floor.bob.account_id)
    assert given["assigned_account_id"] == floor.bob.account_id


async def test_to_assign_others_is_for_activities_write_and_admins_of_the_workflow_too(floor):
    writer = await floor.place.member(scopes=["activities:write"])
    admin = await floor.place.member()
    await documents.granted(
        floor.client, floor.place, floor.project["id"], {"memberId": admin.member_id, "level": "admin"}
    )
    for who in (writer, admin, floor.manager):
        after = await floor.done(await floor.activity(), "assign", who, account_id=floor.bob.account_id)
        assert after["assigned_account_id"] == floor.bob.account_id


async def test_activities_read_shows_but_does_not_let(floor):
    reader = await floor.place.member(scopes=["activities:read"])
    uuid = await floor.activity()
    assert (await floor.call("GET", f"/activities/{uuid}", reader)).status_code == 200
    assert (await floor.move(uuid, "assign", reader, json={"account_id": floor.bob.account_id})).status_code == 403
    own = await floor.move(uuid, "assign", reader, json={})
    assert own.status_code == 422
    assert "not a member of the project" in problem(own)["detail"]


async def test_a_supervisor_supervises_in_its_own_projects_alone(floor):
    other = await documents.published(floor.client, floor.place, documents.document("other"))
    uuid = await floor.activity(project_id=other["id"])
    assert (await floor.move(uuid, "assign", floor.lead, json={})).status_code == 404


async def test_the_assignee_must_be_able_to(floor):
    uuid = await floor.activity()
    stranger, nobody = floor.stranger.account_id, (await elsewhere(floor)).account_id
    for account_id, why in (
        (stranger, "not a member of the project"),
        (nobody, "No member of this workspace"),
        (2**62, "No member of this workspace"),
    ):
        answer = await floor.move(uuid, "assign", floor.lead, json={"account_id": account_id})
        assert answer.status_code == 422
        assert why in problem(answer)["detail"]
        assert problem(answer)["source"] == {"pointer": "/account_id"}
    assert (await floor.read(uuid))["status"] == "pending"


async def test_a_member_by_grant_without_the_role_may_not_take_it(floor):
    await documents.granted(
        floor.client, floor.place, floor.project["id"], {"memberId": floor.stranger.member_id, "level": "use"}
    )
    answer = await floor.move(await floor.activity(), "assign", floor.stranger, json={})
    assert answer.status_code == 422
    assert "none of the roles agent" in problem(answer)["detail"]


async def test_the_deny_list_wins(floor):
    body = documents.document(
        "four-eyes",
        tasks=[
            documents.task("first", roles=["agent"], next=[{"to": "second"}]),
            documents.task("second", roles=["agent"], exclude=["tasks.first"]),
        ],
    )
    project = await documents.published(floor.client, floor.place, body)
    unit = await floor.start(project_id=project["id"])
    await floor.done(await floor.first(unit), "assign", start_working=True)
    await floor.done(await floor.first(unit), "complete", data={})
    second = await floor.first(unit, sort="-id")
    assert (await floor.read(second))["blacklisted_ids"] == [floor.ada.account_id]
    answer = await floor.move(second, "assign", json={})
    assert answer.status_code == 422
    assert "excluded" in problem(answer)["detail"]
    await floor.done(second, "assign", floor.bob)


async def test_bodies_of_wrong_types_are_refused_with_a_pointer(floor):
    uuid = await floor.activity()
    for body, pointer in (
        ({"account_id": "7"}, "/account_id"),
        ({"account_id": 0}, "/account_id"),
        ({"account_id": 2**70}, "/account_id"),
        ({"account_id": 1.5}, "/account_id"),
        ({"start_working": "yes"}, "/start_working"),
        ({"self_assigning": 1}, "/self_assigning"),
        ([], ""),
    ):
        answer = await floor.move(uuid, "assign", json=body)
        assert answer.status_code == 422, body
        assert problem(answer)["source"] == {"pointer": pointer}


async def test_reassign_needs_an_account(floor):
    uuid = await floor.bring("assigned")
    answer = await floor.move(uuid, "reassign", json={})
    assert answer.status_code == 422
    assert problem(answer)["source"] == {"pointer": "/account_id"}


async def test_the_assignee_may_hand_over(floor):
    uuid = await floor.bring("in-progress")
    after = await floor.done(uuid, "reassign", account_id=floor.bob.account_id)
    assert (after["status"], after["assigned_account_id"]) == ("assigned", floor.bob.account_id)


async def test_a_key_of_the_workspace_is_nobody_to_assign_to(floor):
    body = {"name": "robot", "workspaceOwned": True, "scopes": ["activities:write"]}
    made = await floor.client.post(f"{floor.place.path}/keys", json=body, headers=floor.manager.headers)
    assert made.status_code == 201, made.text
    headers = {"authorization": f"Bearer {made.json()['key']}"}
    uuid = await floor.activity()
    answer = await floor.client.patch(f"/api/v3/workflow/activities/{uuid}/assign", json={}, headers=headers)
    assert answer.status_code == 422
    assert problem(answer)["source"] == {"pointer": "/account_id"}
    sent = {"data": {"topic": "fault"}, "self_assigning": True}
    answer = await floor.client.patch(f"/api/v3/workflow/activities/{uuid}/complete", json=sent, headers=headers)
    assert (answer.status_code, problem(answer)["source"]) == (422, {"pointer": "/self_assigning"})
    other = {"account_id": floor.bob.account_id}
    answer = await floor.client.patch(f"/api/v3/workflow/activities/{uuid}/assign", json=other, headers=headers)
    assert answer.status_code == 200
    answer = await floor.client.post("/api/v3/workflow/activities/next", json={}, headers=headers)
    assert answer.status_code == 403


async def test_two_that_race_have_one_winner(floor):
    uuid = await floor.activity()
    people = [floor.ada, floor.bob, floor.lead]
    answers = await asyncio.gather(*(floor.move(uuid, "assign", who, json={}) for who in people))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
