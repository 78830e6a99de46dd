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
