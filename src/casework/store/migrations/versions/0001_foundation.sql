-- Casework's tables. Conventions:
--   * workspace_id stands in every table of a workspace, first in its unique (workspace_id, id), and every reference
--     inside a workspace is the composite (workspace_id, ...): a row that points across workspaces cannot be stored.
--   * instants are timestamptz, truncated to milliseconds by whoever writes them, as the wire shows them.
--   * lengths of time are in milliseconds (bigint), so that sums are exact.
--   * states are text under a CHECK: readable in psql, impossible to misspell.

-- Identity ------------------------------------------------------------------------------------------------------------

create table accounts (
    id bigint generated always as identity primary key,
    uuid uuid not null unique,
    email text not null check (length(email) between 3 and 320),
    name text not null check (length(name) <= 200),
    password_hash text,                              -- null: cannot sign in with a password
    last_workspace_id bigint,
    created_at timestamptz not null,
    disabled_at timestamptz
);
create unique index accounts_email on accounts (lower(email));

create table workspaces (
    id bigint generated always as identity primary key,
    uuid uuid not null unique,
    name text not null check (length(name) between 1 and 200),
    created_at timestamptz not null
);
alter table accounts add foreign key (last_workspace_id) references workspaces (id) on delete set null;

create table roles (
    id bigint generated always as identity primary key,
    workspace_id bigint not null references workspaces (id),
    name text not null check (length(name) between 1 and 100),
    scopes text[] not null default '{}',
    is_builtin boolean not null default false,       -- Manager and User: neither renamed nor removed
    revision integer not null default 1,
    created_at timestamptz not null,
    unique (workspace_id, id)
);
create unique index roles_name on roles (workspace_id, lower(name));

create table members (
    id bigint generated always as identity primary key,
    workspace_id bigint not null references workspaces (id),
    account_id bigint not null references accounts (id),
    role_id bigint not null,
    name text not null check (length(name) <= 200),
    phone text check (length(phone) <= 50),
    actor_roles text[] not null default '{}',
    is_supervisor boolean not null default false,
    labels text[] not null default '{}',
    external_id text check (length(external_id) between 1 and 200),
    age integer check (age between 0 and 200),
    data jsonb not null default '{}',
    form_data jsonb not null default '{}',
    revision integer not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    removed_at timestamptz,                          -- kept for history; no rights from then on
    unique (workspace_id, id),
    unique (workspace_id, account_id),
    unique (workspace_id, account_id, id),           -- for whoever names a person by both
    foreign key (workspace_id, role_id) references roles (workspace_id, id)
);
create index members_account on members (account_id);
create index members_role on members (workspace_id, role_id);
create unique index members_external_id on members (workspace_id, external_id) where external_id is not null;

create table api_keys (
    id bigint generated always as identity primary key,
    uuid uuid not null unique,
    workspace_id bigint not null references workspaces (id),
    member_id bigint,                                -- null: acts as the workspace
    name text not null check (length(name) between 1 and 200),
    prefix text not null,                            -- the public part, shown in lists
    secret_hash bytea not null unique check (length(secret_hash) = 32),
    scopes text[],                                   -- null: all of its member's
    created_by bigint,                               -- member
    created_at timestamptz not null,
    expires_at timestamptz,
    used_at timestamptz,
    revoked_at timestamptz,
    unique (workspace_id, id),
    foreign key (workspace_id, member_id) references members (workspace_id, id),
    foreign key (workspace_id, created_by) references members (workspace_id, id)
);
create index api_keys_member on api_keys (workspace_id, member_id);

create table sessions (
    id bigint generated always as identity primary key,
    token_hash bytea not null unique check (length(token_hash) = 32),   -- sha256; the token itself is never kept
    kind text not null check (kind in ('cookie', 'bearer')),
    account_id bigint references accounts (id),
    key_id bigint references api_keys (id),          -- instead of an account: acts exactly as that key
    created_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    check ((account_id is null) <> (key_id is null)),
    check (key_id is null or kind = 'bearer')
);
create index sessions_account on sessions (account_id);
create index sessions_key on sessions (key_id) where key_id is not null;
create index sessions_expiry on sessions (expires_at);

