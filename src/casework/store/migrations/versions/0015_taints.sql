-- What the data of runs bring along, for the day on which an agent is to act on them, and who started each.

alter table runs
    add column taints jsonb not null default '[]',            -- [{label, source, name}] (core.taint)
    add column started_by bigint[] not null default '{}';     -- accounts
