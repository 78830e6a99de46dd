"""Open cases by the hundred thousand, as the engine would leave them, made by PostgreSQL itself."""

from collections.abc import Sequence

import asyncpg

from casework.core.actor import Assignee

SECONDS_MAX = 3_600  # one statement, a million rows and their index entries


async def fill(
    connection: asyncpg.Connection, workflow_id: int, tasks: Sequence[int], people: Sequence[Assignee], runs: int
) -> None:
    """`runs` cases of a workflow of people's tasks, spread over these tasks and these people.

    Each has an open activity and a chat; one in four is assigned.
    """
    accounts, members = [who.account_id for who in people], [who.member_id for who in people]
    place = (await connection.fetchval("select workspace_id from workflows where id = $1", workflow_id), workflow_id)
    await connection.execute(_CHATS, place[0], runs, members, timeout=SECONDS_MAX)
    await connection.execute(_RUNS, *place, list(tasks), timeout=SECONDS_MAX)
    await connection.execute(_STEPS, *place, accounts, members, timeout=SECONDS_MAX)
    await connection.execute(_COUNTS, *place, timeout=SECONDS_MAX)
    await connection.execute("vacuum analyze", timeout=SECONDS_MAX)


_AT = "timestamptz '2026-01-01' + (n % 86400) * interval '30 seconds' + (n / 86400) * interval '1 ms'"

_CHATS = f"""
insert into chats (uuid, workspace_id, member_id, title, message_count, last_message_at, created_at, updated_at)
select gen_random_uuid(), $1, ($3::bigint[])[1 + n % cardinality($3::bigint[])], 'Case ' || n, 3, {_AT}, {_AT}, {_AT}
from generate_series(1, $2::integer) n
"""

_RUNS = """
insert into runs (uuid, workspace_id, workflow_id, version_number, member_id, chat_id, title, state, revision,
    steps_count, current_task_id, current_step, run_type, ran_by_type, input, created_at, updated_at)
select gen_random_uuid(), $1, $2, 1, c.member_id, c.id, c.title, 'pending', 1, 1,
    ($3::bigint[])[1 + c.id % cardinality($3::bigint[])], 1, 'api', 'user', '{"subject": "A subject"}', c.created_at,
    c.created_at
from chats c where c.workspace_id = $1
"""

_STEPS = """
insert into steps (uuid, workspace_id, workflow_id, run_id, number, task_id, task_key, name, kind, visit, state,
    revision, account_id, member_id, actor_roles, priority, created_at)
select gen_random_uuid(), $1, $2, r.id, 1, t.id, t.key, t.name, 'human', 1,
    case when r.id % 4 = 0 then 'assigned' else 'ready' end, 1,
    case when r.id % 4 = 0 then ($3::bigint[])[1 + (r.id / 4) % cardinality($3::bigint[])] end,
    case when r.id % 4 = 0 then ($4::bigint[])[1 + (r.id / 4) % cardinality($4::bigint[])] end,
    case when r.id % 10 = 1 then '{clerk}'::text[] else '{agent}'::text[] end, r.id % 100, r.created_at
from runs r join tasks t on t.id = r.current_task_id where r.workspace_id = $1 and r.workflow_id = $2
"""

_COUNTS = """
insert into task_counts (workspace_id, workflow_id, task_id, day, slot, count)
select workspace_id, workflow_id, current_task_id, (created_at at time zone 'UTC')::date, 0, count(*)
from runs where workspace_id = $1 and workflow_id = $2 group by 1, 2, 3, 4
"""
