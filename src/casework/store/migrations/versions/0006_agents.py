"""Tables for what agents cost."""

from casework.store.migrations.script import run

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make them."""
    run("0006_agents.sql")
