"""Tools of MCP servers: what they take stands in the definition, whatever their server says of itself."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from casework.core.work import Done
from tests.kinds.agent.conftest import Model
from tests.kinds.agent.test_tools import heard

pytestmark = pytest.mark.anyio

TAKES = {"type": "object", "properties": {"paid": {"type": "integer"}, "price": {"type": "integer"}}}


@pytest.fixture(scope="module")
def till() -> Iterator[str]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.kinds.agent.mcp_peer"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/mcp"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def counting(url: str, **fields: Any) -> dict[str, Any]:
    about = {"description": "Counts the change.", "url": url, "tool": "change", "arguments": TAKES}
    return {"name": "count", "kind": "mcp", "marks": "read", **about, **fields}


async def test_a_tool_of_a_server_is_called_as_the_definition_describes_it(agent, model: Model, till: str):
    await model.answers({"calls": [["count", {"paid": 20, "price": 12}]]}, {"text": "8."})
    assert await agent(model=model.model, tools=[counting(till)]).attempt() == Done(output={"text": "8."})
    first, second = await model.seen()
    assert first["tools"][0]["function"]["description"] == "Counts the change."
    assert first["tools"][0]["function"]["parameters"]["properties"] == TAKES["properties"]
    assert "8 euros" in heard(second)[0]


async def test_what_a_server_refuses_is_told_to_the_model(agent, model: Model, till: str):
    await model.answers({"calls": [["count", {"paid": 1, "price": 12}]]}, {"text": "No."})
    await agent(model=model.model, tools=[counting(till)]).attempt()
    assert "Too little." in heard((await model.seen())[1])[0]


async def test_a_server_that_is_not_there_is_told_where_nothing_acts(agent, model: Model):
    await model.answers({"calls": [["count", {"paid": 1}]]}, {"text": "No."})
    gone = "http://127.0.0.1:9/mcp"
    assert await agent(model=model.model, tools=[counting(gone)]).attempt() == Done(output={"text": "No."})
    assert '"error"' in heard((await model.seen())[1])[0]


async def test_an_act_of_a_server_that_is_not_there_is_to_be_done_again(agent, model: Model):
    await model.answers({"calls": [["count", {"paid": 1}]]}, {"text": "No."})
    gone = counting("http://127.0.0.1:9/mcp", marks="act", approve=False)
    result = await agent(model=model.model, tools=[gone]).attempt()
    assert (result.code, result.is_final) == ("tool", False)
