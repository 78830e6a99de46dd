"""A desk to test from: a workspace with a published workflow, somebody who may use it, and somebody who may not."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from casework.core.actor import Actor, Assignee
from casework.core.command import Assign, CancelRun, Command, Complete, Fail
from casework.engine.order import NewRun, Order
from casework.entropy import new_uuid
from casework.operations.services import Services
from tests import people
from tests.people import Caller, Place

ABSENT = UUID("018d7c5e-1a00-7000-8000-00000000dead")
"""Nothing bears it."""

DEFINITION: dict[str, Any] = {
    "casework": 1,
    "key": "support",
    "name": "Support desk",
    "tasks": [
        {
            "key": "classify",
            "kind": "human",
            "next": [{"to": "resolve", "when": "has(output.quick)"}, {"to": "review"}],
        },
        # Defined before what leads to it, to tell topological order from the order of definition.
        {"key": "resolve", "kind": "human"},
        {"key": "review", "kind": "human", "next": [{"to": "resolve"}]},
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`user` holds `use` on the workflow and no scope; `other` is a member without either."""

    client: httpx.AsyncClient
    services: Services
    place: Place
    user: Caller
    other: Caller
    workflow_id: int
    workflow_uuid: UUID

    async def call(self, method: str, path: str, who: Caller | None = None, **request: Any) -> httpx.Response:
        """What the application answers `who`, by default the user."""
        headers = (who or self.user).headers | request.pop("headers", {})
        return await self.client.request(method, path, headers=headers, **request)

    async def open_chat(self, who: Caller | None = None, **body: Any) -> dict[str, Any]:
        """A chat of the user."""
        answer = await self.call("POST", f"{self.place.path}/chats", who, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def start(self, **fields: Any) -> int:
        """A run, by the engine; its id."""
        new = NewRun(
            uuid=new_uuid(self.services.clock.now()),
            workspace_id=self.place.id,
            actor=self.actor(),
            **{"workflow_id": self.workflow_id, "member_id": self.user.member_id} | fields,
        )
        return (await self.services.engine.create(new)).run.id

    async def work(self, run_id: int, step: int, *, then: type[Command] | None = Complete) -> None:
        """The user takes a step and begins; `then` ends it, unless it is None."""
        who = self.user
        assignee = Assignee(
            account_id=who.account_id, member_id=who.member_id, name="u", actor_roles=frozenset(), in_project=True
        )
        await self.order(run_id, Assign(step=step, assignee=assignee, start_working=True))
        if then is Complete:
            await self.order(run_id, Complete(step=step, data={"done": step}))
        elif then is Fail:
            await self.order(run_id, Fail(step=step, comment="It cannot be done."))

    async def cancel(self, run_id: int) -> None:
        """The run is ended without a result."""
        await self.order(run_id, CancelRun(reason="enough"))

    async def order(self, run_id: int, command: Command) -> None:
        """The engine carries out a command of the user's."""
        order = Order(workspace_id=self.place.id, run_id=run_id, command=command, actor=self.actor())
        await self.services.engine.submit(order)

    def actor(self) -> Actor:
        """The user as events name them."""
        who = self.user
        return Actor(
            kind="member", id=who.member_id, name=who.email, account_id=who.account_id, member_id=who.member_id
        )


async def desk(client: httpx.AsyncClient, services: Services) -> Desk:
    """A desk over a new workspace."""
    place = await people.place(services)
    user, other = await place.member(), await place.member()
    answer = await client.post(f"{place.path}/workflows", headers=place.manager.headers, json=DEFINITION)
    assert answer.status_code == 201, answer.text
    workflow = answer.json()
    async with services.database.write() as connection:
        await connection.execute(
            "insert into workflow_grants (workspace_id, workflow_id, member_id, level) values ($1, $2, $3, 'use')",
            place.id,
            workflow["id"],
            user.member_id,
        )
    return Desk(
        client=client,
        services=services,
        place=place,
        user=user,
        other=other,
        workflow_id=workflow["id"],
        workflow_uuid=UUID(workflow["uuid"]),
    )
