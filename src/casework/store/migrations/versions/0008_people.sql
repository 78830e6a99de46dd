-- What people's steps and their distribution need; conventions as in 0001.

alter table steps
    add is_overdue boolean not null default false,   -- was not done when it was due, and what follows has been done
    add reminders timestamptz[] not null default '{}',   -- at which people are still to be reminded
    add requeue_at timestamptz,                      -- when it is taken from who has it, unless they do something
    add distribute text check (distribute in ('least_loaded', 'round_robin', 'sticky')),    -- null: people take it
    add lapsed_ids bigint[] not null default '{}';   -- accounts it was taken from because they did nothing
create index steps_to_hand_out on steps (workspace_id, workflow_id, id)
    where state = 'ready' and distribute is not null and not is_left;

alter table members
    add capacity integer check (capacity between 0 and 1000),   -- steps it may have at once; null: the workspace's
    add is_available boolean not null default true,             -- for what is handed out
    add handed_at timestamptz;                                  -- when it was last handed something

alter table workspaces add capacity integer check (capacity between 0 and 1000);    -- of who has none of its own

create table calendars (                             -- when a workspace works; without a row: 0900 to 1700, Mon to Fri, UTC
    workspace_id bigint primary key references workspaces (id),
    time_zone text not null,
    hours jsonb not null,                            -- a list for each weekday, Monday first, of [from, to] in minutes
    holidays date[] not null,
    revision integer not null default 1,
    updated_at timestamptz not null
);
