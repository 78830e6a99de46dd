-- For steps that programs and agents do; conventions as in 0001.

alter table steps
    add failures integer not null default 0,         -- attempts that count against `retry`
    add worker uuid,                                 -- who performs the newest attempt
    add attempt_at timestamptz,                      -- since when
    add incident jsonb,                              -- why it waits for somebody to decide
    add ask jsonb,                                   -- what a worker asks a person
    add check ((worker is null) = (attempt_at is null)),
    add check (worker is null or (state = 'in_progress' and kind <> 'human')),
    add check (incident is null or ended_at is not null or state = 'waiting');
create index steps_timer on steps (try_resolve_at) where try_resolve_at is not null and ended_at is null;
create index steps_worker on steps (worker) where worker is not null;
create index steps_incident on steps (workspace_id, id desc) where incident is not null and ended_at is null;

alter table runs add parent_step integer;            -- the step of the parent run that waits for this one

alter table events drop constraint events_actor_kind_check,
    add constraint events_actor_kind_check check (actor_kind in ('member', 'key', 'agent', 'system'));

create table workers (                               -- who performs steps, as long as its lease lasts
    uuid uuid primary key,
    name text not null,
    kinds text[] not null,
    concurrency integer not null check (concurrency >= 1),
    started_at timestamptz not null,
    lease_until timestamptz not null
);

create table step_memories (                         -- what the next attempt at a step is told
    workspace_id bigint not null,
    run_id bigint not null,
    step_number integer not null,
    memory jsonb not null,
    primary key (workspace_id, run_id, step_number),
    foreign key (workspace_id, run_id, step_number) references steps (workspace_id, run_id, number)
);
