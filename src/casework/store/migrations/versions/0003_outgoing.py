"""Tables for secrets, and what is told to others."""

from casework.store.migrations.script import run

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make them."""
    run("0003_outgoing.sql")
