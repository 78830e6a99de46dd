"""Tables for what runs wait for, and how they end."""

from casework.store.migrations.script import run

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make them."""
    run("0007_flow.sql")
