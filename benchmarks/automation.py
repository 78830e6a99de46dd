"""Automatic steps: against DBOS and LangGraph where they are installed, on the same PostgreSQL, and in a long row."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from benchmarks.peers import timed
from benchmarks.place import Place, opened
from benchmarks.report import heading, percentile, row, say
from casework.core.command import Complete
from casework.core.permission import MEMBER, SCOPES, Principal, grant
from casework.core.run import Run
from casework.core.work import Done, Result, Tell, Work
from casework.engine.live import Subscription, workspace_topic
from casework.engine.order import NewRun, Order
from casework.engine.worker import Terms, Worker
from casework.entropy import new_uuid
from casework.functions import Registry
from casework.kinds.function.calculator import Calculators
from casework.operations import workflows

CLIENTS = 64
ROW = 40
ROOT = Path(__file__).parents[1]
PEERS = ROOT / ".bench" / "bin" / "python"
"""Where `make bench-peers` puts them."""


def add(n: int) -> int:
    """What a pure function does: as the peers' steps."""
    return n + 1


class Adding:
    """Performs functions as a worker does, beside the run: adds one, as the peers' steps do."""

    async def perform(self, work: Work, _tell: Tell) -> Result:
        return Done(output=work.data["arguments"]["n"] + 1)


async def measure(url: str, *, short: bool) -> None:
    runs = 2 * CLIENTS if short else 2_000  # in two halves, with all clients in each
    heading(f"automation: {CLIENTS} in flight, every step committed on the disk before the next one")
    row("", "runs/s", "p50 ms", "p99 ms", "x the peer", "p99 / peer's")
    async with (
        opened(url, people=CLIENTS) as place,
        performing(place),
        watching(place, HAS_ENDED) as ends,
        watching(place, WAITS) as waits,
    ):
        flows = {name: await published(place, name, tasks) for name, tasks in _flows().items()}
        await timed(automatic(place, flows["three"], ends), CLIENTS, CLIENTS)  # warm
        await _beside("dbos", url, "3 steps", {"3 functions": automatic(place, flows["three"], ends)}, runs)
        people = {
            "function, person, function": with_person(place, flows["person"], ends, waits),
            "pure, person, pure": with_person(place, flows["person_pure"], ends, waits),
        }
        await _beside("langgraph", url, "step, person, step", people, runs)
        heading(f"{ROW} trivial steps in a row, one run at a time")
        row("", "p50 ms", "p99 ms")
        for kind in ("set", "pure", "function"):
            found = await timed(automatic(place, flows[f"row_{kind}"], ends), 5 if short else 50, 1)
            cells = (f"{percentile(found['taken'], share) * 1000:.0f}" for share in (0.5, 0.99))
            row(f"kind {kind}", *cells)


