"""Workers and servers are killed and stopped again and again: every run comes to the end that it must come to."""

import asyncio
import random
import sys
import time
from contextlib import AsyncExitStack

import pytest

from casework.client import Client
from tests.chaos.chaos import IS_LONG, Server, manager_of, rows, seeded
from tests.chaos.checker import wrongs
from tests.chaos.generator import EVENT, PERSONS, ROLE, Shape, called, shapes
from tests.chaos.ledger import effects
from tests.chaos.world import REFUSED, TRIES, Forking, Killer, Ledger, Performer, Robot, at_work

KILLS = 40 if IS_LONG else 4
RUNS = 400 if IS_LONG else 24
SHAPES = 40 if IS_LONG else 12
DONE_BEFORE_A_KILL = (0.3, 0.8)
"""Of the effects of all runs that were begun, about; the others are under way."""

SERVERS = 2 if IS_LONG else 1
WORKERS = 4 if IS_LONG else 2
ROBOTS = 4
END_SECONDS_MAX = 1500 if IS_LONG else 150
ENDED = ["completed", "failed", "cancelled"]
Made = dict[int, tuple[Shape, int]]
"""Runs by id: the shape of each, and the number that it began with."""


@pytest.mark.chaos
@pytest.mark.timeout(3600 if IS_LONG else 400)
async def test_whoever_is_killed_every_run_ends_as_it_must_and_nothing_is_done_twice(server_database, tmp_path):
    chance = seeded()
    manager = manager_of(server_database)
    with Ledger(tmp_path / "effects.jsonl", chance.randrange(2**32)) as ledger:
        async with AsyncExitStack() as stack:
            servers = [Server(server_database, performs=False) for _ in range(SERVERS)]
            forking = stack.enter_context(Forking())
            logs = [tmp_path / f"worker-{one}.log" for one in range(WORKERS)]
            workers = [Performer(forking, server_database, ledger, log) for log in logs]
            for process in workers:
                stack.enter_context(process)
            for server in servers:
                stack.enter_context(server)
            clients = [
                await stack.enter_async_context(Client(server.url, key=manager["api_key"], tries=TRIES))
                for server in servers
            ]
            people = [await hired(stack, clients[0], servers[one % SERVERS], one, chance) for one in range(ROBOTS)]
            killer = Killer(servers, workers, ledger, chance)
            async with at_work(people):
                made = await begun(clients, killer, chance, ledger.url)
                await killer.settle()
                since = time.monotonic()
                await ended(server_database, clients[0], made)
        seconds = time.monotonic() - since
        found = await wrongs(server_database, ledger, made)
        tell(killer, workers, ledger, f"{len(made)} runs ended, the last of them {seconds:.1f} s after the last start")
        assert found == [], "\n".join([*found, *(worker.log.read_text()[-2000:] for worker in workers)])
    assert killer.kills == KILLS


def tell(killer: Killer, workers: list[Performer], ledger: Ledger, ending: str) -> None:
    """The figures of the test, for whoever runs it at length."""
    had = effects(ledger.path)
    repeats = len(had) - len({effect["key"] for effect in had})
    refused = sum(worker.refused for worker in workers)
    sys.stdout.write(
        f"{killer.kills} kills, {killer.stalls} stalls; {ending}; {len(had)} effects, {repeats} of them again with the "
        f"same key; {refused} words of workers refused as too late\n"
    )


async def hired(stack: AsyncExitStack, client: Client, server: Server, number: int, chance: random.Random) -> Robot:
    """Somebody with a key of their own."""
    member = await client.members.create(f"robot{number}@example.org", name=f"Robot {number}", actorRoles=[ROLE])
    key = await client.keys.create("chaos", memberId=member["id"])
    own = await stack.enter_async_context(Client(server.url, key=key["key"], tries=TRIES))
    return Robot(own, member["accountId"], random.Random(chance.random()))


async def begun(clients: list[Client], killer: Killer, chance: random.Random, ledger_url: str) -> Made:
    """Runs of generated workflows, begun while processes are killed, and sent the events that they wait for."""
    made: Made = {}
    kinds = shapes(SHAPES, chance, ledger_url)
    await clients[0].space.post("/workflows", called())
    ids = [(await clients[0].space.post("/workflows", shape.definition))["id"] for shape in kinds]

    async def begin(order: int) -> None:
        number = order * 1000
        one = order % SHAPES
        client = clients[order % len(clients)]
        run = await client.runs.create(ids[one], input={"n": number}, chat=False)
        made[run["id"]] = (kinds[one], number)
        for task in kinds[one].awaits:
            event = {"name": EVENT, "correlation": f"{run['id']}/{task}", "payload": {"k": PERSONS}}
            await client.space.post("/events", event)

    expected = 0
    async with asyncio.timeout(END_SECONDS_MAX), asyncio.TaskGroup() as beginning:
        for kill in range(KILLS):
            for order in range(kill * RUNS // KILLS, (kill + 1) * RUNS // KILLS):
                beginning.create_task(begin(order))
                expected += len(kinds[order % SHAPES].effects)
            await killer.strike(int(expected * chance.uniform(*DONE_BEFORE_A_KILL)))
    return made


async def ended(database_url: str, client: Client, made: Made) -> None:
    """Return when all have ended; those that wait for being cancelled are."""
    asked: set[int] = set()
    until = time.monotonic() + END_SECONDS_MAX
    while (waiting := await rows(database_url, OPEN, ENDED)) != []:
        assert time.monotonic() < until, (waiting, list(REFUSED))
        for row in waiting:
            if row["task"] == "closing" and made[row["id"]][0].state == "cancelled" and row["id"] not in asked:
                asked.add(row["id"])
                await client.runs.cancel(row["id"])
        await asyncio.sleep(0.2)


OPEN = """
    select r.id, s.task_key as task from runs r
    left join steps s on s.run_id = r.id and s.number = r.current_step where r.state <> all($1)
"""
