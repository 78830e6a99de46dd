-- Sensitive values, kept apart from the rows that hide them; conventions as in 0001.

create table sensitive_values (                      -- what a run's row, or a step's, shows the mask of
    workspace_id bigint not null,
    run_id bigint not null,
    step_number integer not null,                    -- 0: the run's own
    field text not null,                             -- the column, whole: what of it is hidden is the version's to say
    value jsonb not null,
    primary key (workspace_id, run_id, step_number, field),
    foreign key (workspace_id, run_id) references runs (workspace_id, id)
);

create table sensitive_reads (                       -- so that a person's reading of a run is noted once an hour
    workspace_id bigint not null,
    run_id bigint not null,
    reader text not null,                            -- the kind and the id of the actor
    hour timestamptz not null,
    primary key (workspace_id, run_id, reader, hour),
    foreign key (workspace_id, run_id) references runs (workspace_id, id)
);
create index sensitive_reads_hour on sensitive_reads (hour);    -- to forget those of hours that have passed
