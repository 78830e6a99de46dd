"""A support desk: a workspace with a workflow, people who may use it, and words for what they do."""

from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
import pytest

from casework.core.actor import Actor, Assignee
from casework.core.command import Assign, Command, Complete
from casework.core.permission import MEMBER, Grant, Principal, implied
from casework.engine.order import Order
from casework.operations import workflows
from casework.operations.drafts import Source
from tests.people import Caller, Place

DEFINITION: dict[str, Any] = {
    "casework": 1,
    "key": "support",
    "name": "Support desk",
    "input": {"type": "object", "properties": {"amount": {"type": "integer"}}},
    "tasks": [
        {
            "key": "triage",
            "name": "Triage",
            "kind": "human",
            "prompt": "What is it about?",
            "form": {"type": "object", "properties": {"topic": {"type": "string"}}},
            "next": [
                {"to": "repair", "when": "output.topic == 'fault' && output.sure"},
                {"to": "refund", "when": "output.topic == 'billing'"},
                {"to": "close"},
            ],
        },
        {"key": "repair", "name": "Repair", "kind": "human", "next": [{"to": "close"}]},
        {"key": "refund", "name": "Refund", "kind": "human", "next": [{"to": "close"}]},
        {"key": "close", "name": "Close the case", "kind": "human"},
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The workspace, its workflow, and three who use it: a manager, and two without any scope."""

    place: Place
    client: httpx.AsyncClient
    workflow_id: int
    ada: Caller
    bob: Caller

    @property
    def manager(self) -> Caller:
        return self.place.manager

    @property
    def path(self) -> str:
        return f"{self.place.path}/assignments"

    async def send(self, method: str, path: str, who: Caller, **options: Any) -> httpx.Response:
        """A request to the assignments, as somebody."""
        headers = who.headers | options.pop("headers", {})
        return await self.client.request(method, f"{self.path}{path}", headers=headers, **options)

    async def get(self, path: str, who: Caller, **query: Any) -> httpx.Response:
        return await self.send("GET", path, who, params=query)

    async def make(self, who: Caller, **body: Any) -> dict[str, Any]:
        """A new assignment."""
        answer = await self.send("POST", "", who, json={"workflowId": self.workflow_id} | body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def read(self, assignment_id: int, who: Caller | None = None) -> dict[str, Any]:
        answer = await self.get(f"/{assignment_id}", who or self.manager)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def do(self, assignment: dict[str, Any], command: Command) -> None:
        """Let a supervisor carry out a command."""
        actor = Actor(kind="member", id=self.manager.member_id, name="Lead", supervises=True)
        order = Order(workspace_id=self.place.id, run_id=assignment["id"], command=command, actor=actor)
        await self.place.services.engine.submit(order)

    async def take(self, assignment: dict[str, Any], number: int, who: Caller, *, start: bool = False) -> None:
        """Put somebody on a step."""
        assignee = Assignee(
            account_id=who.account_id,
            member_id=who.member_id,
            name=who.email,
            actor_roles=frozenset(),
            in_project=True,
        )
        await self.do(assignment, Assign(step=number, assignee=assignee, start_working=start))

    async def finish(self, assignment: dict[str, Any], number: int, who: Caller, **data: Any) -> None:
        """Put somebody on a step and complete it."""
        await self.take(assignment, number, who)
        await self.do(assignment, Complete(step=number, data=data))


def task(assignment: dict[str, Any], key: str) -> dict[str, Any]:
    """A task of an assignment, by its key."""
    return next(one for one in assignment["tasks"] if one["taskKey"] == key)


async def publish(place: Place, **changes: Any) -> int:
    """Publish the desk's workflow with changes; its id."""
    scopes = implied(frozenset({"workflows:admin"}))
    manager = place.manager
    principal = Principal(
        kind="bearer",
        account_id=manager.account_id,
        account_uuid=manager.account_uuid,
        workspace_id=place.id,
        member_id=manager.member_id,
        scopes=scopes,
    )
    grant = Grant(principal=principal, workspace_id=place.id, policy=MEMBER)
    source = Source(text=msgspec.json.encode(DEFINITION | changes), media="json")
    uuid = await workflows.create(place.services, grant, source, None)
    async with place.services.database.read() as connection:
        found: int = await connection.fetchval("select id from workflows where uuid = $1", uuid)
    return found


@pytest.fixture
async def desk(place: Place, client: httpx.AsyncClient) -> Desk:
    workflow_id = await publish(place)
    ada, bob = await place.member(), await place.member()
    async with place.services.database.write() as connection:
        await connection.execute(
            """
            insert into workflow_grants (workspace_id, workflow_id, member_id, level)
            select $1, $2, unnest($3::bigint[]), 'use'
            """,
            place.id,
            workflow_id,
            [ada.member_id, bob.member_id],
        )
    return Desk(place=place, client=client, workflow_id=workflow_id, ada=ada, bob=bob)
