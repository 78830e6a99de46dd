"""Which calls a worker takes off the queue: in turns by workspace, and within all limits.

A *line* is what waits of one task. Of each workspace the most urgent call goes first, whatever its task; workspaces
take turns, and each worker goes on after the one that it served last. So a workspace with one call waits for one of
each other workspace, however long their lines are.

Limits hold because whoever takes something while there are any does so under one lock, and counts what is in hand in
the tables themselves: a worker that dies holds nothing that would have to be given back.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import asyncpg
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.models import Job
from pgqueuer.domain.types import QueueEntrypoint, QueueManagerId
from pgqueuer.ports.repository import EntrypointExecutionParameter

from casework.store import limits

PLACES: Final = 16
"""Workspaces that are looked at in one go: as many as get a turn in it, and some whose limits leave no room."""

_PLACES: Final = """
with recursive place as (
    select 0 as round, $2::bigint as workspace_id
    union all
    select next.* from place
    cross join lateral (
        (select greatest(place.round, 1), first.workspace_id from unnest($1::text[]) as kind (name)
         cross join lateral (
             select j.workspace_id from jobs j
             where j.status = 'queued' and j.task_id is not null and j.entrypoint = kind.name
               and j.workspace_id > place.workspace_id
             order by j.workspace_id limit 1
         ) as first
         order by first.workspace_id limit 1)
        union all
        select 2, 0 where place.round < 2
        limit 1
    ) as next (round, workspace_id)
    where next.round < 2 or next.workspace_id <= $2
)
select workspace_id from place where round > 0 and workspace_id > 0 limit $3
"""

# Ordered as no other index has it than the one that is meant: another would be read to its end for each line.
_MOST_URGENT: Final = """
    from jobs j
    where j.status = 'queued' and j.entrypoint = line.kind
      and j.workspace_id = line.workspace_id and j.task_id = line.task_id
    order by -j.priority, j.id
