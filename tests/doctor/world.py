"""A database with runs in every state, as the engine leaves them."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.clock import SettableClock
from tests.documents import published, task
from tests.people import Caller, Place

AGAIN = {"again": True}

TASKS = [
    task("draft", roles=["writer"], next=[{"to": "check"}]),
    task(
        "check",
        roles=["editor"],
        exclude=["tasks.draft"],
        next=[{"to": "draft", "when": "has(output.again) && output.again == true"}, {"to": "end"}],
    ),
]


@dataclass(slots=True, kw_only=True)
class World:
    """A workspace whose people make, work on and end cases, an hour of the clock between what they do."""

    client: httpx.AsyncClient
    clock: SettableClock
    place: Place
    workflow: dict[str, Any]
    writer: Caller
    editor: Caller

    async def ask(self, method: str, path: str, who: Caller | None = None, body: Any = None) -> Any:
        """What the API answers, an hour later."""
        self.clock.advance(hours=1)
        headers = (who or self.place.manager).headers | {"idempotency-key": self.clock.now().isoformat()}
        answer = await self.client.request(method, path, json={} if body is None else body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    async def case(self, title: str) -> dict[str, Any]:
        """A new case with a chat."""
        body = {"workflowId": self.workflow["id"], "title": title}
        made: dict[str, Any] = await self.ask("POST", f"{self.place.path}/assignments", body=body)
        return made

    async def act(self, run: dict[str, Any], move: str, who: Caller, body: Any = None, *, place: int = 1) -> None:
        """Do something with the run's activity of that place."""
        query = {"filter[work_unit_id]": run["id"], "page[size]": 1, "page[number]": place}
        path = "/api/v3/workflow/activities"
        found = await self.client.get(path, params=query, headers=self.place.manager.headers)
        method = "POST" if move in ("error", "cancel") else "PATCH"
        await self.ask(method, f"{path}/{found.json()['data'][0]['id']}/{move}", who, body)

    async def begin(self, run: dict[str, Any], who: Caller, *, place: int = 1) -> None:
        """Take the activity and start at once."""
        await self.act(run, "assign", who, {"start_working": True}, place=place)


async def world(client: httpx.AsyncClient, clock: SettableClock, place: Place) -> World:
    """One run pending, one at work, one paused by that, one completed after a loop, one failed, one cancelled."""
    writer = await place.member(actor_roles=["writer"])
    editor = await place.member(actor_roles=["editor"])
    workflow = await published(client, place, {"casework": 1, "key": "texts", "name": "Texts", "tasks": TASKS})
    made = World(client=client, clock=clock, place=place, workflow=workflow, writer=writer, editor=editor)
    await made.case("pending")
    for title in ("paused", "at work"):
        await made.begin(await made.case(title), writer)
    done = await made.case("completed")
    for number, output in enumerate((AGAIN, {})):
        await made.begin(done, writer, place=2 * number + 1)
        await made.act(done, "pause", writer, place=2 * number + 1)
        await made.act(done, "complete", writer, {"data": {}}, place=2 * number + 1)
        await made.begin(done, editor, place=2 * number + 2)
        await made.act(done, "complete", editor, {"data": output}, place=2 * number + 2)
    failed = await made.case("failed")
    await made.begin(failed, writer)
    await made.act(failed, "error", writer, {"data": {"comment": "No paper."}})
    cancelled = await made.case("cancelled")
    await made.ask("POST", f"{place.path}/assignments/{cancelled['id']}/cancel", body={"reason": "Twice"})
    await made.begin(await made.case("at work again"), writer)
    chat = done["chatUuid"]
    await made.ask("POST", f"/api/chats/{chat}/messages", body={"content": "It is done."})
    return made
