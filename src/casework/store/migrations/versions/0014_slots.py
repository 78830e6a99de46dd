"""A slot of its own for each connection that counts."""

from casework.store.migrations.script import run

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Let counters ask the connection for its slot."""
    run("0014_slots.sql")
