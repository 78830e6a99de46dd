-- Limits of what workers perform at once, and turns between workspaces; conventions as in 0001.

alter table jobs                                     -- null: no call to a step
    add workspace_id bigint generated always as ((headers ->> 'workspace_id')::bigint) stored,
    add task_id bigint generated always as ((headers ->> 'task_id')::bigint) stored,
    add run_id bigint generated always as ((headers ->> 'run_id')::bigint) stored,
    add step_number integer generated always as ((headers ->> 'step')::integer) stored,
    add attempt integer generated always as ((headers ->> 'attempt')::integer) stored;
create index jobs_line on jobs (entrypoint, workspace_id, task_id, (-priority), id)
    where status = 'queued' and task_id is not null;

create table limits (                                -- of a task, as its newest version has it; or of a workspace
    workspace_id bigint not null references workspaces (id),
    workflow_id bigint,
    task_id bigint,                                  -- null: of the whole workspace
    concurrency integer check (concurrency between 1 and 10000),
    rate_starts integer check (rate_starts between 1 and 10000),
    rate_seconds integer check (rate_seconds in (1, 60, 3600, 86400)),
    check ((workflow_id is null) = (task_id is null)),
    check ((rate_starts is null) = (rate_seconds is null)),
    check (num_nonnulls(concurrency, rate_starts) > 0),
    unique nulls not distinct (workspace_id, task_id),
    foreign key (workspace_id, workflow_id, task_id) references tasks (workspace_id, workflow_id, id)
);

create table step_starts (                           -- attempts that count against a rate, until its time has passed
    workspace_id bigint not null,
    task_id bigint not null,
    at timestamptz not null,
    foreign key (workspace_id, task_id) references tasks (workspace_id, id)
);
create index step_starts_at on step_starts (workspace_id, at) include (task_id);
