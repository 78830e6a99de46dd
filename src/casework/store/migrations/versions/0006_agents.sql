-- For what agents cost; conventions as in 0001.

create table model_prices (                          -- what a workspace pays for a model, of a million tokens
    workspace_id bigint not null references workspaces (id),
    provider text not null,
    model_id text not null,
    input numeric(20, 10) not null check (input >= 0),
    output numeric(20, 10) not null check (output >= 0),
    primary key (workspace_id, provider, model_id)
);

create table model_budgets (                         -- what a workspace may spend on models in a month of UTC
    workspace_id bigint primary key references workspaces (id),
    tokens bigint check (tokens > 0),
    cost numeric(20, 10) check (cost > 0)
);

create index model_calls_month on model_calls (workspace_id, created_at) include (input_tokens, output_tokens, cost);
