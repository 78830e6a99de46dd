"""Runs that go on by another version of their workflow."""

from casework.store.migrations.script import run

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make what takes to undo it."""
    run("0010_moving.sql")
