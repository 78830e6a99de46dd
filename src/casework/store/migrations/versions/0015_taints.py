"""What the data of runs bring along, and who started each."""

from casework.store.migrations.script import run

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the columns."""
    run("0015_taints.sql")
