-- The slot in which a connection counts. An engine's has one that no other connection has while it lasts, so that two
-- commits never meet in a counter, in whatever order they come to it. Whoever else counts, now and then, shares a few.
create function counting_slot() returns smallint language sql stable parallel safe
return coalesce(nullif(current_setting('casework.slot', true), '')::smallint, (-1 - pg_backend_pid() % 16)::smallint);

create or replace function count_runs() returns trigger language plpgsql as $$
begin
    insert into run_counts as kept (workspace_id, state, slot, count)
    select workspace_id, state, counting_slot(), count(*) from new_runs group by 1, 2 order by 1, 2
    on conflict (workspace_id, state, slot) do update set count = kept.count + excluded.count;
    return null;
end $$;
create or replace function recount_runs() returns trigger language plpgsql as $$
begin
    insert into run_counts as kept (workspace_id, state, slot, count)
    select workspace_id, state, counting_slot(), sum(moved)
    from (select workspace_id, state, 1 as moved from new_runs
          union all select workspace_id, state, -1 from old_runs) changes
    group by 1, 2 having sum(moved) <> 0 order by 1, 2
    on conflict (workspace_id, state, slot) do update set count = kept.count + excluded.count;
    return null;
end $$;
create or replace function uncount_runs() returns trigger language plpgsql as $$
begin
    insert into run_counts as kept (workspace_id, state, slot, count)
    select workspace_id, state, counting_slot(), -count(*) from old_runs group by 1, 2 order by 1, 2
    on conflict (workspace_id, state, slot) do update set count = kept.count + excluded.count;
    return null;
end $$;

create or replace function count_open_chats() returns trigger language plpgsql as $$
begin
    insert into chat_counts as kept (workspace_id, task_id, day, slot, count)
    select workspace_id, task_id, (created_at at time zone 'UTC')::date, counting_slot(), tg_argv[0]::int * count(*)
    from changed where task_id is not null group by 1, 2, 3 order by 1, 2, 3
    on conflict (workspace_id, task_id, day, slot) do update set count = kept.count + excluded.count;
    return null;
end $$;
create or replace function recount_open_chats() returns trigger language plpgsql as $$
begin
    insert into chat_counts as kept (workspace_id, task_id, day, slot, count)
    select workspace_id, task_id, (created_at at time zone 'UTC')::date, counting_slot(), sum(moved)
    from (select workspace_id, task_id, created_at, 1 as moved from new_rows
          union all select workspace_id, task_id, created_at, -1 from old_rows) changes
    where task_id is not null group by 1, 2, 3 having sum(moved) <> 0 order by 1, 2, 3
    on conflict (workspace_id, task_id, day, slot) do update set count = kept.count + excluded.count;
    return null;
end $$;
