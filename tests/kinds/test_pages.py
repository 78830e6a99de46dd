"""The example on the page of every kind does what the page says."""

import re
from pathlib import Path

import msgspec
import pytest
import yaml

from casework.clock import SystemClock
from casework.core.definition import KINDS
from casework.core.permission import MEMBER, SCOPES, Grant, Principal, grant
from casework.engine.worker import Terms, Worker
from casework.functions import Registry, registry
from casework.kinds.function.calculator import Calculators
from casework.operations import secrets
from casework.performing import PERFORMED, performers_of
from casework.settings import Settings
from tests.engine.conftest import publish
from tests.engine.test_worker import ended
from tests.running import SECRET_KEY

PAGES = Path(__file__).parents[2] / "docs" / "kinds"
_BLOCK = re.compile(r"^```([^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(name: str) -> dict[str, str]:
    return dict(_BLOCK.findall((PAGES / f"{name}.md").read_text()))


@pytest.fixture
def clock():
    return SystemClock()


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, pool_size=8, secret_key=SECRET_KEY, egress_allow="127.0.0.1")


def manager(workshop) -> Grant:
    who = workshop.place.manager
    principal = Principal(
        kind="cookie",
        account_id=who.account_id,
        workspace_id=workshop.place.id,
        member_id=who.member_id,
        scopes=SCOPES,
    )
    return grant(principal, MEMBER)


async def performed(workshop, page: dict[str, str], functions: Registry, *replaced: tuple[str, str]) -> object:
    """The output of a run of the page's example."""
    text = page["yaml"]
    for old, new in replaced:
        text = text.replace(old, new)
    workflow_id = await publish(workshop.services, workshop.place, yaml.safe_load(text))
    worker = Worker(
        workshop.services.database,
        workshop.services.engine,
        SystemClock(),
        performers_of(workshop.services, functions, PERFORMED, workshop.services.caller.transport()),
        Terms(name="docs"),
    )
    await worker.start()
    try:
        run = await workshop.create(workflow_id=workflow_id, input=msgspec.json.decode(page["json input"]))
        assert await ended(workshop, run.id) == "completed"
    finally:
        await worker.stop()
    return await workshop.value("select output from runs where id = $1", run.id)


def test_every_kind_that_is_built_has_its_page():
    pages = {path.stem for path in PAGES.glob("*.md")}
    assert pages == set(KINDS)


@pytest.mark.parametrize("name", ["decision", "set"])
async def test_what_is_done_at_once_gives_what_its_page_says(workshop, name):
    page = blocks(name)
    assert await performed(workshop, page, Registry()) == msgspec.json.decode(page["json output"])


async def test_the_function_of_the_page_is_called(workshop):
    page = blocks("function")
    exec(compile(page["python"], "function.md", "exec"), {"__name__": "function_page"})
    assert await performed(workshop, page, registry) == msgspec.json.decode(page["json output"])


async def test_the_pure_function_of_the_page_is_called_where_the_run_is_made(workshop):
    exec(compile(blocks("function")["python pure"], "function.md", "exec"), {"__name__": "pure_page"})
    workshop.services.engine.calculate_by(Calculators(registry))
    task = {"key": "price", "kind": "function", "function": "net", "arguments": {"gross": "=input.gross"}}
    workflow_id = await publish(workshop.services, workshop.place, {"casework": 1, "key": "net", "tasks": [task]})
    run = await workshop.create(workflow_id=workflow_id, input={"gross": 12})
    assert (run.state, run.output) == ("completed", 10.0)


async def test_the_request_of_the_page_is_sent_and_answered(workshop, peer):
    page = blocks("http")
    await secrets.create(workshop.services, manager(workshop), "CARRIER_TOKEN", "a-token", claim=None)
    found = await performed(workshop, page, Registry(), ("https://carrier.example", peer.url("")))
    assert found == msgspec.json.decode(page["json output"])
    heard = peer.next()
    assert msgspec.json.decode(heard["body"]) == msgspec.json.decode(page["json sent"])
    assert heard["headers"]["authorization"] == "Bearer a-token"
    assert "a-token" not in str(await workshop.rows("select data, output from steps"))
