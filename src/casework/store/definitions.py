"""Published versions as the engine needs them: the definition, and its tasks' ids."""

from typing import Any, Final

import msgspec

from casework.store.database import Connection


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """One version: its document, and id and ordinal of each of its workflow's tasks by key."""

    workspace_id: int
    workflow_id: int
    number: int
    document: dict[str, Any]
    tasks: dict[str, tuple[int, int]]


_FETCH: Final = """
select v.workspace_id, v.workflow_id, v.number, v.definition,
       (select jsonb_object_agg(t.key, jsonb_build_array(t.id, t.ordinal)) from tasks t
        where t.workspace_id = v.workspace_id and t.workflow_id = v.workflow_id) as tasks
from unnest($1::bigint[], $2::integer[]) as wanted (workflow_id, number)
join workflow_versions v on v.workflow_id = wanted.workflow_id and v.number = wanted.number
"""

_NEWEST: Final = """
select w.workspace_id, w.id, w.version_number, w.archived_at is not null as is_archived, w.name,
       exists (select from limits l where l.workspace_id = w.workspace_id
                 and (l.task_id is null or l.workflow_id = w.id)) as is_limited
from workflows w where w.id = any($1::bigint[])
"""


class Newest(msgspec.Struct, frozen=True, kw_only=True):
    """The newest version of a workflow, whether it still takes runs, and whether a limit holds for their steps."""

    workspace_id: int
    workflow_id: int
    number: int
    is_archived: bool
    name: str
    is_limited: bool


async def fetch(connection: Connection, wanted: list[tuple[int, int]]) -> list[Published]:
    """The versions of these (workflow id, number) pairs, as many as there are."""
    rows = await connection.fetch(_FETCH, [pair[0] for pair in wanted], [pair[1] for pair in wanted])
    return [
        Published(
            workspace_id=row["workspace_id"],
            workflow_id=row["workflow_id"],
            number=row["number"],
            document=row["definition"],
            tasks={key: (pair[0], pair[1]) for key, pair in row["tasks"].items()},
        )
        for row in rows
    ]


async def newest(connection: Connection, workflow_ids: list[int]) -> dict[int, Newest]:
    """The newest version of each of these workflows."""
    return {
        row["id"]: Newest(
            workspace_id=row["workspace_id"],
            workflow_id=row["id"],
            number=row["version_number"],
            is_archived=row["is_archived"],
            name=row["name"],
            is_limited=row["is_limited"],
        )
        for row in await connection.fetch(_NEWEST, workflow_ids)
    }