create table sign_in_failures (
    subject bytea not null check (length(subject) = 32),   -- sha256 of account + address: counts without keeping either
    at timestamptz not null
);
create index sign_in_failures_subject on sign_in_failures (subject, at);
create index sign_in_failures_at on sign_in_failures (at);

-- Workflows -----------------------------------------------------------------------------------------------------------

create table workflows (
    id bigint generated always as identity primary key,
    uuid uuid not null unique,
    workspace_id bigint not null references workspaces (id),
    key text not null check (key ~ '^[a-z][a-z0-9_-]{0,63}$'),
    name text not null check (length(name) between 1 and 200),
    description text not null default '',
    version_number integer not null check (version_number >= 1),        -- the newest published
    grants_revision integer not null default 1,      -- raised when its grants change
    created_at timestamptz not null,
    updated_at timestamptz not null,
    archived_at timestamptz,
    unique (workspace_id, id)
);
create unique index workflows_key on workflows (workspace_id, key) where archived_at is null;

create table workflow_versions (
    workspace_id bigint not null,
    workflow_id bigint not null,
    number integer not null check (number >= 1),
    definition json not null,                        -- the canonical document; not jsonb: a form's fields have an order
    checksum bytea not null,                         -- sha256 of the whole definition: is a new one different?
    created_at timestamptz not null,
    created_by bigint,                               -- member
    primary key (workspace_id, workflow_id, number),
    foreign key (workspace_id, workflow_id) references workflows (workspace_id, id),
    foreign key (workspace_id, created_by) references members (workspace_id, id)
);

create table tasks (                                 -- a task keeps its id and ordinal over versions, by key
    id bigint generated always as identity primary key,
    workspace_id bigint not null,
    workflow_id bigint not null,
    key text not null,
    ordinal integer not null check (ordinal between 1 and 4095),
    name text not null,
    kind text not null,
    roles text[] not null default '{}',              -- of the newest version: who belongs to the project
    is_current boolean not null default true,        -- in the newest version
    position integer not null default 0,             -- its place there
    unique (workspace_id, id),
    unique (workspace_id, workflow_id, key),
    unique (workspace_id, workflow_id, ordinal),
    unique (workspace_id, workflow_id, id),
    foreign key (workspace_id, workflow_id) references workflows (workspace_id, id)
);
create index tasks_roles on tasks using gin (roles);

create table workflow_grants (
    id bigint generated always as identity primary key,
    workspace_id bigint not null,
    workflow_id bigint not null,
    role_id bigint,
    member_id bigint,
    level text not null check (level in ('use', 'edit', 'admin')),
    check ((role_id is null) <> (member_id is null)),
    foreign key (workspace_id, workflow_id) references workflows (workspace_id, id),
    foreign key (workspace_id, role_id) references roles (workspace_id, id) on delete cascade,
    foreign key (workspace_id, member_id) references members (workspace_id, id)
);
create unique index workflow_grants_role on workflow_grants (workspace_id, workflow_id, role_id) where role_id is not null;
create unique index workflow_grants_member on workflow_grants (workspace_id, workflow_id, member_id) where member_id is not null;
create index workflow_grants_of_role on workflow_grants (workspace_id, role_id) where role_id is not null;
create index workflow_grants_of_member on workflow_grants (workspace_id, member_id) where member_id is not null;

-- Who belongs to a project: by a grant, by a role that its tasks name, or as somebody who administers all workflows.
create view project_members as
select m.workspace_id, w.id as workflow_id, m.id as member_id, m.account_id, m.is_supervisor, m.actor_roles,
       case when 'workflows:admin' = any (r.scopes) then 'admin'
            else (select g.level from workflow_grants g
                  where g.workspace_id = m.workspace_id and g.workflow_id = w.id
                    and (g.member_id = m.id or g.role_id = m.role_id)
                  order by array_position(array['admin', 'edit', 'use'], g.level) limit 1)
       end as level                                  -- null: belongs by its actor roles alone
