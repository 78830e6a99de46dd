"""${message}"""

from casework.store.migrations.script import run

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """${message}."""
    run("${up_revision}_name.sql")
