"""The examples of the pages for other clients, run as they stand against a server of their own."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from casework.api.mcp.server import TOOLS
from casework.clock import SystemClock
from casework.core.permission import Policy
from casework.settings import Settings
from casework.wiring import assembled
from tests import people
from tests.cli.command import environment
from tests.documents import document, task

DOCS = Path(__file__).parents[2] / "docs"
SECONDS_MAX = 120

FORM = {"type": "object", "required": ["approved"], "properties": {"approved": {"type": "boolean"}}}
WORKFLOWS = {
    "mcp.md": ("Office", document("leave", [task("decide", prompt="May they go?", form=FORM)])),
    "openai-compatible.md": ("Hotel", document("concierge", [task("book")])),
}


def code_of(page, language):
    """The blocks of a page in that language."""
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)


def asks_for(policy: Policy) -> str:
    """A policy as the page words it."""
    if policy.own_or is not None:
        return f"own, or `{policy.own_or}`"
    if policy.project == "workflows:read":
        return f"the project, or `{policy.project}`"
    if policy.project is not None:
        return f"the project{' and own' if policy.project.endswith('write') else ''}, or `{policy.project}`"
    return "`use` on the workflow" if policy.workflow else "a member"


async def place_of(database_url, name):
    """The path of a new workspace, and its Manager's token."""
    async with assembled(database_url, Settings(database_url=database_url), SystemClock()) as services:
        place = await people.place(services, name)
        return place.path, place.manager.token


@pytest.mark.parametrize("page", WORKFLOWS)
def test_the_example_of_a_page_prints_what_the_page_says(page, server, server_database):
    name, workflow = WORKFLOWS[page]
    path, token = asyncio.run(place_of(server_database, name))
    with httpx.Client(base_url=server, headers={"authorization": f"Bearer {token}"}) as client:
        made = client.post(f"{path}/workflows", json=workflow)
        assert made.status_code == 201, made.text
    (program,), (printed,) = code_of(page, "python"), code_of(page, "text")
    run = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(CASEWORK_URL=server, CASEWORK_KEY=token),
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    numbered = [re.sub(r"\b(run|Run) \d+", r"\1 1", text) for text in (run.stdout, printed)]
    assert numbered[0] == numbered[1]


def test_the_table_of_tools_says_what_they_declare():
    rows = [f"| `{tool.name}` | {tool.title} | {asks_for(tool.policy)} |" for tool in TOOLS.values()]
    assert "\n".join(rows) in (DOCS / "mcp.md").read_text()
