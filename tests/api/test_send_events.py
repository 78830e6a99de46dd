"""Events from outside: kept, taken once by the first that waits, told to whoever sends them."""

import pytest

from casework.operations.housekeeping import tidy
from tests.documents import document, published

PAID = {"name": "order.paid", "correlation": "42", "payload": {"sum": 7}}
WAIT = {"key": "a", "kind": "wait", "event": "order.paid", "correlation": "=input.order"}


@pytest.fixture
def send(client, place):
    async def sent(body=PAID, who=place.manager, **headers):
        return await client.post(f"{place.path}/events", json=body, headers=who.headers | headers)

    return sent


@pytest.fixture
def begin(client, place):
    """Starts a run that waits for the event; its id."""

    async def begun():
        body = {"workflowId": begun.workflow, "input": {"order": "42"}}
        answer = await client.post(f"{place.path}/assignments", json=body, headers=place.manager.headers)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    return begun


@pytest.fixture
async def waiting(client, place, begin):
    """A run that waits."""
    begin.workflow = (await published(client, place, document(tasks=[WAIT])))["id"]
    return await begin()


async def test_an_event_is_taken_by_the_run_that_waits(client, place, send, waiting):
    answer = await send()
    assert answer.status_code == 202
    assert answer.json() == {"id": 1, "taken": True, "runId": waiting}
    run = (await client.get(f"{place.path}/assignments/{waiting}", headers=place.manager.headers)).json()
    assert run["status"] == "completed"


async def test_a_run_that_waits_shows_what_it_waits_at(client, place, waiting):
    run = (await client.get(f"{place.path}/assignments/{waiting}", headers=place.manager.headers)).json()
    assert (run["status"], run["currentTaskName"]) == ("active", "a")


async def test_an_event_that_nobody_waits_for_is_kept_and_forgotten_when_its_time_is_over(services, clock, send):
    kept = await send({**PAID, "keepSeconds": 60})
    assert kept.json() == {"id": 1, "taken": False, "runId": None}
    for seconds, left in ((59, 1), (2, 0)):
        clock.advance(seconds=seconds)
        await tidy(services)
        async with services.database.read() as connection:
            assert await connection.fetchval("select count(*) from signals") == left


async def test_the_same_key_sends_one_event(send, begin, waiting):
    first = await send(**{"Idempotency-Key": "k"})
    second = await begin()
    again = await send(**{"Idempotency-Key": "k"})
    assert first.content == again.content
    assert first.json()["runId"] == waiting != second


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({**PAID, "name": "not a name"}, "name"),
        ({**PAID, "correlation": "x" * 201}, "correlation"),
        ({**PAID, "keepSeconds": 0}, "keepSeconds"),
        ({**PAID, "keepSeconds": 90 * 24 * 3600 + 1}, "keepSeconds"),
        ({**PAID, "more": 1}, "more"),
    ],
)
async def test_what_is_wrong_with_an_event_is_told(send, body, path):
    answer = await send(body)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{path}: ")


async def test_whoever_may_not_change_assignments_may_not_send(place, send):
    someone = await place.member(scopes=["assignments:read"])
    assert (await send(who=someone)).status_code == 403
    someone = await place.member(scopes=["assignments:write"])
    assert (await send(who=someone)).status_code == 202
