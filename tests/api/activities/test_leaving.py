"""Who is removed from a workspace leaves nothing behind that nobody else could take."""

from casework.operations import leaving


async def remove(floor, who):
    path = f"{floor.place.path}/members/{who.member_id}"
    answer = await floor.client.delete(path, headers=floor.manager.headers)
    assert answer.status_code == 204, answer.text


async def test_what_a_removed_member_had_waits_for_somebody_again(floor, monkeypatch):
    monkeypatch.setattr(leaving, "PAGE", 2)
    held = [await floor.bring(status) for status in ("assigned", "paused", "in-progress")]
    await floor.done(held[1], "save", data={"note": "half"})
    done = await floor.bring("completed")
    theirs = await floor.activity()
    await floor.done(theirs, "assign", floor.bob)
    await remove(floor, floor.ada)
    for uuid in held:
        assert (await floor.read(uuid))["status"] == "pending"
        await floor.done(uuid, "assign", floor.bob)
    assert (await floor.read(held[1]))["data"] == {"note": "half"}
    assert (await floor.read(done))["status"] == "completed"
    assert (await floor.read(theirs))["status"] == "assigned"


async def test_who_removes_is_named_by_what_is_given_back(floor, services):
    await floor.bring("assigned")
    await remove(floor, floor.ada)
    async with services.database.read() as connection:
        (fact,) = await connection.fetch("select actor_id, data from events where type = 'step.unassigned'")
    assert (fact["actor_id"], fact["data"]["account_id"]) == (floor.manager.member_id, floor.ada.account_id)


async def test_a_removal_that_is_refused_takes_nothing_from_anybody(floor):
    uuid = await floor.activity()
    await floor.done(uuid, "assign", floor.lead, account_id=floor.ada.account_id)
    path = f"{floor.place.path}/members/{floor.ada.member_id}"
    refused = await floor.client.delete(path, headers=floor.manager.headers | {"if-match": '"999"'})
    assert refused.status_code == 412
    assert (await floor.read(uuid))["status"] == "assigned"
