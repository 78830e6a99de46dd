"""How many activities people may have at once, and who is available for more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from casework.core.permission import Grant
from casework.store.database import Connection

HELD: Final = """
    select count(*) from steps s
    where s.workspace_id = m.workspace_id and s.account_id = m.account_id and s.kind = 'human' and s.state <> 'parked'
      and (case s.state when 'queued' then 'ready' when 'waiting' then 'ready' else s.state end)
          in ('assigned', 'in_progress', 'paused')
"""
"""Activities that the member `m` has: written as the index `steps_assignee` is."""


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has and may have. capacity: None where nobody set any."""

    account_id: int
    is_available: bool
    capacity: int | None
    held: int

    @property
    def left(self) -> int | None:
        """How many more it may have; None is any number."""
        return None if self.capacity is None else max(0, self.capacity - self.held)


_ROOMS: Final = f"""
select m.workspace_id, m.account_id, m.is_available, coalesce(m.capacity, w.capacity) as capacity, ({HELD}) as held
from unnest($1::bigint[], $2::bigint[]) as wanted (workspace_id, account_id)
join members m on m.workspace_id = wanted.workspace_id and m.account_id = wanted.account_id and m.removed_at is null
join workspaces w on w.id = m.workspace_id
"""  # noqa: S608 - constant text


async def rooms(connection: Connection, people: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Room]:
    """What these (workspace id, account id) people have and may have; of those who are members."""
    rows = await connection.fetch(_ROOMS, [pair[0] for pair in people], [pair[1] for pair in people])
    return {
        (row["workspace_id"], row["account_id"]): Room(
            account_id=row["account_id"],
            is_available=row["is_available"],
            capacity=row["capacity"],
            held=row["held"],
        )
        for row in rows
    }


class HeldStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step that somebody has."""

    id: int
    run_id: int
    number: int


async def held_by(connection: Connection, grant: Grant, account_id: int, *, after: int, limit: int) -> list[HeldStep]:
    """The activities that a person has, in order of id from the one after `after` on."""
    rows = await connection.fetch(
        """
        select id, run_id, number from steps s
        where s.workspace_id = $1 and s.account_id = $2 and s.kind = 'human' and s.state <> 'parked'
          and (case s.state when 'queued' then 'ready' when 'waiting' then 'ready' else s.state end)
              in ('assigned', 'in_progress', 'paused')
          and s.id > $3
        order by s.id limit $4
        """,
        grant.workspace_id,
        account_id,
        after,
        limit,
    )
    return [HeldStep(**row) for row in rows]


async def note_handed(connection: Connection, handed: Sequence[tuple[int, int, datetime]]) -> None:
    """Keep when these (workspace id, account id) people were last handed something."""
    if handed:
        await connection.execute(
            """
            update members m set handed_at = new.at
            from (select workspace_id, account_id, max(at) as at
                  from unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) as new (workspace_id, account_id, at)
                  group by workspace_id, account_id) as new
            where m.workspace_id = new.workspace_id and m.account_id = new.account_id
            """,
            [one[0] for one in handed],
            [one[1] for one in handed],
            [one[2] for one in handed],
        )


async def default(connection: Connection, grant: Grant) -> int | None:
    """How many activities a member of the workspace may have that has no capacity of its own; None is any number."""
    capacity: int | None = await connection.fetchval(
        "select capacity from workspaces where id = $1", grant.workspace_id
    )
    return capacity


async def set_default(connection: Connection, grant: Grant, capacity: int | None) -> None:
    """Set it."""
    await connection.execute("update workspaces set capacity = $2 where id = $1", grant.workspace_id, capacity)


async def set_available(
    connection: Connection, grant: Grant, member_id: int, *, is_available: bool, at: datetime
) -> bool:
    """Say whether a member is available; False where there is no such member."""
    changed = await connection.fetchval(
        """
        update members set is_available = $3, updated_at = $4, revision = revision + 1
        where workspace_id = $1 and id = $2 and removed_at is null returning true
        """,
        grant.workspace_id,
        member_id,
        is_available,
        at,
    )
    return changed is True