from members m
join roles r on r.workspace_id = m.workspace_id and r.id = m.role_id
join workflows w on w.workspace_id = m.workspace_id
where m.removed_at is null
  and ('workflows:admin' = any (r.scopes)
       or exists (select from workflow_grants g
                  where g.workspace_id = m.workspace_id and g.workflow_id = w.id
                    and (g.member_id = m.id or g.role_id = m.role_id))
       or exists (select from tasks t
                  where t.workspace_id = m.workspace_id and t.workflow_id = w.id and t.is_current
                    and t.roles && m.actor_roles));

-- Chats ---------------------------------------------------------------------------------------------------------------

create table chats (
    id bigint generated always as identity primary key,
    uuid uuid not null unique,
    workspace_id bigint not null references workspaces (id),
    member_id bigint not null,                       -- its owner
    title text not null default '' check (length(title) <= 300),
    summary text not null default '',
    channel text not null default 'web',
    chat_type text not null default 'chat',
    is_paused boolean not null default false,
    needs_response boolean not null default false,
    message_count integer not null default 0 check (message_count >= 0),
    last_message_at timestamptz,
    revision integer not null default 1,             -- raised by one with each change, a message too
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    unique (workspace_id, id),
    foreign key (workspace_id, member_id) references members (workspace_id, id)
);
create index chats_member on chats (workspace_id, member_id, id desc) where deleted_at is null;
create index chats_list on chats (workspace_id, id desc) where deleted_at is null;

create table chat_participants (
    workspace_id bigint not null,
    chat_id bigint not null,
    member_id bigint not null,
    added_at timestamptz not null,
    primary key (workspace_id, chat_id, member_id),
    foreign key (workspace_id, chat_id) references chats (workspace_id, id),
    foreign key (workspace_id, member_id) references members (workspace_id, id)
);
create index chat_participants_member on chat_participants (workspace_id, member_id, chat_id desc);

-- Runs ----------------------------------------------------------------------------------------------------------------

create table runs (
    id bigint generated always as identity primary key,
    uuid uuid not null unique,
    workspace_id bigint not null,
    workflow_id bigint not null,
    version_number integer not null,
    member_id bigint,                                -- whose assignment it is
    chat_id bigint,
    title text not null default '' check (length(title) <= 500),
    state text not null check (state in ('pending', 'running', 'paused', 'resumed', 'completed', 'failed', 'cancelled')),
    revision integer not null check (revision >= 1),
    steps_count integer not null default 0,          -- numbers given to steps so far
    selected_step integer,                           -- the step somebody chose as current
    current_task_id bigint,                          -- of current_step, which refers to it: not checked twice
    current_step integer,
    priority integer not null default 50 check (priority between 0 and 100),
    due_at timestamptz,
    input jsonb not null default '{}',
    output jsonb,
    error jsonb,
    indicators jsonb,
    run_type text not null check (run_type in ('workflow_builder', 'form', 'batch', 'chat_assistant', 'agent_assistant',
        'trigger', 'scheduled', 'sub_workflow', 'api')),
    ran_by_type text not null check (ran_by_type in ('user', 'personal_api_key', 'org_api_key', 'system')),
    ran_by_id uuid,
    ran_by_name text,
    end_user text check (length(end_user) <= 200),   -- the caller's own opaque id of whoever it acts for
    external_id text check (length(external_id) between 1 and 200),
    parent_run_id bigint,
    retry_of bigint,
    feedback text check (length(feedback) <= 4000),
    working_ms bigint not null default 0 check (working_ms >= 0),       -- closed work periods of all its steps
    machine_ms bigint not null default 0 check (machine_ms >= 0),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    started_at timestamptz,
    ended_at timestamptz,
    cancel_reason text check (length(cancel_reason) <= 1000),
    unique (workspace_id, id),
    foreign key (workspace_id, workflow_id, version_number) references workflow_versions (workspace_id, workflow_id, number),
    foreign key (workspace_id, member_id) references members (workspace_id, id),
    foreign key (workspace_id, chat_id) references chats (workspace_id, id),
    foreign key (workspace_id, parent_run_id) references runs (workspace_id, id),
    foreign key (workspace_id, retry_of) references runs (workspace_id, id),
    check ((ended_at is not null) = (state in ('completed', 'failed', 'cancelled'))),
    check (ended_at is null or current_task_id is null),
    check (started_at is null or started_at >= created_at),
    check (ended_at is null or ended_at >= coalesce(started_at, created_at))
);
create unique index runs_external_id on runs (workspace_id, workflow_id, external_id) where external_id is not null;
create index runs_created on runs (workspace_id, created_at desc, id desc);
create index runs_updated on runs (workspace_id, updated_at desc, id desc);
create index runs_priority on runs (workspace_id, priority desc, id desc);
create index runs_status on runs (workspace_id, (case state when 'cancelled' then 2 when 'completed' then 3
    when 'failed' then 4 when 'pending' then 5 else 1 end), created_at, id);  -- core.assignment.STATUS_RANK
