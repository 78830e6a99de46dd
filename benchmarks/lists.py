"""Each list endpoint beside a bare ASGI application that runs the same queries and sends the same bytes."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from benchmarks.asgi import bare, get
from benchmarks.engine import rate
from benchmarks.place import Place, opened
from benchmarks.report import heading, row
from casework.api.app import create_app
from casework.engine.order import NewRun
from casework.entropy import new_uuid
from casework.operations.services import Services
from casework.store.database import Database

CLIENTS = 8


def endpoints(place: Place) -> dict[str, tuple[str, str]]:
    """Path and query of each list, by what it is called."""
    workspace = f"/api/v2/w/{place.workspace_uuid}"
    return {
        "assignments (25)": (f"{workspace}/assignments", "pageSize=25"),
        "activities (25)": ("/api/v3/workflow/activities", "page[size]=25&filter[status]=pending"),
        "work units (25)": ("/api/v3/workflow/work_units", "page[size]=25"),
        "analytics runs (25)": (f"/analytics/org/{place.workspace_uuid}/flows/{place.workflow_uuid}", "page_size=25"),
        "task chats (25)": (f"{workspace}/workflows/{place.workflow_id}/tasks/{{task}}/chats", "limit=25"),
        "task stats": (f"{workspace}/workflows/{place.workflow_id}/task-assignment-stats", ""),
        "workflows": (f"{workspace}/workflows", "pageSize=25"),
        "members (25)": (f"{workspace}/members", "pageSize=25"),
        "chats (25)": (f"{workspace}/chats", "pageSize=25"),
        "events (25)": (f"{workspace}/events", "limit=25"),
    }


async def measure(url: str, *, short: bool) -> None:
    heading("lists: one process, 8 clients, no socket; bare = the same queries and the same bytes, nothing else")
    row("", "Casework/s", "bare/s", "ratio")
    async with opened(url, people=30) as place, application(place.services) as app:
        await _fill(place, 60)
        async with place.services.database.read() as connection:
            task = await connection.fetchval("select id from tasks order by ordinal limit 1")
        for name, (path, query) in endpoints(place).items():
            await _one(place, app, name, (path.format(task=task), query), 20 if short else 600)


async def _one(place: Place, app: Any, name: str, where: tuple[str, str], times: int) -> None:
    path, query = where
    with recorded() as queries:
        status, body = await get(app, path, query, place.headers)
    if status != 200:
        raise RuntimeError(f"{name}: {status} {body[:500]!r}")
    plain = bare(queries, place.services.database, body)

    async def ours(_number: int) -> None:
        await get(app, path, query, place.headers)

    async def theirs(_number: int) -> None:
        await get(plain, path, query, place.headers)

    await rate(ours, times // 4, CLIENTS)  # warm
    one, other = await rate(ours, times, CLIENTS), await rate(theirs, times, CLIENTS)
    row(name, f"{one:,.0f}", f"{other:,.0f}", f"{one / other:.2f}")


@contextmanager
def recorded() -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """The reading queries that are run meanwhile, in order."""
    queries: list[tuple[str, tuple[Any, ...]]] = []
    usual = Database.read

    def note(query: Any) -> None:
        if query.query.lstrip().lower().startswith(("select", "with")):
            queries.append((query.query, tuple(query.args)))

    @asynccontextmanager
    async def read(database: Database) -> AsyncIterator[Any]:
        async with usual(database) as connection:
            with connection.query_logger(note):
                yield connection

    Database.read = read
    try:
        yield queries
    finally:
        Database.read = usual


@asynccontextmanager
async def application(services: Services) -> AsyncIterator[Any]:
    """The application over these services, started."""

    @asynccontextmanager
    async def lent() -> AsyncIterator[Services]:
        yield services

    app = create_app(lent)
    async with app.lifespan():
        yield app


async def _fill(place: Place, runs: int) -> None:
    for number in range(runs):
        await place.services.engine.create(
            NewRun(
                uuid=new_uuid(place.services.clock.now()),
                workspace_id=place.workspace_id,
                workflow_id=place.workflow_id,
                actor=place.boss,
                member_id=place.people[number % 30].member_id,
                title=f"Case {number}",
                input={"subject": "A subject", "body": "A body of some length. " * 4},
                opens_chat=True,
            )
        )


def spent(begun: float) -> float:
    """Milliseconds since then."""
    return (time.perf_counter() - begun) * 1000
