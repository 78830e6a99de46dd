"""The server is killed again and again while it is at work: what it confirmed is there, once."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from functools import partial
from itertools import pairwise

import pytest

from casework.client.readback import compare
from casework.client.replay import Replay, connected
from casework.client.script import Acknowledged, Role, Script, ScriptedStep
from casework.client.staging import staged
from tests.chaos.chaos import IS_LONG, Server, complaints, manager_of, rows, seeded

KILLS = 20 if IS_LONG else 3
MOVES_BETWEEN_KILLS_MAX = 120 if IS_LONG else 30
WORKERS_ALONE = 0.3
"""How often only the processes that answer are killed, which the server replaces; else all of it, as power would."""
WAIT_SECONDS = 120
CONCURRENCY = 8
TASKS = ("ask", "answer", "check", "close")
PEOPLE = tuple(f"Person {number}" for number in range(5))

FACTS = {"create": ("run.started",), "begin": ("step.assigned", "step.started"), "complete": ("step.completed",)}
ONCE = {fact for facts in FACTS.values() for fact in facts}
EVENTS = """
    select e.run_id, e.type, s.uuid::text as activity, count(*) as count
    from events e
    left join steps s on s.workspace_id = e.workspace_id and s.run_id = e.run_id and s.number = e.step_number
    where e.run_id is not null group by 1, 2, 3
"""


def definition():
    """From every task to every other one, as the output says."""
    ways = [*TASKS, "end"]
    return {
        "casework": 1,
        "key": "chaos",
        "name": "Chaos",
        "tasks": [
            {
                "key": key,
                "name": key.title(),
                "kind": "human",
                "roles": [key],
                "form": {"type": "object", "required": ["next"], "properties": {"next": {"enum": ways}}},
                "next": [{"to": way, "when": f"output.next == '{way}'"} for way in ways],
            }
            for key in TASKS
        ],
    }


def roles():
    return [
        Role(
            name=name,
            shown_name=name,
            external_id=name,
            email=f"{name.lower().replace(' ', '')}@example.org",
            spare_email="nobody@example.org",
            actor_roles=TASKS,
        )
        for name in PEOPLE
    ]


def script(number: int, chance: random.Random) -> Script:
    tasks = [chance.choice(TASKS) for _ in range(chance.randint(2, 6))]
    steps = tuple(
        ScriptedStep(task=task, person=chance.choice(PEOPLE), moves=("begin", "complete"), next=after)
        for task, after in pairwise([*tasks, "end"])
    )
    return Script(number=number, title=f"case {number}", steps=steps)


class Killer:
    """Kills the server after some moves, at a random instant, and starts it again; so many times."""

    def __init__(self, server: Server, chance: random.Random) -> None:
        self.acknowledged: list[Acknowledged] = []
        self.kills = 0
        self._server = server
        self._chance = chance
        self._moved = asyncio.Event()

    def note(self, move: Acknowledged) -> None:
        self.acknowledged.append(move)
        self._moved.set()

    async def run(self) -> None:
        while self.kills < KILLS:
            wanted = len(self.acknowledged) + self._chance.randint(1, MOVES_BETWEEN_KILLS_MAX)
            while len(self.acknowledged) < wanted:
                self._moved.clear()
                await self._moved.wait()
            await asyncio.sleep(self._chance.uniform(0, 0.05))  # somewhere in the midst of the next requests
            self.kills += 1
            if self._chance.random() < WORKERS_ALONE:
                self._server.kill_workers()
            else:
                self._server.kill()
                await asyncio.to_thread(self._server.start)


@pytest.mark.chaos
@pytest.mark.timeout(3600 if IS_LONG else 300)
async def test_no_confirmed_move_is_lost_and_none_is_made_twice(server_database):
    chance = seeded()
    manager = manager_of(server_database)
    with Server(server_database) as server:
        connect = partial(connected, server.url, wait_seconds=WAIT_SECONDS)
        killer = Killer(server, chance)
        played: list[Script] = []

        def scripts() -> Iterator[Script]:
            while killer.kills < KILLS:
                played.append(script(len(played) + 1, chance))
                yield played[-1]

        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(connect(manager["api_key"])) for _ in range(CONCURRENCY)]
            client = clients[0]
            stage = await staged(client, definition(), roles())
            replay = Replay(client, stage, name="chaos", connect=connect, acknowledged=killer.note)
            killing = asyncio.create_task(killer.run())
            await replay.play(scripts(), clients)
            await killing
            assert replay.troubles == {}
            assert await compare(client, stage, played, replay.runs) == []
    assert killer.kills == KILLS
    await assert_every_move_was_made_once(server_database, killer.acknowledged, len(played))
    assert await complaints(server_database) == {}


async def assert_every_move_was_made_once(database_url: str, acknowledged: list[Acknowledged], cases: int) -> None:
    told = Counter()
    for row in await rows(database_url, EVENTS):
        told[row["run_id"], row["type"], row["activity"]] = row["count"]
    assert {count for (_, fact, _), count in told.items() if fact in ONCE} == {1}
    confirmed = Counter(move.move for move in acknowledged)
    assert confirmed["create"] == cases
    for move in acknowledged:
        for fact in FACTS[move.move]:
            assert told[move.run_id, fact, None if move.move == "create" else move.activity] == 1, move
    sums = Counter()
    for (_, fact, _), count in told.items():
        sums[fact] += count
    assert [sums[fact] for fact in ("run.started", "run.completed")] == [cases, cases]
    assert [sums[fact] for fact in ("step.assigned", "step.started", "step.completed")] == [confirmed["begin"]] * 3
    assert confirmed["begin"] == confirmed["complete"]
