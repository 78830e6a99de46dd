"""The endpoint as a protocol: both eras of it, and everything that a message may have wrong."""

import pytest
from mcp_types import CallToolResult, DiscoverResult, InitializeResult, ListToolsResult

from casework.api.mcp.server import TOOLS
from casework.api.mcp.tools import Hints, Tool, catalog
from casework.core.permission import ANYONE
from tests import people
from tests.api.mcp.agent import META, VERSION, Agent
from tests.documents import published


@pytest.fixture
async def agent(client, place):
    return Agent(client=client, who=place.manager)


async def test_a_client_of_the_old_era_shakes_hands_and_is_told_how_to_work(agent):
    for version, spoken in (("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"), ("1999-01-01", "2025-11-25")):
        greeting = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
        answer = await agent.send({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": greeting})
        assert answer.status_code == 200
        assert "mcp-session-id" not in answer.headers
        found = InitializeResult.model_validate(answer.json()["result"])
        assert found.protocol_version == spoken
        assert "take_next" in (found.instructions or "")
    answer = await agent.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (answer.status_code, answer.content) == (202, b"")
    answer = await agent.send({"jsonrpc": "2.0", "id": "p", "method": "ping"}, mcp_protocol_version="2025-06-18")
    assert answer.json() == {"jsonrpc": "2.0", "id": "p", "result": {}}


async def test_a_client_of_the_new_era_discovers_what_is_spoken(agent):
    answer = await agent.ask("server/discover")
    found = DiscoverResult.model_validate(answer.json()["result"])
    assert VERSION in found.supported_versions
    assert found.capabilities.tools is not None


async def test_the_list_of_tools_is_the_same_for_everybody_and_every_tool_is_described(agent, client, services):
    stranger = (await people.place(services, "Elsewhere")).manager
    mine, theirs = [
        (await one.ask("tools/list")).json()["result"] for one in (agent, Agent(client=client, who=stranger))
    ]
    assert mine == theirs
    found = ListToolsResult.model_validate(mine).tools
    assert [tool.name for tool in found] == list(TOOLS)
    for tool in found:
        assert tool.description
        assert tool.annotations is not None
        assert tool.input_schema["type"] == "object"
        assert tool.output_schema is not None
    reading = {tool.name for tool in found if tool.annotations and tool.annotations.read_only_hint}
    assert reading == {
        "list_activities",
        "get_activity",
        "list_workflows",
        "get_workflow",
        "get_run",
        "search_runs",
        "list_messages",
    }
    destroying = {tool.name for tool in found if tool.annotations and tool.annotations.destructive_hint}
    assert destroying == {"report_error", "cancel_run"}


async def test_without_a_credential_it_is_401_and_says_how_to_send_one(client):
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    for headers in ({}, {"authorization": "Bearer cw_nope_nope"}):
        answer = await client.post("/mcp", json=body, headers={"host": "localhost", **headers})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["error"]["code"] == -32000


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 403),
        ({"host": "localhost.evil.example"}, 403),
        ({"host": "localhost:8080", "origin": "https://evil.example"}, 403),
        ({"host": "localhost:8080", "sec-fetch-site": "cross-site"}, 403),
        ({"host": "localhost:8080", "origin": "http://localhost:8080"}, 200),
        ({"host": "[::1]:8080"}, 200),
        ({"host": "127.0.0.1"}, 200),
    ],
)
async def test_a_page_of_another_site_or_name_gets_nowhere(client, place, headers, status):
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    answer = await client.post("/mcp", json=body, headers={**place.manager.headers, **headers})
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"[]", -32600),
        (b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "result": {}}', -32600),
        (b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": {}, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"a": "\\u0000"}}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": ' + b'{"a":' * 70 + b"1" + b"}" * 71, -32600),
        (b"", -32600),
    ],
)
async def test_what_is_no_message_is_400_with_its_code(client, place, body, code):
    headers = {**place.manager.headers, "host": "localhost", "content-type": "application/json"}
    answer = await client.post("/mcp", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["id"]) == (400, code, None)


