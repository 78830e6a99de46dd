"""The official client, over real HTTP: both eras of the protocol, a whole case, and credentials that do not hold."""

from contextlib import asynccontextmanager

import httpx2
import pytest
from mcp import MCPError
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from casework.clock import SystemClock
from casework.settings import Settings
from casework.wiring import assembled
from tests import people

DEFINITION = {"casework": 1, "key": "support", "name": "Support", "tasks": [{"key": "reply", "kind": "human"}]}


@pytest.fixture
async def manager(server, server_database):
    """The Manager of a new workspace with a workflow in it."""
    async with assembled(server_database, Settings(database_url=server_database), SystemClock()) as services:
        place = await people.place(services)
        async with httpx2.AsyncClient(base_url=server, headers=place.manager.headers) as http:
            made = await http.post(f"{place.path}/workflows", json=DEFINITION)
            assert made.status_code == 201, made.text
        yield place.manager


@asynccontextmanager
async def connected(server, headers, mode="auto"):
    """The client, connected with those headers."""
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(f"{server}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


@pytest.mark.parametrize(("mode", "version"), [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
async def test_the_official_client_works_a_case_to_its_end(server, manager, mode, version):
    async with connected(server, manager.headers, mode) as agent:
        assert agent.protocol_version == version
        assert "take_next" in (agent.instructions or "")
        assert len((await agent.list_tools()).tools) == 18
        started = await agent.call_tool("start_run", {"workflow": "support", "idempotency_key": "1"})
        again = await agent.call_tool("start_run", {"workflow": "support", "idempotency_key": "1"})
        assert started.structured_content == again.structured_content
        run_id = started.structured_content["run"]["id"]
        taken = (await agent.call_tool("take_next", {})).structured_content["taken"]["activity"]
        assert taken["run_id"] == run_id
        await agent.call_tool("start", {"activity_id": taken["id"]})
        done = await agent.call_tool("complete", {"activity_id": taken["id"], "data": {"text": "Hello."}})
        assert done.structured_content["output"] == {"text": "Hello."}
        run = await agent.call_tool("get_run", {"run_id": run_id})
        assert run.structured_content["run"]["state"] == "completed"
        listed = await agent.call_tool("list_activities", {"state": ["completed"], "run_id": run_id})
        assert len(listed.structured_content["activities"]) == 1
        refused = await agent.call_tool("start", {"activity_id": taken["id"]})
        assert refused.is_error
        assert "it has ended" in refused.content[0].text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_without_a_good_credential_nothing_is_told(server, manager, mode):
    for headers in ({}, {"authorization": "Bearer cw_gone_gone"}):
        with pytest.raises(ExceptionGroup) as raised:
            async with connected(server, headers, mode) as agent:
                await agent.list_tools()
        assert raised.group_contains(MCPError, match="Sign in|not valid")