create index runs_member on runs (workspace_id, member_id, created_at desc, id desc) include (state);
create index runs_workflow on runs (workspace_id, workflow_id, created_at desc, uuid);
create index runs_workflow_state on runs (workspace_id, workflow_id, state, created_at desc, uuid);
create index runs_workflow_ended on runs (workspace_id, workflow_id, ended_at) include (state, started_at) where ended_at is not null;
create index runs_current_task on runs (workspace_id, current_task_id, created_at desc, id desc) include (state)
    where ended_at is null;
create index runs_chat on runs (workspace_id, chat_id) where chat_id is not null;
create unique index runs_chat_open on runs (workspace_id, chat_id)   -- a message starts no run while another one's is open
    where ended_at is null and run_type = 'chat_assistant' and chat_id is not null;
create index runs_end_user on runs (workspace_id, workflow_id, end_user, created_at desc, uuid) where end_user is not null;
create index runs_parent on runs (workspace_id, parent_run_id) where parent_run_id is not null;

create table steps (                                 -- one visit of a task in a run
    id bigint generated always as identity primary key,
    uuid uuid not null unique,
    workspace_id bigint not null,
    workflow_id bigint not null,
    run_id bigint not null,
    number integer not null check (number >= 1),     -- 1.. within its run, in order of creation
    task_id bigint not null,
    task_key text not null,
    name text not null,
    kind text not null,
    visit integer not null check (visit >= 1),
    is_last boolean not null default true,           -- of its task's visits: what the surfaces show
    is_output boolean not null default false,        -- of its task's completed visits: what tasks.<key>.output means
    state text not null check (state in ('ready', 'assigned', 'in_progress', 'paused', 'queued', 'waiting', 'parked',
        'completed', 'failed', 'cancelled', 'skipped')),
    revision integer not null,                       -- the run's at its last change
    account_id bigint,                               -- the assignee, and
    member_id bigint,                                -- the same person's membership
    actor_roles text[] not null default '{}',
    allow_ids bigint[] not null default '{}',
    deny_ids bigint[] not null default '{}',
    priority integer not null default 50,
    data jsonb not null default '{}',
    output jsonb,
    error jsonb,
    caught jsonb,                                    -- the error that led here by an on_error route
    indicators jsonb not null default '{}',
    parent integer,                                  -- the step that fanned out to this one, and
    item_index integer,                              -- the index of its item
    item jsonb,
    sources integer[] not null default '{}',         -- steps whose ends led here
    absorbed_by text[] not null default '{}',        -- tasks with `join: any` that take in what this branch sends there
    is_left boolean not null default false,          -- left behind by a select: does not hold the run open
    attempt integer not null default 0,
    working_ms bigint not null default 0 check (working_ms >= 0),       -- closed work periods
    machine_ms bigint not null default 0 check (machine_ms >= 0),
    open_since timestamptz,                          -- of the work period that is open
    created_at timestamptz not null,
    started_at timestamptz,
    ended_at timestamptz,
    due_at timestamptz,
    try_resolve_at timestamptz,
    unique (workspace_id, run_id, number),
    foreign key (workspace_id, run_id) references runs (workspace_id, id),
    foreign key (workspace_id, workflow_id, task_id) references tasks (workspace_id, workflow_id, id),
    foreign key (workspace_id, account_id, member_id) references members (workspace_id, account_id, id),
    check ((account_id is null) = (member_id is null)),
    check ((ended_at is not null) = (state in ('completed', 'failed', 'cancelled', 'skipped'))),
    check ((open_since is not null) = (state = 'in_progress' and kind = 'human')),
    check (state not in ('assigned', 'in_progress', 'paused') or kind <> 'human' or account_id is not null),
    check (state <> 'ready' or account_id is null),
    check (started_at is null or started_at >= created_at),
    check (ended_at is null or ended_at >= coalesce(started_at, created_at))
);
create index steps_last on steps (run_id, number) where is_last or is_output or ended_at is null;
create index steps_activity on steps (workspace_id, id) where kind = 'human' and state <> 'parked';
-- Lists show everything that waits for its turn as one status; the statistics tell the planner how common each is.
create statistics steps_statuses on (case state when 'queued' then 'ready' when 'waiting' then 'ready' else state end) from steps;
create index steps_status on steps (workspace_id, (case state when 'queued' then 'ready' when 'waiting' then 'ready' else state end), id)
    where kind = 'human' and state <> 'parked';
