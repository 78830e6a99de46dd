"""Retries: a failed run goes on as another one; one's own always, others' with assignments:write."""

from typing import Any

from casework.core.claim import Claim
from casework.core.permission import Grant
from casework.engine.order import NewRun
from casework.entropy import new_uuid
from casework.operations.assignments import WRITE, row_of
from casework.operations.origin import ran_by
from casework.operations.services import Services
from casework.store import retries


async def retry(services: Services, grant: Grant, assignment_id: int, claim: Claim | None) -> dict[str, Any]:
    """Begin a failed run again where it failed, as a new one; gives the reference {"id": the new one's}.

    It goes by the same version, with the same title, input, member, chat, priority and due date.

    Raises:
        NotFound, Denied: as `assignments.read`, with assignments:write.
        Conflict: it did not fail, it was retried already, it has no step to begin at, or the workflow is archived.

    """
    async with services.database.read() as connection:
        await row_of(connection, grant, assignment_id, needs=WRITE)
        failed = await retries.find(connection, grant, assignment_id)
    new = NewRun(
        uuid=new_uuid(services.clock.now()),
        workspace_id=grant.workspace_id,
        workflow_id=failed.workflow_id,
        actor=grant.actor(),
        version_number=failed.version_number,
        member_id=failed.member_id,
        title=failed.title,
        input=failed.input,
        priority=failed.priority,
        due_at=failed.due_at,
        chat_id=failed.chat_id,
        run_type=failed.run_type,
        end_user=failed.end_user,
        parent_run_id=failed.parent_run_id,
        retry_of=assignment_id,
        claim=claim,
        **ran_by(grant.principal),
    )
    return {"id": (await services.engine.create(new)).run.id}
