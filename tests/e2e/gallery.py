"""A workspace that is good to look at: what the demo shows, and the history of a month beside it."""

import asyncio
import csv
import random
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from casework.cli import sample
from casework.client import Client
from casework.clock import SystemClock
from tests.cli.command import COMMAND, casework, environment
from tests.e2e.scene import Person, stranger
from tests.running import SECRET_KEY

OWNER = "Robin Sample"
STEPS = ("Read the ticket", "Find the cause", "Mend it", "Tell the customer")
DAYS, CASES = 28, 90
TICKETS = (
    "The scanner stops at page nine",
    "Export stops at 65,536 rows",
    "The new phone does not ring",
    "Wrong address on the receipt",
    "Who may open the archive?",
    "My calendar is an hour late",
    "The door does not know my badge",
)
"""Of which the rules of the demo's agent say nothing."""

MINE = 5


@dataclass(frozen=True, slots=True)
class Gallery:
    """Where everything is."""

    address: str
    uuid: str
    owner: Person
    things: dict[str, Any]

    def at(self, screen: str) -> str:
        """The address of a screen."""
        query = f"?workflow={self.things['history']}" if screen == "analytics" else ""
        return f"{self.address}/w/{self.uuid}/{screen.format(**self.things)}{query}"


@contextmanager
def gallery(address: str, database_url: str, directory: Path) -> Iterator[Gallery]:
    """A month of work by made-up people. What agents do in it is done by a worker, offline."""
    owner = stranger(address, OWNER)
    workspace = owner.client.post("/api/v2/w", json={"name": "Sample workspace"}).raise_for_status().json()
    owner.client.headers["x-workspace"] = workspace["uuid"]
    api = f"/api/v2/w/{workspace['uuid']}"
    key = owner.client.post(f"{api}/keys", json={"name": "Sample loader"}).raise_for_status().json()["key"]
    with ThreadPoolExecutor(1) as beside, worker(database_url):  # the browser's library runs a loop in this thread
        things = beside.submit(asyncio.run, _worked(address, key)).result()
    things["history"] = _history(directory, database_url, workspace["uuid"])
    things["chat"] = _chat(owner, api)
    yield Gallery(address, workspace["uuid"], owner, things)
    owner.client.close()


@contextmanager
def worker(database_url: str) -> Iterator[None]:
    """A worker process, for as long as the context lasts."""
    command = [*COMMAND, "worker", "--database-url", database_url]
    env = environment(CASEWORK_LOG_LEVEL="warning", CASEWORK_SECRET_KEY=SECRET_KEY)
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        process.stderr.readline()  # it performs steps
        yield
        process.terminate()


async def _worked(address: str, key: str) -> dict[str, Any]:
    """The demo's history, and what an administrator adds to it."""
    async with Client(address, key=key) as client:
        history, _ = await sample.begin(client, str)
        await history.load(str)
        workflow = history.workflows["support_agent"]
        opened = await _opened(client, history, workflow)
        await _administered(client, workflow)
        runs = await client.runs.list(size=100)
        longest = max(runs.items, key=lambda run: sum(task["status"] == "completed" for task in run["tasks"]))
        return {"workflow": workflow, "case": longest["id"], "activity": opened}


async def _opened(client: Client, history: sample.History, workflow: int) -> str:
    """Tickets of which the agent was not sure pile up; some are the owner's, beside a task that is begun: its id."""
    for subject in TICKETS:
        ticket = {"subject": subject, "body": "It has been so since Monday.", "customer": "Ada Byron"}
        run = await client.runs.create(workflow, title=f"Sample: {subject}", input=ticket)
        await history._thought(run["id"])
    waiting = (await client.activities.list(size=100, filters={"status": "pending"})).items
    for one in [one for one in waiting if one["name"] == "Review the classification"][:MINE]:
        await client.activities.assign(one["id"])
    opened: str = next(one["id"] for one in waiting if one["name"] == "Solve it")
    await client.activities.assign(opened, start_working=True)
    await client.activities.save(opened, {"solution": "The cable of the white page was loose.", "minutes": 12})
    return opened


async def _administered(client: Client, workflow: int) -> None:
    for name in ("crm_token", "mail_password", "model_key"):
        await client.secrets.create(name, "sample-value-4711")
    await client.webhooks.create(
        "https://crm.example.com/casework", name="Sample: the CRM", events=["run.completed", "run.failed"]
    )
    await client.webhooks.create(
        "https://pager.example.com/casework", name="Sample: the pager", events=["step.escalated"]
    )
    await client.hooks.create(workflow, "Sample: tickets from the shop", kind="standard_webhooks")
    await client.hooks.create(workflow, "Sample: the contact form")
    given = {"subject": "Weekly look", "body": "Go through what is old.", "customer": "Ourselves"}
    await client.schedules.create(workflow, "Sample: the weekly look", "30 8 * * FRI", input=given)


def _history(directory: Path, database_url: str, workspace: str) -> int:
    """A month of finished cases, brought in as from another system; the id of their workflow."""
    chance = random.Random(4711)
    path = directory / "history.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("case", "task", "time", "resource", "lifecycle"))
        for number in range(CASES):
            rows.writerows(_case(chance, f"Sample: ticket {4700 + number}", SystemClock().now()))
    arguments = ("--workspace", workspace, "--database-url", database_url, "--json")
    brought = casework("import", path, "--key", "help_desk", "--name", "Help desk until now", *arguments)
    assert brought.code == 0, brought.err
    return int(brought.json["workflow"]["id"])


def _case(chance: random.Random, title: str, now: datetime) -> Iterator[tuple[str, ...]]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight - timedelta(days=chance.randint(2, DAYS), hours=-chance.triangular(7, 19, 10))
    for step in STEPS[: chance.choices((4, 3, 1), (12, 2, 1))[0]]:
        who = chance.choice(("Nora Sample", "Emil Sample", "Vera Sample"))
        for lifecycle, minutes in (
            ("schedule", 0),
            ("start", chance.expovariate(1 / 40)),
            ("complete", 3 + chance.expovariate(1 / 25)),
        ):
            at += timedelta(minutes=minutes)
            yield title, step, at.isoformat(timespec="seconds"), who, lifecycle


def _chat(owner: Person, api: str) -> int:
    """A few messages, with a tool that was called between them."""
    asked = {"id": "call_1", "type": "function", "function": {"name": "find_order", "arguments": '{"number": 4711}'}}
    chat = owner.client.post(f"{api}/chats", json={"title": "Sample: where is my order?"}).raise_for_status().json()
    for message in (
        {"content": "Where is order **4711**? It should have come on Friday."},
        {"role": "assistant", "name": "Triage", "content": "Let me look.", "toolCalls": [asked]},
        {"role": "tool", "content": '{"state": "on its way", "left": "Monday"}', "toolCallId": "call_1"},
        {
            "role": "assistant",
            "name": "Triage",
            "content": "It left on **Monday**. It comes\n\n- by *Wednesday* in the city\n- by *Thursday* elsewhere",
        },
        {"content": "Thank you, that helps."},
    ):
        owner.client.post(f"{api}/chats/{chat['id']}/messages", json=message).raise_for_status()
    return int(chat["id"])