create index steps_assignee on steps (workspace_id, account_id, (case state when 'queued' then 'ready' when 'waiting' then 'ready' else state end), id)
    where kind = 'human' and state <> 'parked' and account_id is not null;
create index steps_project on steps (workspace_id, workflow_id, (case state when 'queued' then 'ready' when 'waiting' then 'ready' else state end), id)
    where kind = 'human' and state <> 'parked';
create index steps_ended_at on steps (workspace_id, ended_at) where kind = 'human' and ended_at is not null;
create index steps_name on steps (workspace_id, name, id) where kind = 'human' and state <> 'parked';
create index steps_created_at on steps (workspace_id, created_at, id) where kind = 'human' and state <> 'parked';
create index steps_queue on steps (workspace_id, workflow_id, actor_roles, priority desc, due_at, id)
    where kind = 'human' and state = 'ready';        -- what to take next, a heap for each set of roles
create index steps_actor_roles on steps using gin (actor_roles)
    where kind = 'human' and (case state when 'queued' then 'ready' when 'waiting' then 'ready' else state end) = 'ready';
create index steps_task on steps (workspace_id, task_id, ended_at) where ended_at is not null;

create table work_periods (                          -- somebody's hands on a step
    id bigint generated always as identity primary key,
    workspace_id bigint not null,
    run_id bigint not null,
    step_number integer not null,
    account_id bigint not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    unique (workspace_id, id),
    foreign key (workspace_id, run_id, step_number) references steps (workspace_id, run_id, number),
    foreign key (workspace_id, account_id) references members (workspace_id, account_id),
    check (ended_at is null or ended_at >= started_at)
);
create unique index work_periods_open on work_periods (workspace_id, account_id) where ended_at is null;
create unique index work_periods_open_step on work_periods (run_id, step_number) where ended_at is null;
create index work_periods_step on work_periods (workspace_id, run_id, step_number);
create index work_periods_account on work_periods (workspace_id, account_id, started_at desc);

