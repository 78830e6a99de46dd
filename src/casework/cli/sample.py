"""A sample history: made-up people who really work on cases, through the public API. Its titles say that it is one.

The same seed gives the same people, cases, values and ends.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple

import casework
from casework.cli.definitions import publish
from casework.cli.exits import NotStarted
from casework.cli.sample_answers import ANSWERS, DRILL, INPUTS, QUESTIONS, REPLIES, TITLES
from casework.client import Client

SEED: Final = 20_240_204
CASES: Final = 40
STEPS_MAX: Final = 40
"""Of one case: more than any way through the examples has."""

AGENT_SECONDS: Final = 20.0
"""How long an agent's step is waited for: its worker starts beside the server. After that the case stays as it is."""

LOOK_SECONDS: Final = 0.05
"""Between two looks at an agent's step."""

AT_ONCE: Final = 4
"""Cases that are worked on side by side: while one waits for the disk or for an agent, others go on."""

TELL_EVERY: Final = 10
"""Cases between two words on how far it is."""

OWNER_ROLES: Final = ("agent", "lead", "underwriter", "on_call", "physician")

_PEOPLE: Final[Mapping[str, tuple[str, ...]]] = {
    "Ines Sample": ("agent",),
    "Tomas Sample": ("agent", "on_call"),
    "Lena Sample": ("agent", "lead", "on_call"),
    "Karl Sample": ("clerk", "analyst", "reader", "reception"),
    "Mia Sample": ("clerk", "analyst", "reader", "nurse"),
    "Ute Sample": ("underwriter", "physician"),
    "Otto Sample": ("underwriter", "lead", "physician"),
}

_ENDS: Final = ("done",) * 15 + ("open",) * 14 + ("paused",) * 3 + ("cancelled",) * 4 + ("failed",) * 2 + ("new",) * 2
"""How cases end, or where they stand; dealt in an order that the seed decides."""


class Person(NamedTuple):
    """Somebody who works, with a client of their own and one thing in hand: beginning another would pause it."""

    name: str
    member_id: int
    account_id: int
    roles: frozenset[str]
    client: Client
    hands: asyncio.Lock


class Waiting(NamedTuple):
    """The case that waits for the person who looks at the demo."""

    run_id: int
    activity_id: str


Tell = Callable[[str], None]


async def begin(client: Client, tell: Tell) -> tuple["History", Waiting]:
    """Publish the examples, and give the client's own member a case that waits; the history is still to be loaded."""
    tell("Publishing the example workflows ...")
    workflows = [await publish(client, path.read_bytes(), "yaml") for path in examples()]
    owner = (await client.session())["workspace"]["memberId"]
    await client.members.update(owner, actorRoles=list(OWNER_ROLES), isSupervisor=True)
    history = History(client, workflows)
    return history, await _waiting(client, owner, history.workflows["support_desk"])


def examples() -> list[Path]:
    """The example workflows.

    Raises:
        NotStarted: this installation has none.

    """
    package = Path(casework.__file__).parent
    for directory in (package / "examples", package.parents[1] / "examples"):
        found = sorted(directory.glob("*.yaml"))
        if found:
            return found
    raise NotStarted("This installation has no example workflows: run the demo in the repository.")


