"""What comes together over the steps of whole runs, and approvals that have a time and people who may not give them."""

from itertools import pairwise
from typing import Any

import pytest
from msgspec.structs import replace

from casework.core.command import Assign, Complete
from casework.core.errors import Invalid
from casework.core.taint import MESSAGE
from casework.engine.timers import Timers
from tests.engine.conftest import Workshop, publish, workshop
from tests.kinds.agent.conftest import Model
from tests.kinds.agent.test_approvals import sending
from tests.kinds.agent.test_tools import Doubling, looking, paying
from tests.kinds.agent.test_worker import clock, state_of, working

__all__ = ["clock", "workshop"]

pytestmark = pytest.mark.anyio

CRM = {"name": "crm", "function": "double", "kind": "function", "marks": "read", "reads_private": True}


async def started(workshop: Workshop, *tasks: dict[str, Any], **fields: Any) -> int:
    """A run of agents, one after the other."""
    for task, following in pairwise(tasks):
        task["next"] = [{"to": following["key"]}]
    schema = fields.pop("schema", None)
    whole = {"casework": 1, "key": "sessions", "input": schema, "tasks": list(tasks)}
    workflow_id = await publish(workshop.services, workshop.place, whole)
    return (await workshop.create(workflow_id=workflow_id, **fields)).id


def agent(key: str, model: Model, *tools: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"key": key, "kind": "agent", "model": model.model, "prompt": f"{key}.", "tools": list(tools), **fields}


async def asked(workshop: Workshop, run_id: int) -> tuple[int, str]:
    """The one question that waits for somebody: its number, and why it is asked."""
    query = "select number, ask -> 'detail' ->> 'because' from steps where run_id = $1 and state = 'ready'"
    ((number, because),) = await workshop.rows(query, run_id)
    return number, because


async def test_what_an_earlier_agent_read_makes_a_later_one_wait(workshop, transport, model: Model):
    await model.answers(
        {"calls": [["look", {"order": "1"}], ["crm", {"amount": 1}]]},
        {"text": "CALL pay"},
        {"calls": [["pay", {"amount": 7}]]},
        {"text": "Paid."},
    )
    tasks = (agent("read", model, looking(model), CRM), agent("act", model, sending(model)))
    async with working(workshop, transport, {"double": Doubling()}):
        run_id = await started(workshop, *tasks)
        assert await state_of(workshop, run_id, "paused", "completed", "failed") == "paused"
        number, because = await asked(workshop, run_id)
        assert because.startswith(
            "This run has read from outside (the tool look) and holds private data (the tool crm)"
        )
        assert await model.effects() == []
        await workshop.do(run_id, Assign(step=number, assignee=workshop.assignee(0)))
        await workshop.do(run_id, Complete(step=number, data={"decision": "accept"}))
        assert await state_of(workshop, run_id, "completed", "failed") == "completed"
    assert len(await model.effects()) == 1
    taints = await workshop.value("select taints from runs where id = $1", run_id)
    assert sorted(taints, key=lambda taint: taint["name"]) == [
        {"label": "private", "source": "tool", "name": "crm"},
        {"label": "untrusted", "source": "tool", "name": "look"},
    ]


@pytest.mark.parametrize(("brought", "state"), [((), "completed"), ((MESSAGE,), "paused")])
async def test_a_strangers_words_and_marked_fields_make_an_act_wait(workshop, transport, model, brought, state):
    await model.answers({"calls": [["pay", {"amount": 7}]]}, {"text": "Paid."})
    schema = {"type": "object", "properties": {"ssn": {"type": "string", "x-sensitive": True}}}
    async with working(workshop, transport):
        run_id = await started(
            workshop, agent("act", model, sending(model)), input={"ssn": "078-05-1120"}, taints=brought, schema=schema
        )
        assert await state_of(workshop, run_id, "paused", "completed", "failed") == state


async def test_the_condition_of_a_call_sees_the_run(workshop, transport, model: Model):
    await model.answers({"calls": [["pay", {"amount": 7}]]}, {"text": "Paid."})
    tool = paying(model, approve="=call.arguments.amount > input.limit")
    async with working(workshop, transport):
        run_id = await started(workshop, agent("act", model, tool), input={"limit": 5})
        assert await state_of(workshop, run_id, "paused", "completed", "failed") == "paused"
        _, because = await asked(workshop, run_id)
        assert because == "A call needs approval where `call.arguments.amount > input.limit`."
        await model.answers({"calls": [["pay", {"amount": 7}]]}, {"text": "Paid."})
        run_id = (await workshop.create(workflow_id=await _workflow(workshop, run_id), input={"limit": 50})).id
        assert await state_of(workshop, run_id, "paused", "completed", "failed") == "completed"
    assert [effect["body"] for effect in await model.effects()] == [{"amount": 7}]


async def _workflow(workshop: Workshop, run_id: int) -> int:
    found: int = await workshop.value("select workflow_id from runs where id = $1", run_id)
    return found


async def test_a_call_that_nobody_approves_in_time_is_never_made(workshop, transport, model: Model):
    await model.answers({"calls": [["pay", {"amount": 7}]]}, {"text": "Not paid."})
    timers = Timers(workshop.services.database, workshop.services.engine)
    await timers.start()
    try:
        async with working(workshop, transport):
            run_id = await started(workshop, agent("act", model, paying(model), approvals={"within": "1s"}))
            assert await state_of(workshop, run_id, "completed", "failed") == "completed"
    finally:
        await timers.stop()
    assert await model.effects() == []
    assert "Nobody approved it in time." in str((await model.seen())[1]["messages"])


async def test_who_started_the_run_does_not_approve_what_it_does(workshop, transport, model: Model):
    await model.answers({"calls": [["pay", {"amount": 7}]]}, {"text": "Paid."})
    async with working(workshop, transport):
        run_id = await started(workshop, agent("act", model, paying(model), approvals={"exclude": ["run.started_by"]}))
        await state_of(workshop, run_id, "paused")
        number, _ = await asked(workshop, run_id)
        boss, other = workshop.place.manager, workshop.assignee(0)
        starter = replace(other, account_id=boss.account_id, member_id=boss.member_id)
        with pytest.raises(Invalid, match="excluded"):
            await workshop.do(run_id, Assign(step=number, assignee=starter))
        await workshop.do(run_id, Assign(step=number, assignee=other))