create table messages (
    id bigint generated always as identity primary key,
    uuid uuid not null unique,
    workspace_id bigint not null,
    chat_id bigint not null,
    run_id bigint,
    role text not null check (role in ('system', 'user', 'assistant', 'tool')),
    content text not null check (length(content) <= 100000),
    name text,
    member_id bigint,                                -- who wrote it, where a person did
    tool_calls jsonb,
    tool_call_id text,
    created_at timestamptz not null,
    unique (workspace_id, id),
    foreign key (workspace_id, chat_id) references chats (workspace_id, id),
    foreign key (workspace_id, run_id) references runs (workspace_id, id),
    foreign key (workspace_id, member_id) references members (workspace_id, id)
);
create index messages_chat on messages (workspace_id, chat_id, id);

create table model_calls (                           -- what a model was asked, and what it cost
    id bigint generated always as identity primary key,
    workspace_id bigint not null,
    workflow_id bigint not null,                     -- the run's: figures by workflow need not ask the runs
    run_id bigint not null,
    step_number integer not null,
    provider text not null,
    model_id text not null,
    input_tokens bigint not null check (input_tokens >= 0),
    output_tokens bigint not null check (output_tokens >= 0),
    cost numeric(20, 10) not null default 0,
    latency_ms bigint not null check (latency_ms >= 0),
    created_at timestamptz not null,
    foreign key (workspace_id, workflow_id) references workflows (workspace_id, id),
    foreign key (workspace_id, run_id, step_number) references steps (workspace_id, run_id, number)
);
create index model_calls_run on model_calls (workspace_id, run_id);
create index model_calls_workflow on model_calls (workspace_id, workflow_id, created_at);

-- How many runs are in a state: the total of a list without counting a million rows. `slot` is the writing connection's,
-- so that writers rarely wait for each other; a count is the sum over slots.
create table run_counts (
    workspace_id bigint not null,
    state text not null,
    slot smallint not null,
    count bigint not null,
    primary key (workspace_id, state, slot)
) with (fillfactor = 50);

create function count_runs() returns trigger language plpgsql as $$
begin
    insert into run_counts as kept (workspace_id, state, slot, count)
    select workspace_id, state, pg_backend_pid() % 128, count(*) from new_runs group by 1, 2 order by 1, 2
    on conflict (workspace_id, state, slot) do update set count = kept.count + excluded.count;
    return null;
end $$;
create function recount_runs() returns trigger language plpgsql as $$
begin
    insert into run_counts as kept (workspace_id, state, slot, count)
    select workspace_id, state, pg_backend_pid() % 128, sum(moved)
    from (select workspace_id, state, 1 as moved from new_runs
          union all select workspace_id, state, -1 from old_runs) changes
    group by 1, 2 having sum(moved) <> 0 order by 1, 2
    on conflict (workspace_id, state, slot) do update set count = kept.count + excluded.count;
    return null;
end $$;
create function uncount_runs() returns trigger language plpgsql as $$
begin
    insert into run_counts as kept (workspace_id, state, slot, count)
    select workspace_id, state, pg_backend_pid() % 128, -count(*) from old_runs group by 1, 2 order by 1, 2
    on conflict (workspace_id, state, slot) do update set count = kept.count + excluded.count;
    return null;
end $$;
create trigger runs_inserted after insert on runs referencing new table as new_runs
    for each statement execute function count_runs();
create trigger runs_updated after update on runs referencing old table as old_runs new table as new_runs
    for each statement execute function recount_runs();
create trigger runs_deleted after delete on runs referencing old table as old_runs
    for each statement execute function uncount_runs();

-- How many open runs stand on a task, by the day (UTC) of their creation: task-assignment-stats without a scan.
-- `slot` spreads the writers of several processes over rows; a count is the sum over slots.
create table task_counts (
    workspace_id bigint not null,
    workflow_id bigint not null,
    task_id bigint not null,
    day date not null,
    slot smallint not null,
    count bigint not null,
    primary key (workspace_id, workflow_id, task_id, day, slot),
    foreign key (workspace_id, workflow_id, task_id) references tasks (workspace_id, workflow_id, id)
) with (fillfactor = 50);

