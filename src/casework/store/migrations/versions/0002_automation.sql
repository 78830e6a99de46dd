-- For steps that programs and agents do; conventions as in 0001.
select 1;