async def test_a_body_is_bounded_and_must_be_json(client, place):
    headers = {**place.manager.headers, "host": "localhost"}
    large = await client.post("/mcp", json={"jsonrpc": "2.0", "method": "x" * 1_100_000}, headers=headers)
    assert large.status_code == 413
    assert "1 MiB" in large.json()["error"]["message"]
    other = await client.post("/mcp", content=b"{}", headers={**headers, "content-type": "text/plain"})
    assert other.status_code == 415
    reading = await client.get("/mcp", headers=headers)
    assert (reading.status_code, set(reading.headers["allow"].split(", "))) == (405, {"POST", "OPTIONS"})


@pytest.mark.parametrize(
    ("method", "params", "headers", "expected"),
    [
        ("tools/list", {}, {"mcp_method": "tools/list"}, (400, -32602)),
        ("tools/list", {"_meta": META}, {"mcp_method": "ping"}, (400, -32020)),
        ("tools/list", {"_meta": META}, {}, (400, -32020)),
        ("tools/call", {"_meta": META, "name": "save"}, {"mcp_method": "tools/call", "mcp_name": "x"}, (400, -32020)),
        ("nothing/here", {"_meta": META}, {"mcp_method": "nothing/here"}, (404, -32601)),
        ("initialize", {"_meta": META}, {"mcp_method": "initialize"}, (404, -32601)),
        ("tools/list", {"_meta": META, "cursor": "x"}, {"mcp_method": "tools/list"}, (400, -32602)),
        ("tools/call", {"_meta": META, "name": "x"}, {"mcp_method": "tools/call", "mcp_name": "x"}, (400, -32602)),
    ],
)
async def test_a_request_that_stands_alone_is_held_to_what_it_says_of_itself(agent, method, params, headers, expected):
    body = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
    answer = await agent.send(body, mcp_protocol_version=VERSION, **headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == expected
    assert answer.json()["id"] == 7


async def test_a_version_that_nobody_knows_is_refused_with_those_that_are_spoken(agent):
    meta = {**META, "io.modelcontextprotocol/protocolVersion": "2031-01-01"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}}
    answer = await agent.send(body, mcp_protocol_version="2031-01-01", mcp_method="tools/list")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32022)
    assert answer.json()["error"]["data"] == {"supported": [VERSION], "requested": "2031-01-01"}


async def test_in_the_old_era_an_error_is_a_message_like_any_other(agent):
    answer = await agent.send({"jsonrpc": "2.0", "id": 1, "method": "resources/list"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, -32601)


async def test_a_result_is_one_that_the_protocol_knows_and_is_told_in_words_too(agent, client, place):
    await published(client, place)
    found = CallToolResult.model_validate(await agent.result("list_workflows"))
    assert next(block.text for block in found.content if block.type == "text") == "1 workflow."
    refused = CallToolResult.model_validate(await agent.result("get_workflow", workflow="nowhere"))
    assert refused.is_error
    assert refused.structured_content is None


async def test_arguments_that_do_not_fit_are_told_all_at_once(agent):
    status, text = await agent.refusal("save", activity_id="x", data=[], extra=1)
    assert status == 400
    assert [place in text for place in ("activity_id: ", "data: ", "extra: ")] == [True, True, True]
    assert (await agent.refusal("list_activities", limit=51))[0] == 400
    assert (await agent.refusal("list_activities", offset=10_001))[0] == 400


def test_a_tool_without_a_policy_stops_the_start():
    known = TOOLS["get_run"]
    for policy in (None, ANYONE):
        silent = Tool(
            name="silent",
            title="",
            description="",
            policy=policy,
            sent=known.sent,
            answer=known.answer,
            hints=Hints(),
            run=known.run,
        )
        with pytest.raises(RuntimeError, match="silent"):
            catalog([known, silent])
    with pytest.raises(RuntimeError, match="get_run"):
        catalog([known, known])
