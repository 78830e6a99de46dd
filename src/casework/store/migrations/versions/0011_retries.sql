-- Retries of failed runs; conventions as in 0001.

alter table runs add retry_from integer[] not null default '{}';    -- numbers of the steps at which a retry begins
create unique index runs_retry_of on runs (workspace_id, retry_of) where retry_of is not null;  -- once, then the retry

alter table steps add is_kept boolean not null default false;       -- done in the run that this one retries
