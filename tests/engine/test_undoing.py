"""Undoing is kept with the run: whoever loads it next goes on with it."""

import pytest

from casework.core.command import CancelRun
from casework.core.errors import Conflict
from casework.operations.doctor import examine
from tests.engine.conftest import publish

pytestmark = pytest.mark.anyio

TRIP = {
    "casework": 1,
    "key": "trip",
    "tasks": [
        {"key": "book", "kind": "human", "compensate": "unbook", "next": [{"to": "book", "when": "output.again"}]}
        | {"otherwise": "look"},
        {"key": "look", "kind": "human"},
        {"key": "unbook", "kind": "human"},
    ],
}


async def test_every_booking_is_cancelled_before_the_run_is(workshop, database_url):
    workflow_id = await publish(workshop.services, workshop.place, TRIP)
    run = await workshop.create(workflow_id=workflow_id)
    for number in (1, 2, 3):
        await workshop.finish(run.id, number, again=number < 3, seat=number)
    assert len(await workshop.value("select undo from runs where id = $1", run.id)) == 3
    run = await workshop.do(run.id, CancelRun(reason="Ill."))
    assert run.state == "paused"
    assert await workshop.value("select ending from runs where id = $1", run.id) == {
        "state": "cancelled",
        "error": None,
        "reason": "Ill.",
    }
    with pytest.raises(Conflict, match="is being undone"):
        await workshop.do(run.id, CancelRun(reason=None))
    assert [one async for one in examine(database_url) if one.breaches] == []
    for number in (5, 6, 7):
        run = await workshop.finish(run.id, number)
    assert (run.state, run.cancel_reason) == ("cancelled", "Ill.")
    seats = "select item -> 'seat' from steps where run_id = $1 and task_key = 'unbook' order by number"
    assert await workshop.rows(seats, run.id) == [(3,), (2,), (1,)]
    assert await workshop.rows("select undo, ending, cancel_reason from runs where id = $1", run.id) == [
        ([], None, "Ill.")
    ]
    assert [one async for one in examine(database_url) if one.breaches] == []
