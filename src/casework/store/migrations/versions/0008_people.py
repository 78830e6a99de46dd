"""Due dates that act, business calendars, distribution and capacity."""

from casework.store.migrations.script import run

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make what they need."""
    run("0008_people.sql")
