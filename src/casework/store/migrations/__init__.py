"""The schema's history: each step a SQL file and the few lines that run it. Expand first, contract a release later."""
