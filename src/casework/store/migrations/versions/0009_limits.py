"""Limits of what workers perform at once, and turns between workspaces."""

from casework.store.migrations.script import run

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make what they need."""
    run("0009_limits.sql")
