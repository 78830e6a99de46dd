"""Tables for what starts work by itself."""

from casework.store.migrations.script import run

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make them."""
    run("0004_triggers.sql")
