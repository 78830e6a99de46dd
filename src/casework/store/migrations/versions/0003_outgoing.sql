-- For secrets, and what is told to others; conventions as in 0001.
select 1;
