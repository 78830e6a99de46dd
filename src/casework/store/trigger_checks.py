"""What must hold of schedules and hooks."""

from typing import Final

from casework.store.check import Check

CHECKS: Final = (
    Check(
        name="schedules",
        promise="A schedule's last run is one that it started, and what is due is within its bounds.",
        breaches="""
            select s.id as schedule_id, s.next_at, s.ends_at, r.id as run_id, r.workflow_id, r.external_id
            from schedules s
            left join runs r on r.workspace_id = s.workspace_id and r.id = s.last_run_id
            where s.next_at < s.starts_at or s.next_at > s.ends_at or s.next_at <= s.last_at
               or (r.id is null) <> (s.last_run_id is null)
               or r.workflow_id <> s.workflow_id
               or r.id is not null and coalesce(r.external_id, '') not like 'schedule:' || s.id || ':%'
            order by s.id limit $1
        """,
    ),
    Check(
        name="scheduled_runs",
        promise="No schedule started a run for a time that it has not come to.",
        breaches="""
            select s.id as schedule_id, r.id as run_id, r.external_id, r.created_at
            from schedules s
            join runs r on r.workspace_id = s.workspace_id and r.workflow_id = s.workflow_id
                       and r.external_id like 'schedule:' || s.id || ':%'
            -- Others may have given their runs such ids; a case is not evaluated before its condition.
            where case when r.run_type = 'scheduled'
                       then substr(r.external_id, length('schedule:' || s.id || ':') + 1)::timestamptz > s.next_at end
            order by s.id, r.id limit $1
        """,
    ),
    Check(
        name="hook_calls",
        promise="A hook's calls started runs of its workflow, each of the newest hundred or fewer.",
        breaches="""
            select h.id as hook_id, null::bigint as call_id, null::bigint as run_id
            from hooks h join hook_calls c on c.workspace_id = h.workspace_id and c.hook_id = h.id
            group by h.id having count(*) > 100
            union all
            select h.id, c.id, r.id
            from hook_calls c
            join hooks h on h.workspace_id = c.workspace_id and h.id = c.hook_id
            left join runs r on r.workspace_id = c.workspace_id and r.id = c.run_id
            where r.workflow_id <> h.workflow_id or (c.run_id is not null) <> (c.status in (200, 202))
            order by 1, 2 limit $1
        """,
    ),
    Check(
        name="hook_secrets",
        promise="Of a bearer secret its hash is kept, and nothing else.",
        breaches="""
            select id as hook_id, length(secret) as bytes from hooks
            where kind = 'bearer' and length(secret) <> 32 order by id limit $1
        """,
    ),
)
