-- For waits, sub-runs and compensation; conventions as in 0001.

create table signals (                               -- events from outside, for runs that wait for them
    id bigint generated always as identity primary key,
    workspace_id bigint not null references workspaces (id),
    name text not null check (length(name) between 1 and 100),
    correlation text not null check (length(correlation) <= 200),
    awaits text not null generated always as (name || ' ' || correlation) stored,   -- what steps.awaits says
    payload jsonb,                                   -- null: it brings nothing
    sent_at timestamptz not null,
    expires_at timestamptz not null,
    taken_at timestamptz,
    run_id bigint,                                   -- the step that took it
    step_number integer,
    unique (workspace_id, id),
    foreign key (workspace_id, run_id, step_number) references steps (workspace_id, run_id, number),
    check ((taken_at is null) = (run_id is null) and (run_id is null) = (step_number is null)),
    check (expires_at > sent_at)
);
create index signals_free on signals (workspace_id, awaits, id) where taken_at is null;
create index signals_expiry on signals (expires_at);

-- A column of its own: an index on what stands in `data` would make every change of any step's data dearer.
alter table steps add awaits text;                   -- the event that a wait is for: its name, a space, its correlation
create index steps_awaits on steps (workspace_id, awaits, id) where awaits is not null and state = 'waiting';

alter table runs
    add undo jsonb not null default '[]',            -- completed steps to be undone should the run not complete
    add ending jsonb,                                -- how it ends when they are undone
    add check (ending is null or ended_at is null);
