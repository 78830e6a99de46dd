"""What must hold of work periods and clocks."""

from typing import Final

from casework.store.check import Check

CHECKS: Final = (
    Check(
        name="open_periods",
        promise="A person's step is in progress exactly while a work period of its assignee is open on it.",
        breaches="""
            select coalesce(s.run_id, p.run_id) as run_id, coalesce(s.number, p.step_number) as step,
                   s.open_since, p.started_at, s.account_id, p.account_id as period_account_id
            from (select * from steps where open_since is not null or kind = 'human' and state = 'in_progress') s
            full join (select * from work_periods where ended_at is null) p
              on p.run_id = s.run_id and p.step_number = s.number
            where s.open_since is distinct from p.started_at or s.account_id is distinct from p.account_id
            order by 1, 2 limit $1
        """,
    ),
    Check(
        name="one_open_period",
        promise="A person has at most one open work period in a workspace.",
        breaches="""
            select workspace_id, account_id, array_agg(id order by id) as work_period_ids
            from work_periods where ended_at is null
            group by workspace_id, account_id having count(*) > 1
            order by workspace_id, account_id limit $1
        """,
    ),
    Check(
        name="period_bounds",
        promise="Work periods lie between their step's start and its end.",
        breaches="""
            select p.run_id, p.step_number as step, p.id as work_period_id, p.started_at, p.ended_at
            from work_periods p
            join steps s on s.workspace_id = p.workspace_id and s.run_id = p.run_id and s.number = p.step_number
            where s.started_at is null or p.started_at < s.started_at or p.ended_at < p.started_at
               or s.ended_at is not null and coalesce(p.ended_at, 'infinity') > s.ended_at
            order by p.run_id, p.step_number limit $1
        """,
    ),
    Check(
        name="step_working",
        promise="A step's working time is the sum of its closed work periods.",
        breaches="""
            select s.run_id, s.number as step, s.working_ms, coalesce(worked.ms, 0) as periods_ms
            from steps s
            left join (select run_id, step_number, sum(extract(epoch from ended_at - started_at) * 1000)::bigint as ms
                       from work_periods where ended_at is not null group by run_id, step_number) worked
              on worked.run_id = s.run_id and worked.step_number = s.number
            where s.working_ms <> coalesce(worked.ms, 0)
            order by s.run_id, s.number limit $1
        """,
    ),
    Check(
        name="run_working",
        promise="A run's working time is the sum of its steps'.",
        breaches="""
            select r.id as run_id, r.working_ms, coalesce(worked.ms, 0) as steps_ms
            from runs r
            left join (select run_id, sum(working_ms)::bigint as ms from steps group by run_id) worked
              on worked.run_id = r.id
            where r.working_ms <> coalesce(worked.ms, 0)
            order by r.id limit $1
        """,
    ),
    # Of a run the working time may be longer than its life: several people can work on it at once.
    Check(
        name="clocks",
        promise="A step's working time is at most its live time, and that at most its time in the pipeline; "
        "a run's life began in its pipeline.",
        breaches="""
            select s.run_id, s.number as step, s.working_ms, s.created_at, s.started_at, s.open_since, s.ended_at
            from steps s
            join runs r on r.workspace_id = s.workspace_id and r.id = s.run_id
            where s.started_at < s.created_at or s.ended_at < coalesce(s.started_at, s.created_at)
               or s.working_ms > coalesce(1000 * extract(epoch from
                    coalesce(s.ended_at, s.open_since, greatest(now(), r.updated_at)) - s.started_at), 0)
            union all
            select id, null, working_ms, created_at, started_at, null, ended_at
            from runs where started_at < created_at or ended_at < coalesce(started_at, created_at)
            limit $1
        """,
    ),
)
