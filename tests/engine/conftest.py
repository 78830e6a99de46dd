"""A workshop: a workspace with a workflow and people, told what to do through the engine alone."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
import pytest

from casework.core.actor import Actor, Assignee
from casework.core.claim import Claim
from casework.core.command import Assign, Command, Complete
from casework.core.permission import MEMBER, SCOPES, Principal, grant
from casework.core.run import Run
from casework.engine.order import NewRun, Order
from casework.entropy import new_uuid
from casework.operations import workflows
from casework.operations.services import Services
from tests.people import Caller, Place

DEFINITION: dict[str, Any] = {
    "casework": 1,
    "key": "flow",
    "name": "Flow",
    "tasks": [
        {"key": "a", "kind": "human", "next": [{"to": "b", "when": "output.n > 1"}, {"to": "c"}]},
        {"key": "b", "kind": "human", "next": [{"to": "a", "when": "has(output.again)"}, {"to": "end"}]},
        {"key": "c", "kind": "human"},
    ],
}


@dataclass(kw_only=True)
class Workshop:
    """`people` are numbered from 0; the Manager gives the orders."""

    services: Services
    place: Place
    workflow_id: int
    people: list[Caller] = field(default_factory=list)

    def boss(self) -> Actor:
        who = self.place.manager
        return Actor(
            kind="member", id=who.member_id, account_id=who.account_id, member_id=who.member_id, supervises=True
        )

    def actor(self, number: int) -> Actor:
        who = self.people[number]
        return Actor(kind="member", id=who.member_id, account_id=who.account_id, member_id=who.member_id)

    def assignee(self, number: int) -> Assignee:
        who = self.people[number]
        return Assignee(
            account_id=who.account_id, member_id=who.member_id, name="P", actor_roles=frozenset(), in_project=True
        )

    async def create(self, **fields: Any) -> Run:
        new = NewRun(
            uuid=new_uuid(self.services.clock.now()),
            workspace_id=self.place.id,
            workflow_id=fields.pop("workflow_id", self.workflow_id),
            actor=fields.pop("actor", self.boss()),
            **{"member_id": self.people[0].member_id} | fields,
        )
        return (await self.services.engine.create(new)).run

    async def do(self, run_id: int, command: Command, **fields: Any) -> Run:
        order = Order(
            workspace_id=fields.pop("workspace_id", self.place.id),
            run_id=run_id,
            command=command,
            actor=fields.pop("actor", self.boss()),
            **fields,
        )
        return (await self.services.engine.submit(order)).run

    async def finish(self, run_id: int, step: int, who: int = 0, **data: Any) -> Run:
        await self.do(run_id, Assign(step=step, assignee=self.assignee(who), start_working=True))
        return await self.do(run_id, Complete(step=step, data=data))

    async def rows(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        async with self.services.database.read() as connection:
            return [tuple(row) for row in await connection.fetch(query, *arguments)]

    async def write(self, statement: str) -> None:
        async with self.services.database.write() as connection:
            await connection.execute(statement)

    async def value(self, query: str, *arguments: Any) -> Any:
        ((found,),) = await self.rows(query, *arguments)
        return found

    async def counts(self) -> dict[str, int]:
        """Open runs by the task that they stand on, as the counters have it."""
        query = """select t.key, sum(c.count)::int from task_counts c join tasks t on t.id = c.task_id
                   group by t.key having sum(c.count) <> 0"""
        return dict(await self.rows(query))


def claim(text: str) -> Claim:
    return Claim(scope=text.encode().ljust(32, b"."), request_hash=b"r" * 32)


async def together(*awaitables: Any) -> list[Any]:
    """All at once, so that they share commits; errors are results."""
    return await asyncio.gather(*awaitables, return_exceptions=True)


@pytest.fixture
async def workshop(services: Services, place: Place) -> Workshop:
    """A workflow of three tasks, and three people."""
    people = [await place.member() for _ in range(3)]
    workflow_id = await publish(services, place, DEFINITION)
    return Workshop(services=services, place=place, workflow_id=workflow_id, people=people)


async def publish(services: Services, place: Place, definition: dict[str, Any]) -> int:
    """Publish a workflow as the Manager; its id."""
    principal = Principal(
        kind="cookie",
        account_id=place.manager.account_id,
        workspace_id=place.id,
        member_id=place.manager.member_id,
        scopes=SCOPES,
    )
    allowed = grant(principal, MEMBER)
    uuid = await workflows.create(
        services, allowed, workflows.Source(text=msgspec.json.encode(definition), media="json"), None
    )
    async with services.database.read() as connection:
        return await connection.fetchval("select id from workflows where uuid = $1", UUID(uuid))
