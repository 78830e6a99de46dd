"""What must hold of runs and their steps, whatever happened to them."""

from typing import Final

from casework.store.check import Check

CHECKS: Final = (
    Check(
        name="run_state",
        promise="An open run's state is what its steps say: pending until one starts, then at work or paused.",
        breaches="""
            select r.id as run_id, r.state, found.state as state_by_steps
            from runs r
            cross join lateral (
                select case
                    when not exists (select from steps s where s.workspace_id = r.workspace_id and s.run_id = r.id
                                     and s.started_at is not null) then 'pending'
                    when exists (select from steps s where s.workspace_id = r.workspace_id and s.run_id = r.id
                                 and s.state in ('in_progress', 'queued')) then 'running'
                    else 'paused' end as state
            ) found
            where r.ended_at is null and found.state <> case r.state when 'resumed' then 'running' else r.state end
            order by r.id limit $1
        """,
    ),
    Check(
        name="run_start",
        promise="A run started when the first of its steps did.",
        breaches="""
            select r.id as run_id, r.started_at, first.started_at as first_step_started_at
            from runs r
            left join (select run_id, min(started_at) as started_at from steps group by run_id) first
              on first.run_id = r.id
            where r.started_at is distinct from first.started_at
            order by r.id limit $1
        """,
    ),
    Check(
        name="run_error",
        promise="A run has an error exactly when it failed.",
        breaches="""
            select id as run_id, state, error from runs
            where (state = 'failed') <> (error is not null)
            order by id limit $1
        """,
    ),
    Check(
        name="ended_runs",
        promise="A run that ended has no live step.",
        breaches="""
            select s.run_id, s.number as step, s.state, r.state as run_state
            from steps s
            join runs r on r.workspace_id = s.workspace_id and r.id = s.run_id
            where s.ended_at is null and r.ended_at is not null
            order by s.run_id, s.number limit $1
        """,
    ),
    Check(
        name="open_runs",
        promise="An open run has a live step that holds it open.",
        breaches="""
            select r.id as run_id, r.state from runs r
            where r.ended_at is null
              and not exists (select from steps s where s.workspace_id = r.workspace_id and s.run_id = r.id
                              and s.ended_at is null and not s.is_left)
            order by r.id limit $1
        """,
    ),
    Check(
        name="current_task",
        promise="A run's current task is that of the selected live step, or of its only one; an ended run has none.",
        breaches="""
            with live as (
                select run_id, count(*) as count, min(number) as number, min(task_id) as task_id,
                       array_agg(number) as numbers
                from steps where ended_at is null group by run_id
            )
            select r.id as run_id, r.current_step, r.current_task_id, r.selected_step, live.numbers as live_steps
            from runs r
            left join live on live.run_id = r.id
            left join steps s on s.workspace_id = r.workspace_id and s.run_id = r.id and s.number = r.current_step
            where case
                when r.ended_at is not null then r.current_step is not null or r.current_task_id is not null
                when live.count = 1 then r.current_step is distinct from live.number
                                      or r.current_task_id is distinct from live.task_id
                when r.selected_step = any (live.numbers) then r.current_step is distinct from r.selected_step
                                                            or r.current_task_id is distinct from s.task_id
                when live.count > 1 then s.ended_at is not null or s.task_id is distinct from r.current_task_id
                                      or r.current_step is null
                else false end
            order by r.id limit $1
        """,
    ),
    Check(
        name="last_visit",
        promise="Of a task's visits in a run one is marked as the last, and none that began came after it.",
        breaches="""
            with visits as (
                select run_id, task_id, task_key, array_agg(distinct visit) filter (where is_last) as marked,
                       max(visit) filter (where state <> 'parked' and (
                           started_at is not null or state not in ('cancelled', 'skipped'))) as begun
                from steps where parent is null group by run_id, task_id, task_key
            )
            select run_id, task_key, marked as marked_visits, begun as last_begun_visit
            from visits
            where cardinality(marked) > 1 or coalesce(marked[1], 0) < begun
            order by run_id, task_id limit $1
        """,
    ),
    Check(
        name="output_visit",
        promise="Of a task's completed visits in a run the one that ended last is marked as its output, and no other.",
        breaches="""
            with completed as (
                select run_id, task_id, max(ended_at) as ended_at, count(*) filter (where is_output) as outputs
                from steps where parent is null and state = 'completed' group by run_id, task_id
            )
            select s.run_id, s.number as step, s.task_key, s.visit, s.is_output
            from steps s
            left join completed on completed.run_id = s.run_id and completed.task_id = s.task_id
            where s.is_output and (s.state <> 'completed' or s.parent is not null or s.ended_at < completed.ended_at)
               or s.state = 'completed' and s.parent is null and completed.outputs <> 1
                  and s.ended_at = completed.ended_at
            order by s.run_id, s.number limit $1
        """,
    ),
    Check(
        name="step_numbers",
        promise="A run's steps are numbered from 1 without a gap, and the run knows how many there are.",
        breaches="""
            select r.id as run_id, r.steps_count, count(s.id) as steps, max(s.number) as last_number
            from runs r
            left join steps s on s.workspace_id = r.workspace_id and s.run_id = r.id
            group by r.id
            having r.steps_count <> count(s.id) or coalesce(max(s.number), 0) <> count(s.id)
            order by r.id limit $1
        """,
    ),
    Check(
        name="visits",
        promise="The visits of a task in a run are numbered from 1 without a gap; arrivals that began none aside, "
        "each has its own number.",
        breaches="""
            with visits as (
                select run_id, task_id, task_key, visit,
                       state <> 'parked'
                           and (started_at is not null or state not in ('cancelled', 'skipped')) as is_begun
                from steps where parent is null
            )
            select run_id, task_key, count(*) as visits, max(visit) as last_visit
            from visits
            group by run_id, task_id, task_key
            having count(distinct visit) <> max(visit)
                or count(distinct visit) filter (where is_begun) <> count(*) filter (where is_begun)
            order by run_id, task_id limit $1
        """,
    ),
    Check(
        name="tasks",
        promise="A step is of a task of its run's workflow.",
        breaches="""
            select s.run_id, s.number as step, s.workflow_id, r.workflow_id as run_workflow_id, s.task_key, t.key
            from steps s
            join runs r on r.workspace_id = s.workspace_id and r.id = s.run_id
            join tasks t on t.workspace_id = s.workspace_id and t.id = s.task_id
            where s.workflow_id <> r.workflow_id or t.workflow_id <> r.workflow_id or s.task_key <> t.key
            order by s.run_id, s.number limit $1
        """,
    ),
    Check(
        name="assignees",
        promise="Whoever has a step is the member that it names, allowed by its lists, and not excluded.",
        breaches="""
            select s.run_id, s.number as step, s.account_id, s.member_id, s.allow_ids, s.deny_ids
            from steps s
            left join members m on m.workspace_id = s.workspace_id and m.id = s.member_id
            where s.account_id is distinct from m.account_id
               or s.account_id = any (s.deny_ids)
               or s.allow_ids <> '{}' and not s.account_id = any (s.allow_ids)
            order by s.run_id, s.number limit $1
        """,
    ),
    Check(
        name="revisions",
        promise="Every revision of a run is told by its events: as many as the run has, the newest being its own.",
        breaches="""
            select r.id as run_id, r.revision, coalesce(told.revisions, 0) as revisions_told, told.newest
            from runs r
            left join (select run_id, count(distinct revision) as revisions, max(revision) as newest
                       from events where run_id is not null and revision is not null group by run_id) told
              on told.run_id = r.id
            where told.revisions is distinct from r.revision or told.newest is distinct from r.revision
            order by r.id limit $1
        """,
    ),
    Check(
        name="step_revisions",
        promise="No step changed after its run's last revision.",
        breaches="""
            select s.run_id, s.number as step, s.revision, r.revision as run_revision
            from steps s
            join runs r on r.workspace_id = s.workspace_id and r.id = s.run_id
            where s.revision > r.revision
            order by s.run_id, s.number limit $1
        """,
    ),
)
