"""How a migration runs its SQL file."""

from pathlib import Path
from typing import Any

from alembic import op


def run(name: str) -> None:
    """Run every statement of the file of that name in `versions`, in the migration's own transaction."""
    run_text((Path(__file__).parent / "versions" / name).read_text(encoding="utf-8"))


def run_text(source: str) -> None:
    """Run every statement of a text, in the migration's own transaction."""

    async def execute(connection: Any) -> None:
        await connection.execute(source)

    op.get_bind().connection.dbapi_connection.run_async(execute)  # type: ignore[union-attr]
