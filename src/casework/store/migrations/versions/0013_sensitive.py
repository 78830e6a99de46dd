"""Sensitive values, kept apart from the rows that hide them."""

from casework.store.migrations.script import run

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make their table, and that of who has read them."""
    run("0013_sensitive.sql")
