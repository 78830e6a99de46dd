"""The tasks of a workflow, over all its versions: each keeps its id and ordinal, by key."""

from collections.abc import Sequence
from typing import Final

import msgspec

from casework.core.definition import TASKS_MAX, Task
from casework.core.errors import Invalid, Problem
from casework.core.permission import Grant
from casework.store.database import Connection


class TaskRow(msgspec.Struct, frozen=True, kw_only=True):
    """A task as it is in the newest version, or as it was last. is_current: it is in the newest."""

    id: int
    key: str
    name: str
    kind: str
    is_current: bool = True


_FIND: Final = """
select id, key, name, kind, is_current from tasks where workspace_id = $1 and workflow_id = $2 and id = $3
"""


async def find(connection: Connection, grant: Grant, workflow_id: int, task_id: int) -> TaskRow | None:
    """The task of that id, where it is or was one of that workflow."""
    row = await connection.fetchrow(_FIND, grant.workspace_id, workflow_id, task_id)
    return None if row is None else TaskRow(**row)


_ORDINALS: Final = "select key, ordinal from tasks where workspace_id = $1 and workflow_id = $2"

_RETIRE: Final = """
update tasks set is_current = false
where workspace_id = $1 and workflow_id = $2 and is_current and not key = any($3::text[])
"""

_PUBLISH: Final = """
insert into tasks (workspace_id, workflow_id, key, ordinal, name, kind, roles, position)
select $1, $2, key, ordinal, name, kind, roles, position
from jsonb_to_recordset($3) as new
    (key text, ordinal integer, name text, kind text, roles text[], position integer)
on conflict (workspace_id, workflow_id, key) do update
set name = excluded.name, kind = excluded.kind, roles = excluded.roles, position = excluded.position, is_current = true
"""


async def publish(connection: Connection, grant: Grant, workflow_id: int, tasks: Sequence[Task]) -> None:
    """Make these the workflow's current tasks; the caller holds the workflow's lock.

    A key that was there before keeps its id and ordinal, a new one gets the next; what is not there any more stays,
    for runs of older versions stand on it.

    Raises:
        Invalid: the workflow has had too many tasks over its versions; naming the first task that does not fit.

    """
    rows = await connection.fetch(_ORDINALS, grant.workspace_id, workflow_id)
    ordinals = {row["key"]: row["ordinal"] for row in rows}
    for place, task in enumerate(tasks):
        if task.key not in ordinals:
            if len(ordinals) >= TASKS_MAX:
                raise _too_many(place)
            ordinals[task.key] = len(ordinals) + 1
    await connection.execute(_RETIRE, grant.workspace_id, workflow_id, [task.key for task in tasks])
    new = [
        {
            "key": task.key,
            "ordinal": ordinals[task.key],
            "name": task.name,
            "kind": task.kind,
            "roles": task.roles,
            "position": place,
        }
        for place, task in enumerate(tasks)
    ]
    await connection.execute(_PUBLISH, grant.workspace_id, workflow_id, new)


def _too_many(place: int) -> Invalid:
    message = f"The workflow has had {TASKS_MAX:,} different tasks over its versions, and can have no more."
    hint = "Give this task the key of one that was there before, or make a new workflow."
    return Invalid(message, (Problem(path=f"/tasks/{place}/key", message=message, hint=hint),))
