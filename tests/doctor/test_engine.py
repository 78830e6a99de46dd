"""Whatever people do, and in whatever order: the doctor finds nothing in what the engine leaves."""

import random
import sys

import pytest

from casework.core.actor import Actor, Assignee
from casework.core.command import (
    Assign,
    CancelRun,
    CancelStep,
    Complete,
    Fail,
    Pause,
    Process,
    Reassign,
    Save,
    Select,
    Unassign,
    Update,
)
from casework.core.errors import CaseworkError
from casework.engine.order import NewRun, Order
from casework.entropy import new_uuid
from casework.operations.doctor import examine
from tests.documents import document, published, task

TASKS = [
    task("start", split="all", next=[{"to": "left"}, {"to": "right"}, {"to": "items"}]),
    task("left", next=[{"to": "all"}, {"to": "any"}], split="all", on_error="repair"),
    task("right", next=[{"to": "any", "when": "output.n > 3"}, {"to": "all"}], exclude=["tasks.start"]),
    task("items", for_each="[1, 2, 3]", concurrency=2, on_item_error="collect", next=[{"to": "all"}]),
    task("any", join="any", cancel_rest=True, next=[{"to": "all", "when": "output.n > 1"}, {"to": "end"}]),
    task("all", join="all", visits=3, on_error="repair", next=[{"to": "start", "when": "output.n > 4"}, {"to": "end"}]),
    task("repair", visits=4, next=[{"to": "left", "when": "output.n > 2"}, {"to": "end"}]),
]
KEYS = [one["key"] for one in TASKS]
RUNS = 40
COMMANDS = 900
PEOPLE = 4


class Walk:
    """People doing one thing after another, whether or not it makes sense."""

    def __init__(self, services, place, clock, people, chance):
        self._services = services
        self._place = place
        self._clock = clock
        self._people = people
        self._chance = chance
        self.refused = 0

    async def make(self, workflow_id):
        new = NewRun(
            uuid=new_uuid(self._clock.now()),
            workspace_id=self._place.id,
            workflow_id=workflow_id,
            actor=self._boss(),
            member_id=self._place.manager.member_id,
            title="walk",
            opens_chat=self._chance.random() < 0.5,
            start_task=self._chance.choice([None, None, *KEYS]),
        )
        return (await self._services.engine.create(new)).run.id

    async def order(self, run_id):
        self._clock.advance(seconds=self._chance.choice([0, 0, 1, 60]))
        person = self._chance.choice(self._people)
        actor = Actor(kind="member", id=person.member_id, account_id=person.account_id, member_id=person.member_id)
        actor = self._boss() if self._chance.random() < 0.6 else actor
        command = self._command(await self._step(run_id), person)
        try:
            await self._services.engine.submit(
                Order(workspace_id=self._place.id, run_id=run_id, command=command, actor=actor)
            )
        except CaseworkError:
            self.refused += 1

    def _boss(self):
        who = self._place.manager
        return Actor(
            kind="member", id=who.member_id, account_id=who.account_id, member_id=who.member_id, supervises=True
        )

    async def _step(self, run_id):
        """A step's number: mostly of a live one."""
        async with self._services.database.read() as connection:
            rows = await connection.fetch(
                "select number from steps where run_id = $1 and ended_at is null order by number", run_id
            )
        return self._chance.choice([*(row["number"] for row in rows)] * 5 + [1])

    def _command(self, step, person):
        assignee = Assignee(
            account_id=person.account_id, member_id=person.member_id, name="P", actor_roles=frozenset(), in_project=True
        )
        data = {"n": self._chance.randint(0, 5)}
        commands = [
            (Assign(step=step, assignee=assignee, start_working=self._chance.random() < 0.5), 8),
            (Complete(step=step, data=data), 9),
            (Process(step=step), 3),
            (Pause(step=step), 2),
            (Reassign(step=step, assignee=assignee), 2),
            (Unassign(step=step), 1),
            (Save(step=step, data=data), 1),
            (Fail(step=step, comment="no"), 0.7),
            (CancelStep(step=step), 0.7),
            (Select(task=self._chance.choice(KEYS)), 1.5),
            (Update(priority=step), 0.5),
            (CancelRun(reason="enough"), 0.1),
        ]
        return self._chance.choices([one for one, _ in commands], weights=[weight for _, weight in commands])[0]


@pytest.mark.parametrize("attempt", range(3))
async def test_the_doctor_finds_nothing_whatever_people_do(services, client, place, clock, database_url, attempt):
    seed = random.SystemRandom().randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    people = [await place.member() for _ in range(PEOPLE)]
    workflow = await published(client, place, document("walk", TASKS))
    walk = Walk(services, place, clock, people, chance)
    runs = [await walk.make(workflow["id"]) for _ in range(RUNS)]
    for _ in range(COMMANDS):
        await walk.order(chance.choice(runs))
    assert walk.refused < COMMANDS * 0.95
    found = {finding.check: finding.breaches async for finding in examine(database_url) if finding.breaches}
    assert found == {}, f"seed {seed}"
