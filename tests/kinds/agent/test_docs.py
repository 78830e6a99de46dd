"""The example of the documentation does what is said of it."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from casework.core.command import Assign, Complete
from casework.core.parse import document, parse
from tests.engine.conftest import publish, workshop
from tests.kinds.agent.test_worker import clock, state_of, working

__all__ = ["clock", "workshop"]

pytestmark = pytest.mark.anyio

PAGE = (Path(__file__).parents[3] / "docs" / "kinds" / "agent.md").read_text(encoding="utf-8")
EXAMPLE, TOOLS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


async def test_the_example_asks_the_desk_and_answers(workshop, transport):
    workflow_id = await publish(workshop.services, workshop.place, document(parse(EXAMPLE, media="yaml")))
    async with working(workshop, transport):
        run = await workshop.create(workflow_id=workflow_id, input={"text": "It came late."})
        await state_of(workshop, run.id, "paused")
        ((name, roles),) = await workshop.rows("select name, actor_roles from steps where kind = 'human'")
        assert (name, roles) == ("What was paid?", ["desk"])
        desk = replace(workshop.assignee(0), actor_roles=frozenset({"desk"}))
        await workshop.do(run.id, Assign(step=2, assignee=desk))
        await workshop.do(run.id, Complete(step=2, data={"answer": "12 euros"}))
        assert await state_of(workshop, run.id, "completed", "failed") == "completed"
    output = await workshop.value("select output from runs where id = $1", run.id)
    assert output == {"refund": True, "reason": "It was late."}


def test_the_tools_of_the_page_can_be_published():
    task = "  - key: a\n    kind: agent\n    model: scripted\n    prompt: Look.\n"
    tools = "".join(f"    {line}\n" for line in TOOLS.splitlines())
    parse(f"casework: 1\nkey: w\ntasks:\n{task}{tools}", media="yaml")
