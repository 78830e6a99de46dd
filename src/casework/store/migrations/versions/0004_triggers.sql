-- For what starts work by itself; conventions as in 0001.
select 1;