class History:
    """What sample people do."""

    def __init__(self, client: Client, workflows: list[dict[str, Any]]) -> None:
        self.workflows = {str(workflow["key"]): int(workflow["id"]) for workflow in workflows}
        self._client = client
        self._people: list[Person] = []
        self._agents = {one["key"] for one in workflows if any(task["kind"] == "agent" for task in one["tasks"])}
        self._tasks = {str(task["id"]): str(task["key"]) for one in workflows for task in one["tasks"]}

    async def load(self, tell: Tell) -> None:
        """Bring in the people and let them work on the cases."""
        tell(f"{len(_PEOPLE)} sample members work on {CASES} sample cases ...")
        await self._client.schedules.create(self.workflows["on_call"], "Sample: a drill", "0 9 * * MON", input=DRILL)
        async with AsyncExitStack() as stack:
            self._people = [await _hired(self._client, stack, name, roles) for name, roles in _PEOPLE.items()]
            dealt = enumerate(random.Random(SEED).sample(_ENDS, CASES))  # noqa: S311 - a sample, no secret
            done = count(1)

            async def work() -> None:
                for number, end in dealt:
                    await self.case(number, end)
                    if (finished := next(done)) % TELL_EVERY == 0:
                        tell(f"{finished} of {CASES} sample cases are there.")

            await asyncio.gather(*(work() for _ in range(AT_ONCE)))

    async def case(self, number: int, end: str) -> None:
        """Make a case and bring it to that end."""
        chance = random.Random(SEED + number)  # noqa: S311 - a sample, no secret
        key = tuple(self.workflows)[number % len(self.workflows)]
        given = INPUTS[key](chance)
        whose = chance.choice(self._people)
        run = await self._client.runs.create(
            self.workflows[key],
            title=TITLES[key](given),
            input=given,
            memberId=whose.member_id,
            priority=chance.choice((30, 50, 50, 70, 90)),
        )
        await self._talk(chance, whose, run["chatUuid"])
        if key in self._agents:
            await self._thought(run["id"])
        steps = {"done": STEPS_MAX, "new": 0, "failed": 0}.get(end, chance.randint(1, 4))
        await self._work(chance, run["id"], steps)
        await self._end(chance, run["id"], end)

    async def _talk(self, chance: random.Random, whose: Person, chat: str) -> None:
        for _ in range(chance.randint(0, 2)):
            await whose.client.chats.say(chat, chance.choice(QUESTIONS))
            await self._client.chats.say(chat, chance.choice(REPLIES))

    async def _thought(self, run_id: int) -> None:
        """Wait until the worker beside the server has performed the agent's step."""
        for _ in range(int(AGENT_SECONDS / LOOK_SECONDS)):
            run = await self._client.runs.get(run_id)
            if not any(task["kind"] == "agent" and task["status"] == "current" for task in run["tasks"]):
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def _work(self, chance: random.Random, run_id: int, steps: int) -> None:
        for _ in range(steps):
            found = await self._next(run_id)
            if found is None:
                return
            who = self._taker(chance, found)
            async with who.hands:
                await who.client.activities.assign(found["id"], start_working=True)
                await who.client.activities.complete(found["id"], ANSWERS[self._tasks[found["node_id"]]](chance))

    async def _end(self, chance: random.Random, run_id: int, end: str) -> None:
        if end == "cancelled":
            await self._client.runs.cancel(run_id, reason="Sample: withdrawn.")
        found = await self._next(run_id) if end in ("paused", "failed") else None
        if found is None:
            return
        who = self._taker(chance, found)
        async with who.hands:
            await who.client.activities.assign(found["id"], start_working=True)
            if end == "paused":
                await who.client.activities.pause(found["id"])
            else:
                await self._client.activities.error(found["id"], comment="Sample: the customer cannot be reached.")

    async def _next(self, run_id: int) -> dict[str, Any] | None:
        """The activity of a run that has waited longest."""
        waiting = await self._client.activities.list(size=1, filters={"work_unit_id": run_id, "status": "pending"})
        return waiting.items[0] if waiting.items else None

    def _taker(self, chance: random.Random, activity: Mapping[str, Any]) -> Person:
        """Somebody who may take it."""
        roles, excluded = set(activity["actor_roles"]), set(activity["blacklisted_ids"])
        able = [one for one in self._people if one.roles & roles and one.account_id not in excluded]
        return chance.choice(able)


async def _hired(client: Client, stack: AsyncExitStack, name: str, roles: tuple[str, ...]) -> Person:
    email = f"{name.partition(' ')[0].lower()}@sample.example"
    member = await client.members.create(email, name=name, actorRoles=list(roles), labels=["sample"])
    key = await client.keys.create("sample", memberId=member["id"])
    own = await stack.enter_async_context(Client(client.transport.url, key=key["key"]))
    return Person(name, member["id"], member["accountId"], frozenset(roles), own, asyncio.Lock())


async def _waiting(client: Client, owner: int, workflow_id: int) -> Waiting:
    given = {"subject": "Welcome", "body": "Complete this task to see the case move on.", "customer": "You"}
    run = await client.runs.create(
        workflow_id, title="Sample: a ticket that waits for you", input=given, memberId=owner, priority=90
    )
    found = await client.activities.list(size=1, filters={"work_unit_id": run["id"]})
    activity = await client.activities.assign(found.items[0]["id"])
    return Waiting(run["id"], activity["id"])
