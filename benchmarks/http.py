"""Whole lifecycles a second over HTTP: create, and for each of two tasks assign with start, then complete."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.place import FIRST, Place, opened
from benchmarks.report import heading, percentile, row
from benchmarks.wire import Wire

ACTIVITIES = "/api/v3/workflow/activities"
REQUESTS = 7
"""A lifecycle's: create; twice find the activity, assign and complete it."""


async def measure(url: str, *, short: bool) -> None:
    heading("http: lifecycles of two tasks, 7 requests each (create; find, assign with start, complete x 2)")
    row("", "lifecycles/s", "requests/s", "p50 ms", "p95 ms", "p99 ms")
    async with opened(url) as place:
        await place.services.engine.stop()  # the server's engine is the one that is measured
        with serving(url) as port:
            for clients in (1, 16, 64):
                await _round(place, port, clients, 20 if short else 100 * min(clients, 20))
        await place.services.engine.start()


async def _round(place: Place, port: int, clients: int, cases: int) -> None:
    taken: list[float] = []
    numbers = iter(range(cases))

    async def client() -> None:
        wire = await Wire("127.0.0.1", port, place.headers).open()
        for number in numbers:
            await _lifecycle(place, wire, number, taken)
        wire.close()

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    spent = time.perf_counter() - begun
    milliseconds = [f"{percentile(taken, share) * 1000:.1f}" for share in (0.5, 0.95, 0.99)]
    row(f"{clients} clients", f"{cases / spent:,.0f}", f"{cases * REQUESTS / spent:,.0f}", *milliseconds)


async def _lifecycle(place: Place, wire: Wire, number: int, taken: list[float]) -> None:
    async def call(method: str, path: str, body: object = None) -> dict:
        begun = time.perf_counter()
        answer = await wire.call(method, path, body)
        taken.append(time.perf_counter() - begun)
        return answer

    who = place.people[number % len(place.people)].account_id
    made = await call("POST", f"/api/v2/w/{place.workspace_uuid}/assignments", {"workflowId": place.workflow_id})
    for data in (FIRST, {}):
        found = await call("GET", f"{ACTIVITIES}?filter[work_unit_id]={made['id']}&filter[status]=pending")
        (activity,) = found["data"]
        place_of = f"{ACTIVITIES}/{activity['id']}"
        await call("PATCH", f"{place_of}/assign", {"account_id": who, "start_working": True})
        await call("PATCH", f"{place_of}/complete", {"data": data})


@contextmanager
def serving(url: str) -> Iterator[int]:
    """A server process over that database; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "casework.cli.main", "up", "--database-url", url, "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        if not process.stdout.readline():  # the address, once it is ready
            raise RuntimeError("The server did not start.")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)
