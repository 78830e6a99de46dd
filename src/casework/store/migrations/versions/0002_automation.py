"""Tables for steps that programs and agents do."""

from casework.store.migrations.script import run

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make them."""
    run("0002_automation.sql")
