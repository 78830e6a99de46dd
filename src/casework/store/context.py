"""What conditions may see beside a run: its member, chat and workflow, for many runs at a time."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec

from casework.core.run_context import AGE_UNSET, BESIDE
from casework.store.database import Connection


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside a run, stored or about to be."""

    member_id: int | None
    chat_id: int | None
    workflow_id: int
    version_number: int


_RUNS: Final = "unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::integer[])"
_COLUMNS: Final = "r (run_id, member_id, chat_id, workflow_id, version_number)"

_MEMBERS: Final = f"""
select r.run_id, m.id, m.name, a.email, m.phone, m.external_id, m.labels, m.age, m.data, m.form_data
from {_RUNS} as {_COLUMNS}
join members m on m.workspace_id = $1 and m.id = r.member_id
join accounts a on a.id = m.account_id
"""  # noqa: S608 - constant text

_CHATS: Final = f"""
select r.run_id, c.id, c.uuid, c.channel, c.chat_type, c.is_paused, c.needs_response, c.message_count
from {_RUNS} as {_COLUMNS}
join chats c on c.workspace_id = $1 and c.id = r.chat_id
where c.deleted_at is null
"""  # noqa: S608 - constant text

_WORKFLOWS: Final = f"""
select r.run_id, w.id, w.uuid, w.key, w.name, r.version_number
from {_RUNS} as {_COLUMNS}
join workflows w on w.workspace_id = $1 and w.id = r.workflow_id
"""  # noqa: S608 - constant text


async def load(
    connection: Connection, workspace_id: int, places: Mapping[int, Place], names: Collection[str]
) -> dict[int, dict[str, Any]]:
    """The maps of `core.run_context.BESIDE` that `names` holds, by run: one query a name, none for an unused one.

    Every run asked for has an entry; a run without a member or a chat has no such map in it.
    """
    found: dict[int, dict[str, Any]] = {run_id: {} for run_id in places}
    columns = (
        list(places),
        [place.member_id for place in places.values()],
        [place.chat_id for place in places.values()],
        [place.workflow_id for place in places.values()],
        [place.version_number for place in places.values()],
    )
    for name in BESIDE:
        if name not in names or not found:
            continue
        query, as_map = _LOADERS[name]
        for row in await connection.fetch(query, workspace_id, *columns):
            found[row["run_id"]][name] = as_map(row)
    return found


def _member(row: Any) -> dict[str, Any]:
    first, _, last = row["name"].strip().partition(" ")
    return {
        "id": row["id"],
        "name": row["name"],
        "first_name": first,
        "last_name": last.strip(),
        "email": row["email"],
        "phone": row["phone"] or "",
        "external_id": row["external_id"] or "",
        "labels": row["labels"],
        "age": AGE_UNSET if row["age"] is None else row["age"],
        "data": row["data"],
        "form_data": row["form_data"],
    }


def _chat(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "uuid": str(row["uuid"]),
        "channel": row["channel"],
        "chat_type": row["chat_type"],
        "paused": row["is_paused"],
        "needs_response": row["needs_response"],
        "message_count": row["message_count"],
    }


def _workflow(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "uuid": str(row["uuid"]),
        "key": row["key"],
        "name": row["name"],
        "version": row["version_number"],
    }


_LOADERS: Final = {"member": (_MEMBERS, _member), "chat": (_CHATS, _chat), "workflow": (_WORKFLOWS, _workflow)}
