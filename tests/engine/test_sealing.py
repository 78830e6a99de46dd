"""What is sensitive is kept apart from the rows that hide it, and everything decides by what it is."""

import pytest

from casework import logs
from casework.core.command import Assign, Complete, Fail, Save
from casework.core.marks import MARK, MASK
from casework.engine.worker import Terms, Worker
from tests.engine.test_flow import call, ended, flow, moving

pytestmark = pytest.mark.anyio

SSN = "078-05-1120"
PERSON = {"type": "object", "properties": {"ssn": {"type": "string", MARK: True}, "n": {}}}
SEALED = "select step_number, field, value from sensitive_values where run_id = $1 order by 1, 2"


async def test_rows_hold_the_mask_and_conditions_decide_by_the_value(workshop):
    first = {"key": "x", "kind": "human", "form": PERSON, "next": [{"to": "y", "when": "output.ssn.startsWith('078')"}]}
    workflow_id = await flow(workshop, first, {"key": "y", "kind": "human"}, input=PERSON)
    run = await workshop.create(workflow_id=workflow_id, input={"ssn": SSN, "n": 1})
    await workshop.do(run.id, Assign(step=1, assignee=workshop.assignee(0)))
    await workshop.do(run.id, Save(step=1, data={"ssn": SSN}))
    await workshop.do(run.id, Complete(step=1, data={"n": 2}))
    assert await workshop.rows("select input, current_step from runs where id = $1", run.id) == [
        ({"ssn": MASK, "n": 1}, 2)
    ]
    assert await workshop.value("select output from steps where number = 1") == {"ssn": MASK, "n": 2}
    done = {"ssn": SSN, "n": 2}
    assert await workshop.rows(SEALED, run.id) == [
        (0, "input", {"ssn": SSN, "n": 1}),
        (1, "data", done),
        (1, "output", done),
    ]


async def test_what_is_hidden_no_more_is_forgotten(workshop):
    workflow_id = await flow(workshop, {"key": "x", "kind": "human", "form": PERSON})
    run = await workshop.create(workflow_id=workflow_id)
    await workshop.do(run.id, Assign(step=1, assignee=workshop.assignee(0)))
    await workshop.do(run.id, Save(step=1, data={"ssn": SSN}))
    await workshop.do(run.id, Save(step=1, data={"ssn": "other"}))
    assert await workshop.rows(SEALED, run.id) == [(1, "data", {"ssn": "other"})]


async def test_a_retry_begins_with_what_the_failed_run_was_given(workshop):
    workflow_id = await flow(workshop, {"key": "x", "kind": "human", "form": PERSON}, input=PERSON)
    failed = await workshop.create(workflow_id=workflow_id, input={"ssn": SSN})
    await workshop.do(failed.id, Fail(step=1, comment="No."))
    again = await workshop.create(workflow_id=workflow_id, input={"ssn": SSN}, retry_of=failed.id)
    assert again.input == {"ssn": SSN}
    assert await workshop.rows(SEALED, again.id) == [(0, "input", {"ssn": SSN})]


@pytest.mark.parametrize(("fields", "told"), [({"output": PERSON}, SSN), ({}, MASK)])
async def test_a_sub_run_tells_what_is_hidden_only_where_the_task_above_says_that_it_is(workshop, fields, told):
    values = {"key": "x", "kind": "set", "values": {"ssn": "=input.ssn", "n": 1}, "output": PERSON}
    await flow(workshop, values, key="child", input=PERSON)
    workflow_id = await flow(workshop, call(input={"ssn": "=input.ssn"}, **fields), input=PERSON)
    async with moving(workshop):
        run = await workshop.create(workflow_id=workflow_id, input={"ssn": SSN})
        assert await ended(workshop, run.id) == "completed"
    query = "select coalesce(v.value, s.output) from steps s left join sensitive_values v on v.run_id = s.run_id "
    query += "and v.step_number = s.number and v.field = 'output' where s.run_id = $1"
    assert await workshop.value(query, run.id) == {"ssn": told, "n": 1}
    assert SSN not in str(await workshop.rows("select * from steps"))


class Fails:
    """Performs by failing, and quotes what it was given."""

    async def perform(self, work, _tell):
        raise ValueError(f"cannot send {work.data}")


async def test_a_step_that_fails_quotes_nothing_hidden_in_its_row_the_events_and_the_log(workshop, services, capsys):
    task = {"key": "x", "kind": "http", "url": "https://x.example", "method": "POST", "body": {"of": "{{ input.ssn }}"}}
    workflow_id = await flow(workshop, task, input=PERSON)
    worker = Worker(services.database, services.engine, services.clock, {"http": Fails()}, Terms(name="one"))
    logs.configure(level="debug", form="json")
    try:
        await worker.start()
        run = await workshop.create(workflow_id=workflow_id, input={"ssn": SSN})
        assert await ended(workshop, run.id) == "failed"
        await worker.stop(within_seconds=1)
    finally:
        logs.configure(level="critical", form="console")
    printed = "".join(capsys.readouterr())
    assert "worker.attempt_failed" in printed
    assert SSN not in printed
    for table in ("runs", "steps", "events"):
        found = str(await workshop.rows(f"select * from {table}"))
        assert SSN not in found
    assert await workshop.value("select error ->> 'message' from runs") == MASK
