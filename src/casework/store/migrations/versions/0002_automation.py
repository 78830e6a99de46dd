"""Tables for steps that programs and agents do."""

from casework.store.migrations.script import run, run_text
from casework.store.queue import INSTALL

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make them, and the queue of jobs."""
    run("0002_automation.sql")
    run_text(INSTALL)
