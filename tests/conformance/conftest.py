"""One server process a worker, seen from outside; workspaces in it are made through `casework init` and the API."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
import pytest

from tests import databases, running
from tests.cli.command import casework
from tests.conformance import scenes
from tests.conformance.client import Caller, Workspace, done
from tests.conformance.scenes import Desk

PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A server, its database's address for `casework init`, and whoever it was initialised for."""

    address: str
    database_url: str
    http: httpx.Client
    owner: Caller

    def workspace(self, name: str = "Support") -> Workspace:
        """A new workspace, whose Manager is the owner, with a key that works in it."""
        made = done(self.owner.post("/api/v2/w", {"name": name}), 201)
        path = f"/api/v2/w/{made['uuid']}"
        key = done(self.owner.post(f"{path}/keys", {"name": "manager"}), 201)["key"]
        person = done(self.owner.get(f"{path}/members/{made['memberId']}"))
        manager = Caller(
            http=self.http,
            headers={"authorization": f"Bearer {key}"},
            email=person["email"],
            account_id=person["accountId"],
            account_uuid=person["accountUuid"],
            member_id=person["id"],
        )
        return Workspace(http=self.http, uuid=made["uuid"], manager=manager)


@pytest.fixture(scope="session")
def site(template: str, worker_id: str) -> Iterator[Site]:
    """The worker's server, for all tests here."""
    database_url = asyncio.run(databases.copy(template, worker_id))
    with running.server(database_url) as address, talking_to(address) as http:
        yield Site(address=address, database_url=database_url, http=http, owner=_initialised(database_url, http))
    asyncio.run(databases.drop(template, database_url))


def talking_to(address: str) -> httpx.Client:
    """A client that keeps no cookies: who calls is said with every request."""
    nowhere = DefaultCookiePolicy(allowed_domains=[])
    return httpx.Client(base_url=address, timeout=60, cookies=CookieJar(policy=nowhere))


def _initialised(database_url: str, http: httpx.Client) -> Caller:
    person = ("--email", "owner@example.com", "--password", PASSWORD)
    made = casework("init", "--database-url", database_url, "--workspace", "First", *person)
    assert made.code == 0, made.err
    token = done(http.post("/token", data={"username": person[1], "password": PASSWORD}))["access_token"]
    return Caller(http=http, headers={}, email=person[1]).bearing(token)


@pytest.fixture(scope="module")
def workspace(site: Site) -> Workspace:
    """A workspace of the module's own."""
    return site.workspace()


@pytest.fixture(scope="module")
def desk(workspace: Workspace) -> Desk:
    """People and workflows in the module's workspace."""
    return scenes.open_desk(workspace)


@pytest.fixture
def fresh(site: Site) -> Desk:
    """People and workflows in a workspace of the test's own, where nothing else happens."""
    return scenes.open_desk(site.workspace())
