"""The audit trail as it is read: facts as they were recorded, newest first."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.permission import Grant
from casework.store.database import Connection


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as it is read; run_uuid and task_key name what run_id and step_number stand for."""

    id: int
    type: str
    run_id: int | None
    run_uuid: UUID | None
    step_number: int | None
    task_key: str | None
    revision: int | None
    actor_kind: str
    actor_id: int | None
    actor_name: str | None
    cause: str | None
    data: dict[str, Any]
    at: datetime


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which facts: of those types, about that run, by that member, from `since` to `until`, both included.

    below: facts that come after the one of that instant and id, where a page goes on.
    """

    types: tuple[str, ...] | None = None
    run_id: int | None = None
    member_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    below: tuple[datetime, int] | None = None


# A page is cut first: the names of what it is about are looked up for what is on it, once for each.
_PAGE: Final = """
with page as materialized (
    select * from events where workspace_id = $1{bounds} order by at desc, id desc limit $2
)
select e.id, e.type, e.run_id, r.uuid as run_uuid, e.step_number, s.task_key, e.revision, e.actor_kind, e.actor_id,
       e.actor_name, e.cause, e.data, e.at
from page e
left join runs r on r.workspace_id = e.workspace_id and r.id = e.run_id
left join steps s on s.workspace_id = e.workspace_id and s.run_id = e.run_id and s.number = e.step_number
order by e.at desc, e.id desc
"""


async def page(connection: Connection, grant: Grant, which: Filter, *, limit: int) -> list[EventRow]:
    """The newest facts that fit, newest first; what is recorded later never moves what comes after them."""
    arguments: list[Any] = [grant.workspace_id, limit]
    bounds = "".join(_bounds(which, arguments))
    return [EventRow(**row) for row in await connection.fetch(_PAGE.format(bounds=bounds), *arguments)]


def _bounds(which: Filter, arguments: list[Any]) -> Iterator[str]:
    if which.below is not None:
        arguments.extend(which.below)
        yield f" and (at, id) < (${len(arguments) - 1}, ${len(arguments)})"
    for condition, value in (
        ("type = any(${n}::text[])", which.types),
        ("run_id = ${n}", which.run_id),
        ("actor_kind = 'member' and actor_id = ${n}", which.member_id),
        ("at >= ${n}", which.since),
        ("at <= ${n}", which.until),
    ):
        if value is not None:
            arguments.append(value)
            yield f" and {condition.format(n=len(arguments))}"


class RunOwner(msgspec.Struct, frozen=True, kw_only=True):
    """A run and the member whose assignment it is."""

    id: int
    member_id: int | None


_RUN_BY_ID: Final = "select id, member_id from runs where workspace_id = $1 and id = $2"
_RUN_BY_UUID: Final = "select id, member_id from runs where workspace_id = $1 and uuid = $2"


async def run_owner(connection: Connection, grant: Grant, identifier: int | UUID) -> RunOwner | None:
    """The run of that id or UUID in the grant's workspace, and whose it is."""
    query = _RUN_BY_UUID if isinstance(identifier, UUID) else _RUN_BY_ID
    row = await connection.fetchrow(query, grant.workspace_id, identifier)
    return None if row is None else RunOwner(**row)
