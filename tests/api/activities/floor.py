"""A floor where people work: a project with two nodes, people of every kind, and words for what they do."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests import documents, people
from tests.clock import SettableClock
from tests.people import Caller, Place

BASE = "/api/v3/workflow"

FORM: dict[str, Any] = {
    "type": "object",
    "required": ["topic"],
    "properties": {
        "topic": {"enum": ["billing", "fault"]},
        "amount": {"type": "integer"},
        "note": {"type": "string"},
    },
}

DEFINITION = documents.document(
    "support",
    tasks=[
        documents.task("review", roles=["agent"], form=FORM, due="4h", next=[{"to": "resolve"}]),
        documents.task("resolve", roles=["agent"]),
    ],
    input={"type": "object", "properties": {"amount": {"type": "integer"}}},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """ada and bob hold the role of the nodes, lead too and supervises; stranger belongs to no project."""

    client: httpx.AsyncClient
    place: Place
    clock: SettableClock
    project: dict[str, Any]
    manager: Caller
    ada: Caller
    bob: Caller
    lead: Caller
    stranger: Caller

    async def call(self, method: str, path: str, who: Caller | None = None, **request: Any) -> httpx.Response:
        """What the surface answers `who`, by default ada."""
        headers = (who or self.ada).headers | request.pop("headers", {})
        return await self.client.request(method, f"{BASE}{path}", headers=headers, **request)

    async def get(self, path: str, who: Caller | None = None, **query: Any) -> Any:
        """The document that is read."""
        answer = await self.call("GET", path, who, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def start(self, **body: Any) -> str:
        """A work unit's id."""
        sent = {"project_id": self.project["id"]} | body
        answer = await self.call("POST", "/work_units", self.manager, json=sent)
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]["id"]

    async def activity(self, **body: Any) -> str:
        """The id of the first activity of a new work unit."""
        return await self.first(await self.start(**body))

    async def first(self, work_unit: str, **query: Any) -> str:
        """The id of a work unit's first activity."""
        query = {"filter[work_unit_id]": work_unit} | query
        return (await self.get("/activities", self.manager, **query))["data"][0]["id"]

    async def move(self, uuid: str, action: str, who: Caller | None = None, **request: Any) -> httpx.Response:
        """What an action on an activity answers; `save` is the one without a name in its address."""
        method = "POST" if action in ("cancel", "error") else "PATCH"
        path = f"/activities/{uuid}" if action == "save" else f"/activities/{uuid}/{action}"
        return await self.call(method, path, who, **request)

    async def done(self, uuid: str, action: str, who: Caller | None = None, **body: Any) -> dict[str, Any]:
        """The attributes of an activity after an action that must be carried out."""
        answer = await self.move(uuid, action, who, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]["attributes"]

    async def read(self, uuid: str) -> dict[str, Any]:
        """The attributes of an activity."""
        return (await self.get(f"/activities/{uuid}", self.manager))["data"]["attributes"]

    async def bring(self, status: str) -> str:
        """The id of an activity in that status; ada's, where it is somebody's."""
        uuid = await self.activity()
        for action, body in STEPS[status]:
            await self.done(uuid, action, self.lead if action == "cancel" else self.ada, **body)
        return uuid

    async def ids(self, who: Caller | None = None, **query: Any) -> list[str]:
        """The ids of the activities that a query finds."""
        return [one["id"] for one in (await self.get("/activities", who, **query))["data"]]


STEPS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "pending": [],
    "assigned": [("assign", {})],
    "in-progress": [("assign", {"start_working": True})],
    "paused": [("assign", {"start_working": True}), ("pause", {})],
    "completed": [("assign", {"start_working": True}), ("complete", {"data": {"topic": "fault"}})],
    "errored": [("assign", {"start_working": True}), ("error", {})],
    "canceled": [("cancel", {})],
}
"""How an activity comes to a status."""


async def floor(client: httpx.AsyncClient, place: Place, clock: SettableClock) -> Floor:
    """A floor in that workspace."""
    return Floor(
        client=client,
        place=place,
        clock=clock,
        project=await documents.published(client, place, DEFINITION),
        manager=place.manager,
        ada=await place.member(actor_roles=["agent"]),
        bob=await place.member(actor_roles=["agent"]),
        lead=await place.member(actor_roles=["agent"], is_supervisor=True),
        stranger=await place.member(),
    )


async def elsewhere(floor: Floor) -> Caller:
    """The Manager of another workspace."""
    return (await people.place(floor.place.services, "Elsewhere")).manager


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The only problem of a refusal, in the shape of this surface."""
    assert answer.headers["content-type"] == "application/vnd.api+json"
    (error,) = answer.json()["errors"]
    assert error["status"] == str(answer.status_code)
    assert error["title"]
    assert error["detail"]
    return error
