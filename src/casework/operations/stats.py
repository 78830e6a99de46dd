"""Where the open assignments of a workflow stand, for whoever may use it. Of an archived one too: its runs go on."""

from typing import Final

from casework.core.days import Span
from casework.core.errors import NotFound
from casework.core.permission import Grant
from casework.operations.services import Services
from casework.store import access, stats, tasks
from casework.store.database import Connection
from casework.store.stats import ChatQuery, TaskChat

__all__ = ["ChatQuery", "TaskChat", "task_chats", "task_counts"]

_NO_WORKFLOW: Final = "There is no such workflow here."
_NO_TASK: Final = "The workflow has no such task."


async def task_counts(services: Services, grant: Grant, workflow_id: int, made: Span) -> dict[int, int]:
    """How many open assignments stand on each task, of those made in that span; zero is told too.

    Raises:
        NotFound: there is no such workflow.
        Denied: without use on it.

    """
    async with services.database.snapshot() as connection:
        await _usable(connection, grant, workflow_id)
        return await stats.counts_by_task(connection, grant, workflow_id, made)


async def task_chats(
    services: Services, grant: Grant, workflow_id: int, task_id: int, wanted: ChatQuery
) -> tuple[list[TaskChat], int]:
    """The chats of open assignments that stand on a task, latest message first: a page, and how many there are.

    Raises:
        NotFound: there is no such workflow, or it has no such task.
        Denied: without use on the workflow.

    """
    async with services.database.snapshot() as connection:
        await _usable(connection, grant, workflow_id)
        if await tasks.find(connection, grant, workflow_id, task_id) is None:
            raise NotFound(_NO_TASK)
        total = await stats.count_chats(connection, grant, task_id, wanted.made)
        return await stats.chats(connection, grant, task_id, wanted, total=total), total


async def _usable(connection: Connection, grant: Grant, workflow_id: int) -> None:
    rights = await access.find(connection, grant, workflow_id)
    if rights is None:
        raise NotFound(_NO_WORKFLOW)
    rights.require("use")
