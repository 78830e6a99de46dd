"""The replay of a log as live work: every case is made, given out, worked on and completed over HTTP.

Every move has an Idempotency-Key of its own, the same one however often the replay is started: one that was interrupted
goes on where it was, and a server that was killed between a change and its answer is asked again without harm.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from hashlib import sha256
from typing import Any, Final

import msgspec

from casework.client.activities import flat
from casework.client.client import Client
from casework.client.errors import ApiError, ClientError
from casework.client.meter import Meter
from casework.client.script import Acknowledged, Move, Script, Stage
from casework.client.transport import decoded

PAUSE_SECONDS_MAX: Final = 0.5
"""Between two tries while the server is away: it is back within a second or two."""

_ACTIVITIES: Final = "/api/v3/workflow/activities"
_CONFLICT: Final = 409

_PATHS: Final[Mapping[Move, str]] = {"begin": "assign", "pause": "pause", "resume": "process", "complete": "complete"}

Connect = Callable[[str], Client]
"""Makes a client with that API key."""


class Astray(ClientError):
    """A case did not go as the log says."""


class Replay:
    """Plays scripts on a stage.

    name: what tells this replay from others of the same log; moves made under it are not made again. acknowledged: told
    of every move that the server confirmed.
    """

    def __init__(
        self,
        client: Client,
        stage: Stage,
        *,
        name: str,
        connect: Connect,
        acknowledged: Callable[[Acknowledged], None] | None = None,
    ) -> None:
        self.meter = Meter()
        self.troubles: dict[int, str] = {}
        self.runs: dict[int, int] = {}
        self.stage = stage
        self.name = sha256(f"{name} {stage.workflow_id} {stage.version}".encode()).hexdigest()[:32]
        self.acknowledge = acknowledged or (lambda _: None)
        self.people = _People(client, stage, connect)

    async def play(self, scripts: Iterator[Script], clients: Sequence[Client]) -> None:
        """Play every script, one at a time with each client. What went wrong is in `troubles`, by a case's number.

        Raises:
            Unreachable: the server stayed away.

        """
        async with self.people:
            players = [asyncio.create_task(_Player(self, client).play(scripts)) for client in clients]
            try:
                await asyncio.gather(*players)
            finally:
                for player in players:
                    player.cancel()
                await asyncio.gather(*players, return_exceptions=True)


class _Player:
    """Plays one case after the other, over one connection."""

    def __init__(self, replay: Replay, client: Client) -> None:
        self._replay = replay
        self._stage = replay.stage
        self._client = client

    async def play(self, scripts: Iterator[Script]) -> None:
        for script in scripts:
            try:
                await self._case(script)
            except (ApiError, Astray) as error:
                self._replay.troubles[script.number] = error.message

    async def _case(self, script: Script) -> None:
        activity = await self._create(script)
        for place, step in enumerate(script.steps):
            if place:
                activity = await self._activity(script, place)
            for count in range(len(step.moves)):
                await self._move(script, place, count, activity)

    async def _create(self, script: Script) -> str:
        """Make the case; gives its first activity, which the answer names."""
        first = script.steps[0].task
        body = {
            "workflowId": self._stage.workflow_id,
            "workflowVersionNumber": self._stage.version,
            "taskId": self._stage.tasks[first],
            "title": script.title,
            "chat": False,
        }
        path = await self._client.space.path("/assignments")
        made = await self._send(self._client, "POST", path, body, f"{script.number}:create")
        self._replay.runs[script.number] = made["id"]
        activity = next(str(task["uuid"]) for task in made["tasks"] if task["taskKey"] == first)
        self._note(script, 0, "create", activity)
        return activity

    async def _activity(self, script: Script, place: int) -> str:
        """The activity of that place in the case: they are listed in the order in which they came to be."""
        query = {
            "filter[work_unit_id]": self._replay.runs[script.number],
            "page[number]": place + 1,
            "page[size]": 1,
            "fields[workflow/activities]": "status",
        }
        with self._replay.meter.measured():
            found = (await self._client.transport.get(_ACTIVITIES, **query))["data"]
        expected = script.steps[place].task
        if not found or flat(found[0])["node_id"] != str(self._stage.tasks[expected]):
            raise Astray(f"Step {place + 1} should be {expected}, and is not.")
        return str(found[0]["id"])

    async def _move(self, script: Script, place: int, count: int, activity: str) -> None:
        step = script.steps[place]
        move = step.moves[count]
        body: dict[str, Any] = {}
        client = self._client
        match move:
            case "begin":
                body = {"account_id": self._stage.actors[step.person].account_id, "start_working": True}
            case "complete":
                body = {"data": {"next": step.next}}
            case "resume":  # only the person itself may
                client = await self._replay.people.client(step.person)
        path = f"{_ACTIVITIES}/{activity}/{_PATHS[move]}"
        try:
            await self._send(client, "PATCH", path, body, f"{script.number}:{place}:{count}:{move}")
        except ApiError as error:
            # Whoever begins another activity stops this one: then it is paused already.
            if move != "pause" or error.status != _CONFLICT:
                raise
            return
        self._note(script, place, move, activity)

    async def _send(self, client: Client, method: str, path: str, body: Any, key: str) -> Any:
        headers = {"content-type": "application/json", "idempotency-key": f"replay:{self._replay.name}:{key}"}
        content = msgspec.json.encode(body)
        with self._replay.meter.measured():
            return decoded(await client.transport.exchange(method, path, content=content, headers=headers))

    def _note(self, script: Script, place: int, move: Move, activity: str) -> None:
        run_id = self._replay.runs[script.number]
        made = Acknowledged(case=script.number, step=place, move=move, run_id=run_id, activity=activity)
        self._replay.acknowledge(made)


class _People:
    """The people of a stage as callers: each with a key of its own, made when first needed, revoked at the end."""

    def __init__(self, client: Client, stage: Stage, connect: Connect) -> None:
        self._client = client
        self._stage = stage
        self._connect = connect
        self._clients: dict[str, Client] = {}
        self._keys: list[int] = []
        self._lock = asyncio.Lock()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> None:
        await self._stack.__aenter__()

    async def __aexit__(self, *error: object) -> None:
        try:
            for key_id in self._keys:
                await self._client.space.delete(f"/keys/{key_id}")
        finally:
            await self._stack.aclose()

    async def client(self, person: str) -> Client:
        """A client with which that person speaks."""
        async with self._lock:
            if person not in self._clients:
                member_id = self._stage.actors[person].member_id
                made = await self._client.keys.create("casework replay", memberId=member_id)
                self._keys.append(made["id"])
                self._clients[person] = await self._stack.enter_async_context(self._connect(made["key"]))
        return self._clients[person]


def connected(url: str, key: str, *, wait_seconds: float) -> Client:
    """A client that asks again for so long while the server is away; to be opened."""

    async def pause(seconds: float) -> None:
        await asyncio.sleep(min(seconds, PAUSE_SECONDS_MAX))

    return Client(url, key=key, tries=2 + int(wait_seconds / PAUSE_SECONDS_MAX), pause=pause)
