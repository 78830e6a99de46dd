"""Facts about who may do what: members, roles, keys, signing in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from casework.core.actor import Actor
from casework.store.database import Connection


async def record(
    connection: Connection,
    workspace_id: int,
    actor: Actor,
    type_: str,
    facts: Sequence[Mapping[str, Any]],
    at: datetime,
) -> None:
    """Record one event of that type a fact."""
    await connection.execute(
        """
        insert into events (workspace_id, type, actor_kind, actor_id, actor_name, data, at)
        select $1, $2, $3, $4, $5, data, $7 from unnest($6::jsonb[]) as data
        """,
        workspace_id,
        type_,
        actor.kind,
        actor.id,
        actor.name,
        [dict(fact) for fact in facts],
        at,
    )
