"""The examples that no other test goes through, from the first task to the end."""

from datetime import timedelta
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from casework.core.command import Assign, Complete, Look
from casework.core.errors import Invalid
from casework.engine.matching import match
from casework.operations.due_schedules import start_due
from casework.store import signals
from casework.store.signals import NewSignal
from tests.cli.conftest import EXAMPLES
from tests.engine.conftest import publish

pytestmark = pytest.mark.anyio


def example(name: str) -> dict[str, Any]:
    """The definition of an example."""
    found: dict[str, Any] = yaml.safe_load((EXAMPLES / f"{name}.yaml").read_text())
    return found


async def begun(workshop, name: str, **given: object) -> int:
    """A run of an example; its id."""
    workflow_id = await publish(workshop.services, workshop.place, example(name))
    return (await workshop.create(workflow_id=workflow_id, input=given)).id


async def ready(workshop, run_id: int) -> dict[str, int]:
    """The activities that wait for somebody, by the key of their task."""
    query = "select task_key, number from steps where run_id = $1 and state = 'ready' order by number"
    return dict(await workshop.rows(query, run_id))


async def act(workshop, run_id: int, task: str, role: str, who: int = 0, **data: object) -> None:
    """Somebody of that role takes the task and does it."""
    await done(workshop, run_id, (await ready(workshop, run_id))[task], role, who, **data)


async def end(workshop, run_id: int) -> tuple[str, Any]:
    """The run's state and output."""
    ((state, output),) = await workshop.rows("select state, output from runs where id = $1", run_id)
    return state, output


async def batch(workshop, legible: str) -> int:
    """A batch of documents, each of which is read, y or n; the run's id."""
    documents = [{"name": f"{number}.pdf", "pages": 1} for number in range(len(legible))]
    run_id = await begun(workshop, "document-batch", sender="Ada", documents=documents)
    for number, is_legible in enumerate(legible):
        waiting = await reading(workshop, run_id)
        assert len(waiting) == min(3, len(legible) - number)
        await done(workshop, run_id, waiting[0], legible=is_legible == "y", type="letter")
    return run_id


async def reading(workshop, run_id: int) -> list[int]:
    query = "select number from steps where run_id = $1 and task_key = 'read' and state = 'ready' order by number"
    return [number for (number,) in await workshop.rows(query, run_id)]


async def done(workshop, run_id: int, step: int, role: str = "reader", who: int = 0, **data: object) -> None:
    assignee = replace(workshop.assignee(who), actor_roles=frozenset({role}))
    await workshop.do(run_id, Assign(step=step, assignee=assignee, start_working=True))
    await workshop.do(run_id, Complete(step=step, data=data))


async def test_documents_are_read_three_at_once_and_filed_when_each_is_whole(workshop):
    run_id = await batch(workshop, "yyyyy")
    (last,) = await workshop.rows("select number, task_key from steps where run_id = $1 and state = 'ready'", run_id)
    assert last[1] == "file"
    await done(workshop, run_id, last[0], shelf="C07")
    found = await workshop.rows("select state, output from runs where id = $1", run_id)
    assert found == [("completed", {"verdict": "complete", "read": 5})]


async def test_one_document_that_cannot_be_read_asks_for_the_batch_again(workshop):
    run_id = await batch(workshop, "yn")
    assert await workshop.value("select task_key from steps where run_id = $1 and state = 'ready'", run_id) == "ask"


async def test_no_documents_at_all_are_asked_for(workshop):
    run_id = await batch(workshop, "")
    assert await workshop.value("select task_key from steps where run_id = $1 and state = 'ready'", run_id) == "ask"


# A loan


async def applied(workshop, amount: int) -> int:
    run_id = await begun(workshop, "loan-approval", applicant="Ada", amount=amount, months=36)
    await act(workshop, run_id, "intake", "clerk", 0, identified=True, purpose="car")
    return run_id


async def test_a_loan_is_checked_side_by_side_and_decided_by_another_pair_of_eyes(workshop):
    run_id = await applied(workshop, 20_000)
    assert set(await ready(workshop, run_id)) == {"credit", "income"}
    await act(workshop, run_id, "credit", "analyst", 1, passed=True)
    assert set(await ready(workshop, run_id)) == {"income"}
    await act(workshop, run_id, "income", "analyst", 1, passed=True, monthly=3_000)
    with pytest.raises(Invalid):
        await act(workshop, run_id, "decide", "underwriter", 0, decision="approve", reason="Mine.")
    await act(workshop, run_id, "decide", "underwriter", 2, decision="approve", reason="It fits.")
    await act(workshop, run_id, "sign", "clerk", contract="SA-000001")
    assert await end(workshop, run_id) == ("completed", {"approved": True})


async def test_a_large_loan_is_signed_twice_by_two_people(workshop):
    run_id = await applied(workshop, 100_000)
    assert set(await ready(workshop, run_id)) == {"credit", "income", "collateral"}
    await act(workshop, run_id, "credit", "analyst", passed=True)
    await act(workshop, run_id, "income", "analyst", passed=True, monthly=9_000)
    await act(workshop, run_id, "collateral", "analyst", passed=True, worth=90_000)
    await act(workshop, run_id, "decide", "underwriter", 1, decision="approve", reason="It fits.")
    with pytest.raises(Invalid):
        await act(workshop, run_id, "second", "underwriter", 1, agrees=True)
    await act(workshop, run_id, "second", "underwriter", 2, agrees=False)
    assert set(await ready(workshop, run_id)) == {"refuse"}


