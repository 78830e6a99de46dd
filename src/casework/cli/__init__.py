"""The command line: a module a noun. Data goes to standard output, everything else to standard error."""
