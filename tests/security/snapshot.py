"""Everything that a database holds, told by one number a table: two that are equal hold the same rows."""

from casework.store.database import Connection

UNRECORDED = frozenset({"sessions", "sign_in_failures", "alembic_version", "hook_minutes", "hook_calls"})
"""What is written of callers themselves, allowed or not: when their credential was seen, that a password was wrong,
and how often a hook was called."""

_TABLES = """
select table_name as name from information_schema.tables
where table_schema = 'public' and table_type = 'BASE TABLE'
  and table_name not in (select inhrelid::regclass::text from pg_inherits)
order by table_name
"""


class Snapshots:
    """Takes snapshots of a database, each with one statement over all tables."""

    def __init__(self, connection: Connection, statement: str) -> None:
        self._connection = connection
        self._statement = statement
        self._written = ""
        self._last: dict[str, tuple[int, int]] = {}

    @classmethod
    async def of(cls, connection: Connection) -> "Snapshots":
        """Of the database of that connection, which is nobody else's from now on."""
        names = [row["name"] for row in await connection.fetch(_TABLES)]
        parts = [
            f"select '{name}' as name, count(*) as rows, coalesce(sum(hashtextextended(row::text, 0)), 0) as sum"
            f" from {name} as row"
            for name in names
            if name not in UNRECORDED
        ]
        assert len(parts) > 15, "the tables of the schema were not found"
        return cls(connection, " union all ".join(parts))

    async def take(self) -> dict[str, tuple[int, int]]:
        """The number of rows and their checksum, by table; looked up anew where anything at all was written since."""
        written = await self._connection.fetchval("select pg_current_wal_insert_lsn()::text")
        if written != self._written:
            rows = await self._connection.fetch(self._statement)
            self._last = {row["name"]: (row["rows"], row["sum"]) for row in rows}
            self._written = written
        return self._last

    async def revive_sessions(self) -> None:
        """Have sessions that were ended go on."""
        await self._connection.execute("update sessions set revoked_at = null where revoked_at is not null")


def changed(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> list[str]:
    """The tables in which something is not as it was."""
    return [name for name, state in after.items() if before[name] != state]
