"""A workspace to measure in: a workflow of two tasks after each other, and people who do them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec

from casework.clock import SystemClock
from casework.core.actor import Actor, Assignee
from casework.core.permission import MEMBER, SCOPES, Principal, grant
from casework.entropy import new_uuid
from casework.operations import workflows, workspaces
from casework.operations.services import Services
from casework.settings import Settings
from casework.store import accounts, members, roles
from casework.store.accounts import NewAccount
from casework.store.members import Profile
from casework.store.schema import migrate
from casework.wiring import assembled

DEFINITION = {
    "casework": 1,
    "key": "support",
    "name": "Support desk",
    "tasks": [
        {
            "key": "review",
            "kind": "human",
            "form": {"type": "object", "required": ["topic"], "properties": {"topic": {"type": "string"}}},
            "next": [
                {"to": "resolve", "when": "output.topic != 'spam' && output.sure >= 0.5"},
                {"to": "end"},
            ],
        },
        {"key": "resolve", "kind": "human"},
    ],
}
FIRST = {"topic": "billing", "sure": 0.9}
PEOPLE = 300
EMAIL, PASSWORD = "bench@casework.test", "a long enough one"


@dataclass(kw_only=True)
class Place:
    """What a measurement needs to know of its workspace."""

    services: Services
    workspace_id: int
    workspace_uuid: str
    key: str
    workflow_id: int
    workflow_uuid: str
    boss: Actor
    people: list[Assignee] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key}"}


@asynccontextmanager
async def opened(url: str, *, people: int = PEOPLE) -> AsyncIterator[Place]:
    """A new place on that database, with `people` members."""
    await migrate(url)
    async with assembled(url, Settings(database_url=url), SystemClock()) as services:
        made = await workspaces.initialise(
            services, email=EMAIL, password=PASSWORD, name="Bench", workspace_name="Bench"
        )
        principal = Principal(
            kind="cookie",
            account_id=made.account.id,
            workspace_id=made.workspace.id,
            member_id=made.member_id,
            scopes=SCOPES,
        )
        source = workflows.Source(text=msgspec.json.encode(DEFINITION), media="json")
        uuid = await workflows.create(services, grant(principal, MEMBER), source, None)
        async with services.database.read() as connection:
            workflow_id = await connection.fetchval("select id from workflows")
        boss = Actor(
            kind="member", id=made.member_id, account_id=made.account.id, member_id=made.member_id, supervises=True
        )
        yield Place(
            services=services,
            workspace_id=made.workspace.id,
            workspace_uuid=str(made.workspace.uuid),
            key=made.api_key,
            workflow_id=workflow_id,
            workflow_uuid=uuid,
            boss=boss,
            people=await _people(services, made.workspace.id, people),
        )


async def _people(services: Services, workspace_id: int, count: int) -> list[Assignee]:
    now = services.clock.now()
    new = [
        NewAccount(uuid=new_uuid(now), email=f"p{number}@casework.test", name=f"P{number}", password_hash=None)
        for number in range(count)
    ]
    async with services.database.write() as connection:
        await accounts.insert_missing(connection, new, at=now)
        rows = await connection.fetch("select id from accounts where email like 'p%' order by id")
        manager = (await roles.find_named(connection, workspace_id, ["Manager"]))["manager"]
        profile = Profile(role_id=manager.id, name="P")
        ids = await members.insert(connection, workspace_id, [(row["id"], profile) for row in rows], at=now)
    return [
        Assignee(account_id=row["id"], member_id=member_id, name="P", actor_roles=frozenset(), in_project=True)
        for row, member_id in zip(rows, ids, strict=True)
    ]
