"""The one writer of runs: gather what waits, lock in order, decide, write set-wise, commit once, answer all."""
