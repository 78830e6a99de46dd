"""What must hold of steps that workers perform."""

from typing import Final

from casework.store.check import Check

CHECKS: Final = (
    Check(
        name="performers",
        promise="Who performs a step is on the list of workers, or left it less than a quarter of an hour ago.",
        breaches="""
            select s.run_id, s.number as step, s.worker, s.attempt_at
            from steps s left join workers w on w.uuid = s.worker
            where s.worker is not null and w.uuid is null and s.attempt_at < now() - interval '15 min'
            order by s.run_id, s.number limit $1
        """,
    ),
    Check(
        name="calls",
        promise="To every step that is queued a worker is called, or it waits for an instant.",
        breaches="""
            select s.run_id, s.number as step, s.kind, s.revision
            from steps s
            where s.state = 'queued' and s.try_resolve_at is null
              and not exists (select from jobs j where j.dedupe_key = s.run_id || '/' || s.number || '/' || s.revision
                                                   and j.status in ('queued', 'picked'))
            order by s.run_id, s.number limit $1
        """,
    ),
)
