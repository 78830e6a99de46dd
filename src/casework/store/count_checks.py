"""What must hold of what is kept in step with other rows: counts, chats, versions, keys, imports."""

from typing import Final

from casework.store.check import Check

CHECKS: Final = (
    Check(
        name="task_counts",
        promise="The counts of open runs by task and day are what counting them gives.",
        breaches="""
            select workspace_id, workflow_id, task_id, day,
                   coalesce(kept.count, 0) as kept, coalesce(counted.count, 0) as counted
            from (select workspace_id, workflow_id, task_id, day, sum(count) as count
                  from task_counts group by 1, 2, 3, 4) kept
            full join (select workspace_id, workflow_id, current_task_id as task_id,
                              (created_at at time zone 'UTC')::date as day, count(*) as count
                       from runs where ended_at is null and current_task_id is not null group by 1, 2, 3, 4) counted
              using (workspace_id, workflow_id, task_id, day)
            where coalesce(kept.count, 0) <> coalesce(counted.count, 0)
            order by 1, 2, 3, 4 limit $1
        """,
    ),
    Check(
        name="run_counts",
        promise="The counts of runs by state are what counting them gives.",
        breaches="""
            select workspace_id, state, coalesce(kept.count, 0) as kept, coalesce(counted.count, 0) as counted
            from (select workspace_id, state, sum(count) as count from run_counts group by 1, 2) kept
            full join (select workspace_id, state, count(*) as count from runs group by 1, 2) counted
              using (workspace_id, state)
            where coalesce(kept.count, 0) <> coalesce(counted.count, 0)
            order by 1, 2 limit $1
        """,
    ),
    # A chat that changes in the very instant in which a run starts in it may be kept at its old place: see the schema.
    Check(
        name="open_chats",
        promise="The chats of open runs are kept with their runs' current tasks, and no others.",
        breaches="""
            select coalesce(kept.run_id, r.id) as run_id, coalesce(kept.chat_id, r.chat_id) as chat_id,
                   kept.task_id, r.current_task_id
            from open_chats kept
            full join (select runs.*, chats.deleted_at, chats.last_message_at from runs
                       join chats on chats.workspace_id = runs.workspace_id and chats.id = runs.chat_id
                       where runs.ended_at is null) r
              on kept.workspace_id = r.workspace_id and kept.run_id = r.id and kept.chat_id = r.chat_id
            where r.id is null or kept.run_id is null and r.deleted_at is null
               or kept.run_id is not null
                  and (kept.task_id is distinct from r.current_task_id or kept.created_at <> r.created_at
                       or kept.last_message_at > r.last_message_at)
            order by 1, 2 limit $1
        """,
    ),
    Check(
        name="chat_counts",
        promise="The counts of open runs' chats by task and day are what counting them gives.",
        breaches="""
            select workspace_id, task_id, day, coalesce(kept.count, 0) as kept, coalesce(counted.count, 0) as counted
            from (select workspace_id, task_id, day, sum(count) as count from chat_counts group by 1, 2, 3) kept
            full join (select workspace_id, task_id, (created_at at time zone 'UTC')::date as day, count(*) as count
                       from open_chats where task_id is not null group by 1, 2, 3) counted
              using (workspace_id, task_id, day)
            where coalesce(kept.count, 0) <> coalesce(counted.count, 0)
            order by 1, 2, 3 limit $1
        """,
    ),
    Check(
        name="chat_messages",
        promise="A chat's count of messages, and the instant of its last one, are those of its messages.",
        breaches="""
            select c.id as chat_id, c.message_count, coalesce(said.count, 0) as messages,
                   c.last_message_at, said.last_at
            from chats c
            left join (select chat_id, count(*) as count, max(created_at) as last_at from messages group by 1) said
              on said.chat_id = c.id
            where c.message_count <> coalesce(said.count, 0) or c.last_message_at is distinct from said.last_at
            order by c.id limit $1
        """,
    ),
    Check(
        name="idempotency",
        promise="What an idempotency key stands for is there.",
        breaches="""
            select encode(k.scope, 'hex') as scope, k.reference
            from idempotency_keys k
            where jsonb_typeof(k.reference -> 'id') = 'number'
              and not exists (select from runs r where r.id = (k.reference ->> 'id')::numeric)
            order by k.created_at limit $1
        """,
    ),
    Check(
        name="versions",
        promise="A workflow's versions are numbered from 1 without a gap, and it knows the newest.",
        breaches="""
            select w.id as workflow_id, w.version_number, count(v.number) as versions, max(v.number) as newest
            from workflows w
            left join workflow_versions v on v.workspace_id = w.workspace_id and v.workflow_id = w.id
            group by w.id
            having count(v.number) <> w.version_number or max(v.number) is distinct from w.version_number
            order by w.id limit $1
        """,
    ),
    Check(
        name="imports",
        promise="A history that was brought in completely has all its cases.",
        breaches="""
            select id as import_id, workflow_id, cases_done, cases_total, completed_at
            from imports where (completed_at is not null) <> (cases_done >= cases_total)
            order by id limit $1
        """,
    ),
)
