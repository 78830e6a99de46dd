-- For moving runs to other versions; conventions as in 0001.

create table run_migrations (                        -- runs of a workflow are moved to a version, any number of them
    id bigint generated always as identity primary key,
    workspace_id bigint not null,
    workflow_id bigint not null,
    version_number integer not null,
    tasks jsonb not null default '{}',               -- to which task steps go whose own key is not there, by key
    created_at timestamptz not null,
    created_by bigint,                               -- member
    unique (workspace_id, id),
    foreign key (workspace_id, workflow_id, version_number) references workflow_versions (workspace_id, workflow_id, number),
    foreign key (workspace_id, created_by) references members (workspace_id, id)
);
create index run_migrations_workflow on run_migrations (workspace_id, workflow_id, id desc);

create table migrated_runs (                         -- what takes to undo it, while nothing has happened to the run since
    workspace_id bigint not null,
    migration_id bigint not null,
    run_id bigint not null,
    from_version integer not null,
    revision integer not null,                       -- the run's when it had moved
    kept jsonb not null,                             -- what it changed of the run's steps, as that was before
    moved_at timestamptz not null,
    undone_at timestamptz,
    primary key (workspace_id, migration_id, run_id),
    foreign key (workspace_id, migration_id) references run_migrations (workspace_id, id),
    foreign key (workspace_id, run_id) references runs (workspace_id, id)
);
create index migrated_runs_run on migrated_runs (workspace_id, run_id);