async def _beside(
    peer: str, url: str, what: str, acts: Mapping[str, Callable[[int], Awaitable[None]]], runs: int
) -> None:
    """Ours and the peer's, in turn, so that whatever else the machine does weighs on all."""
    before = {name: await timed(act, runs // 2, CLIENTS) for name, act in acts.items()}
    other = await _peer(peer, url, runs)
    after = {name: await timed(act, runs // 2, CLIENTS) for name, act in acts.items()}
    if other is None:
        say(f"{peer} is not installed: make bench-peers")
    else:
        row(f"{peer}: {what}", *_cells(other))
    for name in acts:
        halves = before[name], after[name]
        own = {
            "seconds": sum(half["seconds"] for half in halves),
            "taken": [one for half in halves for one in half["taken"]],
        }
        row(f"Casework: {name}", *_cells(own), *(() if other is None else _ratios(own, other)))


def _cells(found: dict[str, Any]) -> list[str]:
    rate = len(found["taken"]) / found["seconds"]
    return [f"{rate:,.0f}", *(f"{percentile(found['taken'], share) * 1000:.0f}" for share in (0.5, 0.99))]


def _ratios(own: dict[str, Any], other: dict[str, Any]) -> list[str]:
    rates = [len(one["taken"]) / one["seconds"] for one in (own, other)]
    slowest = [percentile(one["taken"], 0.99) for one in (own, other)]
    return [f"{rates[0] / rates[1]:.1f}", f"{slowest[0] / slowest[1]:.2f}"]


async def _peer(name: str, url: str, runs: int) -> dict[str, Any] | None:
    """What a peer takes, in a process and a database of its own."""
    if not PEERS.exists():
        return None
    connection = await asyncpg.connect(url)
    await connection.execute(f"create database peer_{name}")
    await connection.close()
    its = url.replace("/casework?", f"/peer_{name}?")
    arguments = ["-m", "benchmarks.peers", name, its, str(runs), str(CLIENTS)]
    process = await asyncio.create_subprocess_exec(str(PEERS), *arguments, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    out, _ = await process.communicate()
    if process.returncode:
        sys.exit(f"{name} failed; it says above why.")
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found


def _flows() -> dict[str, list[dict[str, Any]]]:
    return {
        "three": _row("function", 3),
        "person": _around_person("function"),
        "person_pure": _around_person("pure"),
        "row_set": _row("set", ROW),
        "row_pure": _row("pure", ROW),
        "row_function": _row("function", ROW),
    }


def _around_person(kind: str) -> list[dict[str, Any]]:
    person = {"key": "ask", "kind": "human", "next": [{"to": "last"}]}
    return [{**_task(kind, "first"), "next": [{"to": "ask"}]}, person, _task(kind, "last")]


def _row(kind: str, length: int) -> list[dict[str, Any]]:
    tasks = [_task(kind, f"t{number}") for number in range(length)]
    for task, following in pairwise(tasks):
        task["next"] = [{"to": following["key"]}]
    return tasks


def _task(kind: str, key: str) -> dict[str, Any]:
    if kind == "set":
        return {"key": key, "kind": kind, "values": {"n": "=input.n + 1"}}
    function = "add_pure" if kind == "pure" else "add"
    return {"key": key, "kind": "function", "function": function, "arguments": {"n": "=input.n"}}


async def published(place: Place, key: str, tasks: list[dict[str, Any]], name: str | None = None) -> int:
    """A workflow of those tasks, named as its key unless otherwise; its id."""
    boss = place.boss
    principal = Principal(
        kind="cookie",
        account_id=boss.account_id,
        workspace_id=place.workspace_id,
        member_id=boss.member_id,
        scopes=SCOPES,
    )
    document = {"casework": 1, "key": key, "name": name or key, "start": [tasks[0]["key"]], "tasks": tasks}
    source = workflows.Source(text=msgspec.json.encode(document), media="json")
    await workflows.create(place.services, grant(principal, MEMBER), source, None)
    async with place.services.database.read() as connection:
        return int(await connection.fetchval("select id from workflows where key = $1", key))


@asynccontextmanager
async def performing(place: Place) -> AsyncIterator[None]:
    """A worker in this process, as the peers' steps are in theirs, and a pure function."""
    parts = place.services
    registry = Registry()
    registry.add(add, "add_pure", pure=True)
    parts.engine.calculate_by(Calculators(registry))
    terms = Terms(name="bench", concurrency=CLIENTS)
    worker = Worker(parts.database, parts.engine, parts.clock, {"function": Adding()}, terms)
    await worker.start()
    try:
        yield
    finally:
        await worker.stop()


async def _begun(place: Place, workflow_id: int, number: int) -> Run:
    new = NewRun(
        uuid=new_uuid(place.services.clock.now()),
        workspace_id=place.workspace_id,
        workflow_id=workflow_id,
        actor=place.boss,
        member_id=place.people[0].member_id,
        input={"n": number},
    )
    return (await place.services.engine.create(new)).run


class Watch:
    """Tells each client when the query first gives its run; it is asked for all that wait, whenever something changed.

    That is how an application hears of its runs: one stream of hints, and one reader behind it.
    """

    def __init__(self, place: Place, query: str) -> None:
        self._place = place
        self._query = query
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._changes: Subscription | None = None

    async def reached(self, run_id: int) -> None:
        """Return when it does."""
        self._waiting[run_id] = waiting = asyncio.get_running_loop().create_future()
        assert self._changes is not None
        self._changes.look_again()
        await waiting

    async def follow(self) -> None:
        """Watch until it is cancelled."""
        with self._place.services.live.subscribe(workspace_topic(self._place.workspace_id)) as self._changes:
            while True:
                await self._changes.next(seconds=10)
                self._changes.drain()
                if self._waiting:
                    async with self._place.services.database.read() as connection:
                        rows = await connection.fetch(self._query, list(self._waiting))
                    for row in rows:
                        self._waiting.pop(row["id"]).set_result(None)


HAS_ENDED = "select id, output from runs where id = any($1::bigint[]) and ended_at is not null"
WAITS = "select run_id as id, data from steps where run_id = any($1::bigint[]) and state = 'ready'"


@asynccontextmanager
async def watching(place: Place, query: str) -> AsyncIterator[Watch]:
    watch = Watch(place, query)
    following = asyncio.create_task(watch.follow())
    await asyncio.sleep(0)  # it follows by now
    try:
        yield watch
    finally:
        following.cancel()


def automatic(place: Place, workflow_id: int, ends: Watch) -> Callable[[int], Awaitable[None]]:
    """Begins a run and waits for its end."""

    async def act(number: int) -> None:
        run = await _begun(place, workflow_id, number)
        if run.ended_at is None:
            await ends.reached(run.id)

    return act


def with_person(place: Place, workflow_id: int, ends: Watch, waits: Watch) -> Callable[[int], Awaitable[None]]:
    """Begins a run, answers at once what it asks of a person, who takes it with the answer, and waits for its end."""

    async def act(number: int) -> None:
        run = await _begun(place, workflow_id, number)
        if run.steps[-1].kind != "human":
            await waits.reached(run.id)
        answer = Complete(step=2, data={"answer": number}, taker=place.people[number % CLIENTS])
        order = Order(workspace_id=place.workspace_id, run_id=run.id, command=answer, actor=place.boss)
        outcome = await place.services.engine.submit(order)
        if outcome.run.ended_at is None:
            await ends.reached(run.id)

    return act
