"""Many people ask for the same thing at the same moment, of two processes: one of them is given it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import pytest

from casework.client import Client
from tests.chaos.chaos import IS_LONG, Server, complaints, manager_of, rows, seeded
from tests.documents import document, task

CLIENTS = 16
ACTIVITIES = 8
ROUNDS = 200 if IS_LONG else 15
REPEATS = 4

WON, DENIED, REFUSED = 200, 403, 409
MOVES = ("assign", "process", "pause", "unassign", "complete")
BODIES = {"assign": {"start_working": False}, "complete": {"data": {}}}
RACES = {
    "process": "step.started",
    "pause": "step.paused",
    "unassign": "step.unassigned",
    "assign": "step.assigned",
    "complete": "step.completed",
}
TASKS = [task("first", roles=["racer"], next=[{"to": "second"}]), task("second", roles=["racer"])]
FACTS = """
    select e.type, count(*) as count from events e join runs r on r.id = e.run_id
    where r.id = any($1) and not e.data ? 'cause' group by 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who speaks for themselves."""

    account_id: int
    http: httpx.AsyncClient

    async def do(self, move: str, activity: str) -> int:
        """Ask for a move; the status of the answer."""
        path = f"/api/v3/workflow/activities/{activity}/{move}"
        return (await self.http.patch(path, json=BODIES.get(move, {}))).status_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The people, and what they are all after."""

    people: Sequence[Person]
    manager: Client
    workflow_id: int
    database_url: str

    async def activities(self) -> dict[str, int]:
        """New activities that anybody may take, with their runs."""
        runs = [await self.manager.runs.create(self.workflow_id, chat=False) for _ in range(ACTIVITIES)]
        return {next(task["uuid"] for task in run["tasks"] if task["isCurrent"]): run["id"] for run in runs}

    async def race(self, move: str, activity: str) -> Counter[int]:
        """Everybody asks for the move at once, its assignee several times; how often each status was answered."""
        found = await self.manager.activities.get(activity)
        own = [person for person in self.people if person.account_id == found["assigned_account_id"]]
        asking = [*self.people, *own * (REPEATS - 1)]
        return Counter(await asyncio.gather(*(person.do(move, activity) for person in asking)))

    async def race_everywhere(self, move: str, activities: dict[str, int]) -> list[Counter[int]]:
        """The same race around all activities at once."""
        return await asyncio.gather(*(self.race(move, activity) for activity in activities))

    async def facts(self, activities: dict[str, int]) -> Counter[str]:
        """The events of their runs, but for what the engine did by itself."""
        found = await rows(self.database_url, FACTS, list(activities.values()))
        return Counter({row["type"]: row["count"] for row in found})


@pytest.fixture(scope="module")
async def crowd(server_database: str) -> AsyncIterator[Crowd]:
    manager = manager_of(server_database)
    async with AsyncExitStack() as stack:
        server = stack.enter_context(Server(server_database, workers=2))
        client = await stack.enter_async_context(Client(server.url, key=manager["api_key"]))
        workflow = await client.space.post("/workflows", document("race", TASKS))
        people = []
        for number in range(CLIENTS):
            email = f"racer{number}@example.org"
            member = await client.members.create(email, name=f"Racer {number}", actorRoles=["racer"])
            key = (await client.keys.create("race", memberId=member["id"]))["key"]
            headers = {"authorization": f"Bearer {key}"}
            http = httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60, trust_env=False)
            people.append(Person(account_id=member["accountId"], http=await stack.enter_async_context(http)))
        yield Crowd(people=people, manager=client, workflow_id=workflow["id"], database_url=server_database)


@pytest.mark.chaos
async def test_of_many_who_take_the_same_activity_one_gets_it(crowd):
    activities = await crowd.activities()
    for answered in await crowd.race_everywhere("assign", activities):
        assert answered == {WON: 1, REFUSED: CLIENTS - 1}
    assert (await crowd.facts(activities))["step.assigned"] == ACTIVITIES
    assert await complaints(crowd.database_url) == {}


@pytest.mark.chaos
async def test_a_move_that_is_asked_for_many_times_is_made_once(crowd):
    activities = await crowd.activities()
    # A person each: who has two would go back and forth between them, and be right to.
    for person, activity in zip(crowd.people, activities, strict=False):
        await crowd.manager.activities.assign(activity, account_id=person.account_id)
    for move, fact in RACES.items():
        before = await crowd.facts(activities)
        for answered in await crowd.race_everywhere(move, activities):
            assert answered[WON] == 1, (move, answered)
            assert set(answered) <= {WON, DENIED, REFUSED}
            assert answered[REFUSED] >= (CLIENTS if move == "assign" else REPEATS) - 1
        made = await crowd.facts(activities) - before
        assert made[fact] == ACTIVITIES, (move, made)
    assert await complaints(crowd.database_url) == {}


@pytest.mark.chaos
async def test_whatever_a_crowd_asks_for_every_yes_is_a_fact(crowd):
    chance = seeded()
    activities = await crowd.activities()
    answered: Counter[tuple[str, int]] = Counter()

    async def wander(person: Person) -> None:
        for _ in range(ROUNDS):
            # Few complete, or there would soon be nothing to fight for.
            move = chance.choices(MOVES, weights=(8, 8, 6, 6, 1))[0]
            answered[move, await person.do(move, chance.choice(list(activities)))] += 1

    await asyncio.gather(*(wander(person) for person in crowd.people))
    assert {status for _, status in answered} <= {WON, DENIED, REFUSED}
    facts = await crowd.facts(activities)
    assert answered["process", WON] == facts["step.started"] + facts["step.resumed"]
    assert answered["pause", WON] == facts["step.paused"]
    assert answered["unassign", WON] == facts["step.unassigned"]
    assert answered["complete", WON] == facts["step.completed"]
    assert facts["step.assigned"] <= answered["assign", WON]  # who has it and asks again is told yes
    assert await complaints(crowd.database_url) == {}