async def test_a_check_that_nobody_made_in_time_becomes_the_underwriters(workshop, clock):
    run_id = await applied(workshop, 20_000)
    clock.advance(days=1, minutes=1)
    await workshop.do(run_id, Look(step=(await ready(workshop, run_id))["credit"]))
    query = "select actor_roles, priority from steps where run_id = $1 and task_key = $2"
    assert await workshop.rows(query, run_id, "credit") == [(["underwriter"], 70)]
    assert await workshop.rows(query, run_id, "income") == [(["analyst"], 50)]


# A clinic


@pytest.mark.parametrize(
    ("found", "urgency", "task"),
    [
        ({"temperature": 36.8, "pain": 2, "chest_pain": True}, "emergency", "emergency"),
        ({"temperature": 36.8, "pain": 9, "chest_pain": False}, "emergency", "emergency"),
        ({"temperature": 39.5, "pain": 2, "chest_pain": False}, "soon", "consult"),
        ({"temperature": 37, "pain": 2, "chest_pain": False}, "routine", "consult"),
    ],
)
async def test_what_is_measured_decides_how_soon_a_physician_comes(workshop, found, urgency, task):
    run_id = await begun(workshop, "clinical-intake", patient="P-104711", reason="Cough")
    await act(workshop, run_id, "register", "reception", consent=True)
    await act(workshop, run_id, "assess", "nurse", 1, **found)
    assert set(await ready(workshop, run_id)) == {task}
    await act(workshop, run_id, task, "physician", 2, finding="A cold.")
    await act(workshop, run_id, "discharge", "reception", handed_over=True)
    assert await end(workshop, run_id) == ("completed", {"urgency": urgency})


# On call


async def mended(workshop, run_id: int) -> int:
    """Somebody acknowledges the alert and does something; the number of the step that waits then."""
    if "acknowledge" in await ready(workshop, run_id):
        await act(workshop, run_id, "acknowledge", "on_call", severity="major")
    await act(workshop, run_id, "mitigate", "on_call", action="Deleted old logs.")
    return await workshop.value("select number from steps where run_id = $1 and state = 'waiting'", run_id)


async def clear(workshop, alert: str) -> None:
    """The monitor says that it is over."""
    services, now = workshop.services, workshop.services.clock.now()
    signal = NewSignal(
        workspace_id=workshop.place.id,
        name="alert.cleared",
        correlation=alert,
        payload={},
        sent_at=now,
        expires_at=now + timedelta(hours=1),
    )
    async with services.database.write() as connection:
        await signals.insert(connection, signal)
    await match(services.database, services.engine, workshop.place.id, f"alert.cleared {alert}", now)


async def test_an_alert_is_watched_until_it_is_cleared(workshop):
    run_id = await begun(workshop, "on-call", alert="disk-7", summary="Disk 7 is full")
    await mended(workshop, run_id)
    await clear(workshop, "disk-8")
    assert await ready(workshop, run_id) == {}
    await clear(workshop, "disk-7")
    await act(workshop, run_id, "learn", "lead", cause="Nobody looked.")
    assert await end(workshop, run_id) == ("completed", {"severity": "major", "cause": "Nobody looked."})
    assert await workshop.value("select indicators from runs where id = $1", run_id) == {"mended_at_once": True}


async def test_an_alert_that_is_not_cleared_in_time_is_worked_on_again(workshop, clock):
    run_id = await begun(workshop, "on-call", alert="disk-7", summary="Disk 7 is full")
    step = await mended(workshop, run_id)
    clock.advance(minutes=31)
    await workshop.do(run_id, Look(step=step))
    assert set(await ready(workshop, run_id)) == {"mitigate"}
    await mended(workshop, run_id)
    await clear(workshop, "disk-7")
    await act(workshop, run_id, "learn", "lead", cause="Logs came back.")
    assert await workshop.value("select indicators from runs where id = $1", run_id) == {"mended_at_once": False}


async def test_an_alert_that_nobody_acknowledges_becomes_the_leads(workshop, clock):
    run_id = await begun(workshop, "on-call", alert="disk-7", summary="Disk 7 is full")
    clock.advance(minutes=16)
    await workshop.do(run_id, Look(step=1))
    query = "select actor_roles, priority from steps where run_id = $1"
    assert await workshop.rows(query, run_id) == [(["lead"], 100)]


async def test_the_drill_of_every_monday_starts_by_itself(workshop, client, clock):
    workflow_id = await publish(workshop.services, workshop.place, example("on-call"))
    place = workshop.place
    given = {"alert": "drill", "summary": "A drill"}
    wish = {"workflowId": workflow_id, "name": "Drill", "cron": "0 9 * * MON", "input": given}
    made = await client.post(f"{place.path}/schedules", json=wish, headers=place.manager.headers)
    assert made.status_code == 201, made.text
    clock.advance(hours=21)  # nine on Monday
    await start_due(workshop.services, clock.now())
    query = "select r.id, r.input from runs r where r.workflow_id = $1"
    ((run_id, found),) = await workshop.rows(query, workflow_id)
    assert found == given
    assert set(await ready(workshop, run_id)) == {"acknowledge"}