-- The open runs whose chat is not deleted, in the order in which a task shows its chats. Derived from runs and chats, and
-- kept by triggers, so that no writer can forget it. A run's chat never changes, and a deleted chat stays deleted.
create table open_chats (
    workspace_id bigint not null,
    chat_id bigint not null,
    run_id bigint not null,
    task_id bigint,                                  -- the run's current task
    created_at timestamptz not null,                 -- of the run
    last_message_at timestamptz,                     -- of the chat
    primary key (workspace_id, chat_id, run_id)
) with (fillfactor = 70);
create index open_chats_latest on open_chats (workspace_id, task_id, last_message_at desc nulls last, chat_id, run_id)
    include (created_at) where task_id is not null;
create index open_chats_created on open_chats (workspace_id, task_id, created_at)
    include (last_message_at, chat_id, run_id) where task_id is not null;

-- How many of them stand on a task, by the day (UTC) of the run's creation; `slot` as in task_counts.
create table chat_counts (
    workspace_id bigint not null,
    task_id bigint not null,
    day date not null,
    slot smallint not null,
    count bigint not null,
    primary key (workspace_id, task_id, day, slot)
) with (fillfactor = 50);

create function count_open_chats() returns trigger language plpgsql as $$
begin
    insert into chat_counts as kept (workspace_id, task_id, day, slot, count)
    select workspace_id, task_id, (created_at at time zone 'UTC')::date, pg_backend_pid() % 16, tg_argv[0]::int * count(*)
    from changed where task_id is not null group by 1, 2, 3 order by 1, 2, 3
    on conflict (workspace_id, task_id, day, slot) do update set count = kept.count + excluded.count;
    return null;
end $$;
create trigger open_chats_come after insert on open_chats referencing new table as changed
    for each statement execute function count_open_chats('1');
create trigger open_chats_go after delete on open_chats referencing old table as changed
    for each statement execute function count_open_chats('-1');

create function recount_open_chats() returns trigger language plpgsql as $$
begin
    insert into chat_counts as kept (workspace_id, task_id, day, slot, count)
    select workspace_id, task_id, (created_at at time zone 'UTC')::date, pg_backend_pid() % 16, sum(moved)
    from (select workspace_id, task_id, created_at, 1 as moved from new_rows
          union all select workspace_id, task_id, created_at, -1 from old_rows) changes
    where task_id is not null group by 1, 2, 3 having sum(moved) <> 0 order by 1, 2, 3
    on conflict (workspace_id, task_id, day, slot) do update set count = kept.count + excluded.count;
    return null;
end $$;
create trigger open_chats_move after update on open_chats referencing old table as old_rows new table as new_rows
    for each statement execute function recount_open_chats();

create function add_open_chats() returns trigger language plpgsql as $$
begin
    insert into open_chats (workspace_id, chat_id, run_id, task_id, created_at, last_message_at)
    select r.workspace_id, r.chat_id, r.id, r.current_task_id, r.created_at, c.last_message_at
    from new_runs r
    join chats c on c.workspace_id = r.workspace_id and c.id = r.chat_id
    where r.ended_at is null and c.deleted_at is null;
    return null;
end $$;
create trigger runs_open_chats_add after insert on runs referencing new table as new_runs
    for each statement execute function add_open_chats();

create function move_open_chats() returns trigger language plpgsql as $$
begin
    delete from open_chats o using new_runs r
    where o.workspace_id = r.workspace_id and o.chat_id = r.chat_id and o.run_id = r.id and r.ended_at is not null;

    -- An update, not a row taken out and put in again: whoever writes last_message_at at the same moment follows it.
    update open_chats o set task_id = r.current_task_id from new_runs r
    where o.workspace_id = r.workspace_id and o.chat_id = r.chat_id and o.run_id = r.id
      and o.task_id is distinct from r.current_task_id;
    return null;
