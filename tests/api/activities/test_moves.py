"""CONTRACT's table of actions, each cell over HTTP."""

import pytest

from tests.api.activities.floor import problem

REFUSED = None
COMPLETE = {"data": {"topic": "billing"}}

# By action: what is sent, and the status that follows from each status.
TABLE = {
    "assign": ({}, {"pending": "assigned", "assigned": "assigned", "in-progress": REFUSED, "paused": REFUSED}),
    "reassign": (
        {"account_id": "bob"},
        {"pending": REFUSED, "assigned": "assigned", "in-progress": "assigned", "paused": "assigned"},
    ),
    "unassign": ({}, {"pending": REFUSED, "assigned": "pending", "in-progress": "pending", "paused": "pending"}),
    "process": (
        {},
        {"pending": REFUSED, "assigned": "in-progress", "in-progress": REFUSED, "paused": "in-progress"},
    ),
    "pause": ({}, {"pending": REFUSED, "assigned": REFUSED, "in-progress": "paused", "paused": REFUSED}),
    "save": (
        {"data": {"note": "later"}},
        {"pending": 403, "assigned": "assigned", "in-progress": "in-progress", "paused": "paused"},
    ),
    "complete": (
        COMPLETE,
        {"pending": REFUSED, "assigned": "completed", "in-progress": "completed", "paused": "completed"},
    ),
    "error": (
        {"data": {"comment": "No address."}},
        {"pending": 403, "assigned": "errored", "in-progress": "errored", "paused": "errored"},
    ),
    "cancel": ({}, {"pending": 403, "assigned": 403, "in-progress": 403, "paused": 403}),
}

ENDED = ("completed", "errored", "canceled")
CELLS = [(action, status, after) for action, (_, cells) in TABLE.items() for status, after in cells.items()]
CELLS += [(action, status, REFUSED) for action in TABLE for status in ENDED]


def sent(floor, action):
    body = dict(TABLE[action][0])
    if "account_id" in body:
        body["account_id"] = floor.bob.account_id
    return body


@pytest.mark.parametrize(("action", "status", "after"), CELLS)
async def test_what_the_assignee_may_do(floor, action, status, after):
    uuid = await floor.bring(status)
    before = await floor.read(uuid)
    answer = await floor.move(uuid, action, floor.ada, json=sent(floor, action))
    if after is REFUSED:
        assert answer.status_code == 409
        assert f"that is {status}: " in problem(answer)["detail"]
    elif after == 403:
        assert answer.status_code == 403
        problem(answer)
    else:
        assert answer.status_code == 200, answer.text
        assert answer.json()["data"]["attributes"]["status"] == after
        return
    assert await floor.read(uuid) == before


SUPERVISED = [
    ("save", "pending", "pending"),
    ("error", "pending", "errored"),
    *(("cancel", status, "canceled") for status in ("pending", "assigned", "in-progress", "paused")),
    *(("unassign", status, "pending") for status in ("assigned", "in-progress", "paused")),
    *(("reassign", status, "assigned") for status in ("assigned", "in-progress", "paused")),
    ("pause", "in-progress", "paused"),
    ("complete", "in-progress", "completed"),
    ("complete", "pending", REFUSED),
    ("process", "assigned", REFUSED),
    ("process", "paused", REFUSED),
]


@pytest.mark.parametrize(("action", "status", "after"), SUPERVISED)
async def test_what_a_supervisor_may_do(floor, action, status, after):
    uuid = await floor.bring(status)
    answer = await floor.move(uuid, action, floor.lead, json=sent(floor, action))
    if after is REFUSED:
        assert answer.status_code == 409
        assert (await floor.read(uuid))["status"] == status
    else:
        assert answer.status_code == 200, answer.text
        assert answer.json()["data"]["attributes"]["status"] == after


@pytest.mark.parametrize("action", [action for action in TABLE if action != "assign"])
async def test_a_colleague_may_do_nothing_with_it(floor, action):
    uuid = await floor.bring("in-progress")
    if action == "process":
        await floor.done(uuid, "pause")
    before = await floor.read(uuid)
    answer = await floor.move(uuid, action, floor.bob, json=sent(floor, action))
    assert answer.status_code == 403
    assert await floor.read(uuid) == before


@pytest.mark.parametrize("action", TABLE)
async def test_who_is_not_in_the_project_is_told_of_nothing(floor, action):
    uuid = await floor.bring("assigned")
    answer = await floor.move(uuid, action, floor.stranger, json=sent(floor, action))
    assert answer.status_code == 404
    assert "such activity" in problem(answer)["detail"]


@pytest.mark.parametrize("action", TABLE)
async def test_what_is_no_activity_is_not_found(floor, action):
    for uuid in ("00000000-0000-0000-0000-000000000000", "7", "x"):
        assert (await floor.move(uuid, action, floor.lead, json=sent(floor, action))).status_code == 404


@pytest.mark.parametrize("action", TABLE)
async def test_unknown_fields_are_refused(floor, action):
    uuid = await floor.bring("assigned")
    answer = await floor.move(uuid, action, json=sent(floor, action) | {"surprise": 1})
    assert answer.status_code == 422
    assert problem(answer)["source"] == {"pointer": "/surprise"}


@pytest.mark.parametrize("action", TABLE)
async def test_the_id_may_be_sent_again_but_no_other(floor, action):
    uuid = await floor.bring("pending")
    other = await floor.move(uuid, action, json=sent(floor, action) | {"id": "other"})
    assert other.status_code == 422
    assert problem(other)["source"] == {"pointer": "/id"}
    same = await floor.move(uuid, action, json=sent(floor, action) | {"id": uuid})
    assert same.status_code in (200, 403, 409)


async def test_cancel_and_reassign_close_the_work_period(floor):
    for action in ("reassign", "unassign", "cancel", "pause"):
        uuid = await floor.bring("in-progress")
        floor.clock.advance(seconds=90, milliseconds=5)
        after = await floor.done(uuid, action, floor.lead, **sent(floor, action) if action in TABLE else {})
        assert after["working_seconds"] == 90.005
        floor.clock.advance(seconds=10)
        assert (await floor.read(uuid))["working_seconds"] == 90.005
        assert (await floor.get("/work_periods", floor.ada, **{"filter[ended_at]": ""}))["data"] == []


async def test_a_cancelled_activity_is_nobodys(floor):
    uuid = await floor.bring("in-progress")
    after = await floor.done(uuid, "cancel", floor.lead)
    assert (after["status"], after["assigned_account_id"]) == ("canceled", None)
    assert after["completed_at"] == "2024-02-04T12:00:00.000Z"


async def test_starting_another_activity_pauses_this_one(floor):
    first, second = await floor.bring("in-progress"), await floor.bring("assigned")
    floor.clock.advance(seconds=30)
    await floor.done(second, "process")
    floor.clock.advance(seconds=30)
    assert (await floor.read(first))["status"] == "paused"
    assert (await floor.read(first))["working_seconds"] == 30
    assert (await floor.read(second))["working_seconds"] == 30
