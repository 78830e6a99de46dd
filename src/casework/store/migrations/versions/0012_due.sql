-- What is due; conventions as in 0001.

-- Open activities by when they are due, in lists; the states as lists spell them.
create index steps_due on steps (workspace_id, due_at, id)
    where kind = 'human' and due_at is not null
        and (case state when 'queued' then 'ready' when 'waiting' then 'ready' else state end)
            in ('ready', 'assigned', 'in_progress', 'paused');
