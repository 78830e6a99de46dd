"""The processes that are killed, what keeps them running, and the people who do their tasks meanwhile."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

from casework.client import ApiError, Client, Unreachable
from tests.chaos.chaos import Server
from tests.chaos.functions import LEDGER_URL
from tests.chaos.generator import PERSONS, ROLE
from tests.cli.command import environment
from tests.running import free_port

LEASE_SECONDS = 3
STOPPED_SECONDS = 2 * LEASE_SECONDS
"""A worker that is stopped for so long has lost its lease when it goes on, and does not know."""

LOOK_SECONDS = 0.1
REFUSED: deque[str] = deque(maxlen=20)
"""What robots were told last instead of yes, for whoever looks into a run that does not end."""

TRIES = 60
"""Of a request: a server that was killed is back before that."""


class Ledger:
    """The effect ledger, which is started again whenever it dies."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/effects"
        self._command = [sys.executable, "-m", "tests.chaos.ledger", str(self.port), str(path), str(seed)]
        self._process: subprocess.Popen[str]
        self._is_over = False
        self._keeper = threading.Thread(target=self._keep)

    def __enter__(self) -> Self:
        self._start()
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        self._process.kill()
        self._keeper.join()

    async def reached(self, count: int) -> None:
        """Return when it has written down so many effects."""
        while True:
            if self.path.read_bytes().count(b"\n") >= count:
                return
            await asyncio.sleep(LOOK_SECONDS / 5)

    def _start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def _keep(self) -> None:
        while True:
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            if self._is_over:
                return
            self._start()


class Forking:
    """The process that workers are copies of."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.chaos.forking"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def start(self, arguments: list[str], environment: dict[str, str], log: Path) -> int:
        """Start a command; the id of its process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {"arguments": arguments, "environment": environment, "log": str(log)}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


class Performer:
    """`casework worker`, which can be killed and started again."""

    def __init__(self, forking: Forking, database_url: str, ledger: Ledger, log: Path) -> None:
        self.log = log
        self._forking = forking
        self._arguments = ["worker", "--database-url", database_url, "--app", "tests.chaos.functions"]
        self._arguments += ["--lease-seconds", str(LEASE_SECONDS), "--concurrency", "8"]
        # Whatever a proxy is set to in this environment, the ledger is on this machine.
        self._environment = environment(
            CASEWORK_LOG_LEVEL="debug",
            CASEWORK_LOG_FORMAT="json",
            CASEWORK_EGRESS_ALLOW="127.0.0.1",
            **{LEDGER_URL: ledger.url},
        )
        self._pid = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        self._pid = self._forking.start(self._arguments, self._environment, self.log)

    def kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)

    @property
    def refused(self) -> int:
        """How often it was refused because the attempt that it spoke of was over."""
        return self.log.read_bytes().count(b" is over: the step is ")

    async def stall(self) -> None:
        """Stop it until its lease is over; then it goes on where it was."""
        pid = self._pid
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(STOPPED_SECONDS)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


STRIKES = ("server", "worker", "worker", "worker")
"""What is killed, in an order by chance, again and again; before one of them a worker is stalled."""


class Killer:
    """Kills servers and workers at random while they are at work, and starts them again."""

    def __init__(self, servers: list[Server], workers: list[Performer], ledger: Ledger, chance: random.Random) -> None:
        self.kills = 0
        self.stalls = 0
        self._up = list(servers)
        self._workers = workers
        self._ledger = ledger
        self._chance = chance
        self._deck: list[str] = []
        self._under_way: list[asyncio.Task[None]] = []

    async def strike(self, count: int) -> None:
        """Kill one of them somewhere in the midst of what follows so many effects; some are stalled before that."""
        await self._ledger.reached(count)
        await asyncio.sleep(self._chance.uniform(0, LOOK_SECONDS * 5))
        while (what := self._drawn()) == "stall":
            self.stalls += 1
            self._under_way.append(asyncio.create_task(self._chance.choice(self._workers).stall()))
        self.kills += 1
        if what == "server" and self._up:
            self._under_way.append(asyncio.create_task(self._kill(self._chance.choice(self._up))))
        else:
            victim = self._chance.choice(self._workers)
            victim.kill()
            victim.start()

    async def settle(self) -> None:
        """Wait until everything that was stopped goes on."""
        await asyncio.gather(*self._under_way)

    def _drawn(self) -> str:
        if not self._deck:
            self._deck = self._chance.sample(STRIKES, len(STRIKES))
            self._deck.insert(self._chance.randint(1, len(STRIKES)), "stall")
        return self._deck.pop()

    async def _kill(self, server: Server) -> None:
        self._up.remove(server)
        server.kill()
        await asyncio.to_thread(server.start)
        self._up.append(server)


class Robot:
    """Somebody with the role ROLE, who does whatever waits for it."""

    def __init__(self, client: Client, account_id: int, chance: random.Random) -> None:
        self._client = client
        self._account_id = account_id
        self._chance = chance

    async def work(self) -> None:
        """Do what waits, again and again."""
        while True:
            try:
                await self._do_what_waits()
            except Unreachable as error:  # it is being started again
                REFUSED.append(error.message)
            await asyncio.sleep(LOOK_SECONDS)

    async def _do_what_waits(self) -> None:
        found = await self._client.activities.list(filters={"status__in": _OPEN, "actor_roles__contains": ROLE})
        free = [one for one in found.items if one["assigned_account_id"] in (None, self._account_id)]
        for one in self._chance.sample(free, len(free)):
            try:
                if one["assigned_account_id"] is None:
                    await self._client.activities.assign(one["id"])
                await self._client.activities.start(one["id"])
                await self._client.activities.complete(one["id"], {"k": PERSONS})
            except ApiError as error:
                if error.status not in _QUICKER:
                    raise
                REFUSED.append(f"{one['id']}: {error.status} {error.message}")


_OPEN = ("pending", "assigned", "in-progress", "paused")
_QUICKER = (403, 409)
"""What is answered where somebody else was quicker."""


@asynccontextmanager
async def at_work(people: Sequence[Robot]) -> AsyncIterator[None]:
    """These people work while the block lasts."""
    async with asyncio.TaskGroup() as group:
        working = [group.create_task(robot.work()) for robot in people]
        yield
        for task in working:
            task.cancel()
