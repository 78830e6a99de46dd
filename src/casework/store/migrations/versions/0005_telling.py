"""Tables for feedback and streams."""

from casework.store.migrations.script import run

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make them."""
    run("0005_telling.sql")
