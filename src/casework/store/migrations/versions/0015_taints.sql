-- What the data of runs bring along, for the day on which an agent is to act on them, and who started each.

alter table runs
    add column taints jsonb not null default '[]',            -- [{label, source, name}] (core.taint)
    add column started_by bigint[] not null default '{}';     -- accounts

-- What one person's runs may spend on models in a month of UTC, and whose a request was.
alter table model_budgets
    add column person_tokens bigint check (person_tokens > 0),
    add column person_cost numeric(20, 10) check (person_cost > 0);
alter table model_calls add column account_id bigint references accounts (id);    -- who started the run
create index model_calls_person on model_calls (workspace_id, account_id, created_at)
    include (input_tokens, output_tokens, cost) where account_id is not null;
