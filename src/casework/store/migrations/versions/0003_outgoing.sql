-- For secrets, and what is told to others; conventions as in 0001.

-- Secrets -------------------------------------------------------------------------------------------------------------

create table data_keys (                             -- seals the secrets of a workspace; without this row none opens
    workspace_id bigint primary key references workspaces (id),
    key_id text not null,                            -- which of the server's keys wrapped it
    wrapped bytea not null,
    created_at timestamptz not null,
    wrapped_at timestamptz not null
);

create table secrets (
    id bigint generated always as identity primary key,
    workspace_id bigint not null references workspaces (id),
    name text not null check (name ~ '^[A-Za-z][A-Za-z0-9_.-]{0,99}$'),
    sealed bytea not null,                           -- by the workspace's data key, for this workspace and name
    created_at timestamptz not null,
    updated_at timestamptz not null,
    used_at timestamptz,
    unique (workspace_id, id),
    unique (workspace_id, name)
);

-- Webhooks ------------------------------------------------------------------------------------------------------------

-- Which transaction recorded a fact: ids are given before transactions commit, in any order, so that whoever reads by id
-- alone passes over those that become visible late. All of a transaction below the oldest that still runs is visible.
alter table events add column xact_id xid8 not null default pg_current_xact_id();
create index events_xact on events (xact_id, id);

alter table webhooks
    drop column secret_hash,
    add column name text not null default '' check (length(name) <= 200),
    add column workflow_id bigint,                   -- only facts about its runs
    add column sealed bytea not null,                -- what its messages are signed with, as secrets are
    add column sealed_before bytea,                  -- until before_ends_at messages are signed with this too
    add column before_ends_at timestamptz,
    add column after_event bigint not null,          -- facts up to this one are older than the webhook
    add column after_xact xid8 not null,             -- and all of these transactions had ended: where reading begins
    add column revision integer not null default 1,
    add column updated_at timestamptz not null,
    add column failing_since timestamptz,            -- the first failure after the last success
    add column disabled_reason text check (disabled_reason in ('asked', 'failing', 'gone')),
    add column removed_at timestamptz,
    add foreign key (workspace_id, workflow_id) references workflows (workspace_id, id),
    add check ((disabled_at is null) = (disabled_reason is null));
create index webhooks_active on webhooks (workspace_id) where disabled_at is null and removed_at is null;

create table webhook_cursor (                        -- how far facts were made deliveries: one row
    is_only boolean primary key default true check (is_only),
    xact_id xid8 not null,
    event_id bigint not null,
    cluster bigint not null,                         -- transactions are counted anew where a dump was restored
    moved_at timestamptz not null
);
insert into webhook_cursor (xact_id, event_id, cluster, moved_at)
select pg_current_xact_id(), 0, system_identifier, clock_timestamp() from pg_control_system();

create table webhook_deliveries (                    -- a message to a webhook
    id bigint generated always as identity primary key,
    workspace_id bigint not null,
    webhook_id bigint not null,
    event_id bigint,                                 -- null: a test
    type text not null,
    payload jsonb not null,                          -- as it is sent, each time the same
    state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
    attempts integer not null default 0,             -- how often it was taken in hand
    tries integer not null default 0,                -- the same since it was made or asked for again
    next_at timestamptz not null,
    status integer,                                  -- what the last attempt was answered
    error text,
    created_at timestamptz not null,
    ended_at timestamptz,
    unique (workspace_id, id),
    unique (webhook_id, event_id),
    foreign key (workspace_id, webhook_id) references webhooks (workspace_id, id),
    check ((ended_at is null) = (state = 'pending'))
) with (fillfactor = 80);
create index webhook_deliveries_due on webhook_deliveries (webhook_id, next_at) where state = 'pending';
create index webhook_deliveries_page on webhook_deliveries (workspace_id, webhook_id, created_at, id);
create index webhook_deliveries_created on webhook_deliveries (created_at);

create table webhook_attempts (
    workspace_id bigint not null,
    delivery_id bigint not null,
    number integer not null,
    status integer,
    error text,                                      -- a code of the egress client, or null
    duration_ms bigint not null,
    at timestamptz not null,
    primary key (workspace_id, delivery_id, number),
    foreign key (workspace_id, delivery_id) references webhook_deliveries (workspace_id, id) on delete cascade
);
