-- For feedback and streams; conventions as in 0001.
select 1;
