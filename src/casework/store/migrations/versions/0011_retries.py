"""Runs that retry a failed one."""

from casework.store.migrations.script import run

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Say where a retry begins, what it keeps, and that there is one of a run."""
    run("0011_retries.sql")
