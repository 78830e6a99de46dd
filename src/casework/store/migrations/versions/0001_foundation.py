"""Casework's tables."""

from casework.store.migrations.script import run

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    run("0001_foundation.sql")