end $$;
create trigger runs_open_chats_move after update on runs referencing new table as new_runs
    for each statement execute function move_open_chats();

create function drop_open_chats() returns trigger language plpgsql as $$
begin
    delete from open_chats o using old_runs r
    where o.workspace_id = r.workspace_id and o.chat_id = r.chat_id and o.run_id = r.id;
    return null;
end $$;
create trigger runs_open_chats_drop after delete on runs referencing old table as old_runs
    for each statement execute function drop_open_chats();

create function follow_chat() returns trigger language plpgsql as $$
begin
    if new.deleted_at is not null then
        delete from open_chats where workspace_id = new.workspace_id and chat_id = new.id;
    else
        update open_chats set last_message_at = new.last_message_at
        where workspace_id = new.workspace_id and chat_id = new.id;
    end if;
    return null;
end $$;
-- At the end of the transaction, when it also sees a run that was started for the chat meanwhile. No lock holds the two
-- together, for the engine must not wait for a chat: one that is changed in the very instant in which a run starts in it
-- is shown at its old place until its next message.
create constraint trigger chats_open_chats after update of last_message_at, deleted_at on chats
    deferrable initially deferred for each row
    when (old.last_message_at is distinct from new.last_message_at or old.deleted_at is distinct from new.deleted_at)
    execute function follow_chat();

-- Facts ---------------------------------------------------------------------------------------------------------------

create sequence events_id_seq;
create table events (                                -- append only; a month a partition
    id bigint not null default nextval('events_id_seq'),
    workspace_id bigint not null,
    type text not null,
    run_id bigint,
    step_number integer,
    revision integer,
    actor_kind text not null check (actor_kind in ('member', 'key', 'system')),
    actor_id bigint,                                 -- a member's or a key's id
    actor_name text,
    cause text,
    data jsonb not null default '{}',
    at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (id, recorded_at)
) partition by range (recorded_at);
alter sequence events_id_seq owned by events.id;
create table events_other partition of events default;
create index events_run on events (workspace_id, run_id, id) where run_id is not null;
create index events_type on events (workspace_id, type, id);
create index events_member on events (workspace_id, actor_id, id) where actor_kind = 'member';
create index events_at on events (workspace_id, at, id);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'events are never changed';
end $$;
create trigger events_append_only before update or delete on events for each row execute function refuse_change();

create table idempotency_keys (
    scope bytea not null check (length(scope) = 32),  -- sha256 of who asks, where, and their key
    request_hash bytea not null check (length(request_hash) = 32),
    reference jsonb,                                 -- what was made or changed: enough to answer again
    status integer,
    headers jsonb,
    body bytea,                                      -- the first answer, sealed with a key that only the caller's own yields
    created_at timestamptz not null,
    primary key (scope)
);
create index idempotency_keys_created on idempotency_keys (created_at);

create table webhooks (
    id bigint generated always as identity primary key,
    uuid uuid not null unique,
    workspace_id bigint not null references workspaces (id),
    url text not null check (length(url) <= 2000),
    events text[] not null,
    secret_hash bytea,
    created_by bigint,
    created_at timestamptz not null,
    disabled_at timestamptz,
    unique (workspace_id, id),
    foreign key (workspace_id, created_by) references members (workspace_id, id)
);

create table imports (                               -- a history brought in: how far it came, so that it can go on
    id bigint generated always as identity primary key,
    workspace_id bigint not null,
    workflow_id bigint not null,
    source_hash bytea not null,                      -- sha256 of the file
    cases_total bigint not null,
    cases_done bigint not null default 0,
    created_at timestamptz not null,
    completed_at timestamptz,
    unique (workspace_id, workflow_id, source_hash),
    foreign key (workspace_id, workflow_id) references workflows (workspace_id, id)
);
