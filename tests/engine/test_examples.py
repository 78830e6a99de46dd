"""The examples that no other test goes through, from the first task to the end."""

import pytest
import yaml
from msgspec.structs import replace

from casework.core.command import Assign, Complete
from tests.cli.conftest import EXAMPLES
from tests.engine.conftest import publish

pytestmark = pytest.mark.anyio


async def batch(workshop, legible: str) -> int:
    """A batch of documents, each of which is read, y or n; the run's id."""
    document = yaml.safe_load((EXAMPLES / "document-batch.yaml").read_text())
    workflow_id = await publish(workshop.services, workshop.place, document)
    documents = [{"name": f"{number}.pdf", "pages": 1} for number in range(len(legible))]
    run = await workshop.create(workflow_id=workflow_id, input={"sender": "Ada", "documents": documents})
    for number, is_legible in enumerate(legible):
        waiting = await reading(workshop, run.id)
        assert len(waiting) == min(3, len(legible) - number)
        await done(workshop, run.id, waiting[0], legible=is_legible == "y", type="letter")
    return run.id


async def reading(workshop, run_id: int) -> list[int]:
    query = "select number from steps where run_id = $1 and task_key = 'read' and state = 'ready' order by number"
    return [number for (number,) in await workshop.rows(query, run_id)]


async def done(workshop, run_id: int, step: int, **data: object) -> None:
    who = replace(workshop.assignee(0), actor_roles=frozenset({"reader"}))
    await workshop.do(run_id, Assign(step=step, assignee=who, start_working=True))
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