"""

_CHOSEN: Final = f"""
with recursive line as (
    select kind.name as kind, place.workspace_id, 0::bigint as task_id, place.number as place
    from unnest($1::text[]) as kind (name), unnest($2::bigint[]) with ordinality as place (workspace_id, number)
    union all
    select line.kind, line.workspace_id, next.task_id, line.place from line
    cross join lateral (
        select j.task_id from jobs j
        where j.status = 'queued' and j.entrypoint = line.kind and j.workspace_id = line.workspace_id
          and j.task_id > line.task_id
        order by j.task_id limit 1
    ) as next
), in_hand as materialized ({limits.IN_HAND}), room as materialized ({limits.ROOM}
), candidate as (
    select line.kind, line.workspace_id, line.task_id, line.place, of_task.count as room,
           row_number() over (partition by line.workspace_id order by job.priority desc, job.id) as turn,
           row_number() over (partition by line.task_id order by job.priority desc, job.id) as turn_of_task
    from line
    left join room as of_task on of_task.workspace_id = line.workspace_id and of_task.task_id = line.task_id
    cross join lateral (
        select j.priority, j.id {_MOST_URGENT} limit least($3, of_task.count)
    ) as job
), chosen as (
    select c.kind, c.workspace_id, c.task_id, c.place, c.turn
    from candidate c
    left join room as of_all on of_all.workspace_id = c.workspace_id and of_all.task_id is null
    where (c.room is null or c.turn_of_task <= c.room) and (of_all.count is null or c.turn <= of_all.count)
)
"""  # noqa: S608 - constant text

_PEEK: Final = f"{_CHOSEN} select exists (select from chosen)"  # noqa: S608 - constant text

# A call whose worker fell silent has its room still. One that is void, because its step is not queued any more, is
# taken like the others, but does not count as a start.
_TAKE: Final = f"""
{_CHOSEN}, silent as (
    select j.id from jobs j
    where j.status = 'picked' and j.entrypoint = any($1) and j.heartbeat < now() - $5::interval
    order by j.heartbeat limit $4 for update skip locked
), share as (
    select first.kind, first.workspace_id, first.task_id, count(*) as count
    from (
        select * from chosen order by turn, place limit greatest(0, $4 - (select count(*) from silent))
    ) as first
    group by first.kind, first.workspace_id, first.task_id
), fresh as (
    select job.id from share as line
    cross join lateral (
        select j.id {_MOST_URGENT} limit line.count for update skip locked
    ) as job
), taken as (
    update jobs set status = 'picked', updated = now(), heartbeat = now(), queue_manager_id = $6
    where id in (select id from silent union all select id from fresh)
    returning *
), begun as (
    insert into step_starts (workspace_id, task_id, at)
    select t.workspace_id, t.task_id, clock_timestamp() from taken t
    join fresh on fresh.id = t.id
    join steps s on s.workspace_id = t.workspace_id and s.run_id = t.run_id and s.number = t.step_number
    where s.state = 'queued'
      and exists (select from limits l
                  where l.rate_starts is not null and l.workspace_id = t.workspace_id
                    and (l.task_id is null or l.task_id = t.task_id))
)
select * from taken order by priority desc, id
"""  # noqa: S608 - constant text

SESSION: Final = {
    "application_name": "casework turns",
    "synchronous_commit": "off",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_sort": "off",
    "plan_cache_mode": "force_generic_plan",
}
"""Of a connection that takes calls. One that is taken, and free again after a crash, is taken anew; and what waits is
read in the order of its index, however much the table changed since it was last analyzed (4 s instead of 3 ms)."""

_STANDING: Final = """
select (select count(*) from jobs where queue_manager_id = $1), exists (select from limits)
"""

_ONE_AFTER_THE_OTHER: Final = "select pg_advisory_xact_lock(hashtextextended('casework limits', 0))"


@dataclass(kw_only=True)
class Turns(Queries):
    """The queue as a worker sees it.

    connection: another one than the driver's, for taking calls alone. beside: how much the worker has in hand that did
    not come off the queue.
    """

    connection: asyncpg.Connection
    beside: Callable[[], int] = lambda: 0
    is_drained: bool = False
    """Whether nothing was left that the worker might take when it last had room to."""
    served: int = 0
    """The workspace that had the last turn."""
    is_full: bool = False
    """Whether the worker had no room when it last looked: it is woken when something of its own is done."""

    async def dequeue(
        self,
        batch_size: int,
        entrypoints: dict[QueueEntrypoint, EntrypointExecutionParameter],
        queue_manager_id: QueueManagerId,
        global_concurrency_limit: int | None,
        heartbeat_timeout: timedelta,
    ) -> list[Job]:
        """Take at most so many calls, fewer where the worker or a limit has no room for more."""
        held, is_limited = await self.connection.fetchrow(_STANDING, queue_manager_id)
        most = batch_size
        if global_concurrency_limit is not None:
            beside = self.beside()
            most = min(batch_size, global_concurrency_limit - held - beside)
            self.is_full = most <= 0 and not beside  # nothing in the queue tells of the end of what is beside
        if most <= 0:
            self.is_drained = False
            return []
        kinds: list[str] = [*entrypoints]
        places, seen = await self._places(kinds), set[int]()
        while True:
            of_each = -(-most // max(1, len(places)))
            arguments = (kinds, places, of_each, most, heartbeat_timeout, queue_manager_id)
            rows = await self._take(arguments, is_limited=is_limited)
            if rows or not places:
                self.is_drained = len(rows) < most
                return [Job.model_validate(dict(row)) for row in rows]
            seen.update(places)  # none of them may begin anything now
            self.served = places[-1]
            places = [one for one in await self._places(kinds) if one not in seen]

    async def eligible_queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        """1 where there is something that this worker could take at once, which others may just have let go of."""
        if self.is_full:
            return 0
        kinds: list[str] = [*entrypoints]
        return int(await self.connection.fetchval(_PEEK, kinds, await self._places(kinds), 1))

    async def next_deferred_eta(self, entrypoints: list[QueueEntrypoint]) -> timedelta | None:
        """When a rate lets the next one begin."""
        return None if self.is_full else await limits.seconds_to_next(self.connection, list(entrypoints))

    async def queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:  # noqa: ARG002 - as it is called
        """0: nothing comes due between the two questions before that a notice would not tell of."""
        return 0

    async def _places(self, kinds: list[str]) -> list[int]:
        """The workspaces in which something waits, in the order of their turns; at most PLACES."""
        rows = await self.connection.fetch(_PLACES, kinds, self.served, PLACES)
        return [row["workspace_id"] for row in rows]

    async def _take(self, arguments: tuple[Any, ...], *, is_limited: bool) -> list[Any]:
        """Take what is chosen. The last turn was that of the last workspace, going round, of those with the most."""
        if is_limited:
            async with self.connection.transaction():
                await self.connection.execute(_ONE_AFTER_THE_OTHER)
                rows: list[Any] = await self.connection.fetch(_TAKE, *arguments)
        else:
            rows = await self.connection.fetch(_TAKE, *arguments)
        turns = Counter(row["workspace_id"] for row in rows)
        if turns:
            self.served = max(turns, key=lambda one: (turns[one], one <= self.served, one))
        return rows
