"""Open activities by when they are due."""

from casework.store.migrations.script import run

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Find what is overdue without looking at what is not."""
    run("0012_due.sql")
