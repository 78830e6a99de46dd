"""One application and one database a module, with two workspaces full of people and things in them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import pytest

from casework.api.app import create_app
from casework.api.mcp.server import TOOLS
from casework.operations.services import Services
from casework.settings import Settings
from casework.store.database import Connection
from casework.wiring import assembled
from tests import databases, running
from tests.clock import SettableClock
from tests.security import cast
from tests.security.declared import ROUTES
from tests.security.recipes_others import RECIPES
from tests.security.recipes_tools import RECIPES as TOOL_RECIPES
from tests.security.snapshot import Snapshots
from tests.security.things import EMAIL, PASSWORD, Ids, World, of_member
from tests.security.wire import Wire

_IDENTITIES = """
select setval(pg_get_serial_sequence(table_name, column_name), 1000000 * row_number() over (order by table_name))
from information_schema.columns where table_schema = 'public' and is_identity = 'YES'
"""
"""The ids of every table begin elsewhere, so that no id of one kind is by chance one of another kind as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A world, and what the member who was removed had of its own."""

    world: World
    former: dict[str, Ids]


@pytest.fixture(scope="module")
def stage_database(template: str, worker_id: str) -> Iterator[str]:
    """The module's database."""
    url = asyncio.run(databases.copy(template, worker_id))
    yield url
    asyncio.run(databases.drop(template, url))


@pytest.fixture(scope="module")
async def stage_connection(stage_database: str) -> AsyncIterator[Connection]:
    """A connection beside the application's own."""
    connection = await asyncpg.connect(stage_database)
    await connection.execute(_IDENTITIES)
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
async def stage_services(stage_database: str, stage_connection: Connection) -> AsyncIterator[Services]:
    """The module's services; their clock stands still, so that no credential's use is noted in between."""
    settings = Settings(
        database_url=stage_database, pool_size=4, secret_key=running.SECRET_KEY, mcp_hosts="casework.test"
    )
    async with assembled(stage_database, settings, SettableClock()) as parts:
        yield parts


@pytest.fixture(scope="module")
async def wire(stage_services: Services) -> AsyncIterator[Wire]:
    """A way to the module's application."""

    @asynccontextmanager
    async def lent() -> AsyncIterator[Services]:
        yield stage_services

    app = create_app(lent)
    async with app.lifespan():
        yield Wire(app)


@pytest.fixture(scope="module")
async def stage(wire: Wire, stage_services: Services, stage_connection: Connection) -> Stage:
    """Two workspaces, with everybody whom the matrix needs in them."""
    people = await cast.assemble(stage_services, _scopes())
    snapshots = await Snapshots.of(stage_connection)
    world = World(wire=wire, cast=people, snapshots=snapshots, workflows={})
    for side in people.places:
        world.workflows[side] = await world.make("workflow", side, world.head(side))
    former = {
        "case": await world.make("case", "ours", people.former),
        "chat": await world.make("chat", "ours", people.former),
        "member": of_member(people.former),
    }
    await world.send(
        "POST", "/api/auth/sign-up/email", people.unproven[0], {"email": EMAIL, "password": PASSWORD, "name": "Eve"}
    )
    await cast.dismiss(stage_services, people)
    for who in (
        people.reader,
        people.organization,
        people.their_key,
    ):  # the first use of a key is noted, and should be over
        await world.send("GET", "/api/v3/iam/accounts/me", who)
    return Stage(world=world, former=former)


def _scopes() -> set[str]:
    policies = [route.policy for route in ROUTES]
    policies += [recipe.policy for recipes in RECIPES.values() for recipe in recipes if recipe.policy is not None]
    policies += [tool.policy for tool in TOOLS.values()]
    policies += [one.asks.policy for found in TOOL_RECIPES.values() for one in found if one.asks.policy is not None]
    return {name for policy in policies for name in (policy.scope, policy.own_or, policy.project) if name is not None}
