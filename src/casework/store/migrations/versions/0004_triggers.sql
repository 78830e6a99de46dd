-- For schedules, hooks and bulk starts; conventions as in 0001.

create table schedules (                             -- starts a run at the instants of a timetable
    id bigint generated always as identity primary key,
    workspace_id bigint not null,
    workflow_id bigint not null,                     -- never changes: the external ids of its runs are unique in it
    name text not null check (length(name) between 1 and 200),
    cron text not null check (length(cron) between 1 and 200),
    time_zone text not null check (length(time_zone) between 1 and 100),
    input jsonb not null default '{}',
    member_id bigint,                                -- whose assignments its runs are
    title text not null default '' check (length(title) <= 500),
    is_enabled boolean not null,
    starts_at timestamptz,
    ends_at timestamptz,
    on_missed text not null check (on_missed in ('skip', 'once')),
    next_at timestamptz,                             -- null: it is not enabled, or over
    last_at timestamptz,                             -- the time that was due last, whatever came of it
    last_run_id bigint,
    last_error text check (length(last_error) <= 1000),
    failures integer not null default 0 check (failures >= 0),          -- in a row
    revision integer not null default 1,
    created_by bigint,                               -- member
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (workspace_id, id),
    foreign key (workspace_id, workflow_id) references workflows (workspace_id, id),
    foreign key (workspace_id, member_id) references members (workspace_id, id),
    foreign key (workspace_id, last_run_id) references runs (workspace_id, id),
    foreign key (workspace_id, created_by) references members (workspace_id, id),
    check (next_at is null or is_enabled)
);
create index schedules_due on schedules (next_at) where next_at is not null;
create index schedules_workflow on schedules (workspace_id, workflow_id);

create table hooks (                                 -- starts a run when another system calls
    id bigint generated always as identity primary key,
    uuid uuid not null unique,                       -- its address
    workspace_id bigint not null,
    workflow_id bigint not null,
    name text not null check (length(name) between 1 and 200),
    kind text not null check (kind in ('bearer', 'hmac_sha256', 'standard_webhooks')),
    input jsonb not null default '{}',               -- an expression a field; empty: the whole body is the input
    headers text[] not null default '{}',            -- those that expressions see
    external_id text,                                -- an expression
    secret bytea not null,                           -- as casework.operations.hook_secrets keeps it
    is_enabled boolean not null,
    calls_per_minute integer not null check (calls_per_minute between 1 and 6000),
    revision integer not null default 1,
    created_by bigint,                               -- member
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (workspace_id, id),
    foreign key (workspace_id, workflow_id) references workflows (workspace_id, id),
    foreign key (workspace_id, created_by) references members (workspace_id, id)
);
create index hooks_workflow on hooks (workspace_id, workflow_id);

create table hook_minutes (                          -- how often a hook was called in the minute of its last call
    workspace_id bigint not null,
    hook_id bigint not null,
    minute timestamptz not null,
    calls integer not null,
    primary key (workspace_id, hook_id),
    foreign key (workspace_id, hook_id) references hooks (workspace_id, id) on delete cascade
) with (fillfactor = 50);

create table hook_calls (                            -- the last calls of a hook; what was sent is not kept
    id bigint generated always as identity primary key,
    workspace_id bigint not null,
    hook_id bigint not null,
    at timestamptz not null,
    status integer not null,                         -- HTTP's
    run_id bigint,
    error text check (length(error) <= 1000),
    foreign key (workspace_id, hook_id) references hooks (workspace_id, id) on delete cascade,
    foreign key (workspace_id, run_id) references runs (workspace_id, id)
);
create index hook_calls_hook on hook_calls (workspace_id, hook_id, id desc);
