"""Who may do what with what by tools: every tool, every caller, every thing, as the declared policies promise.

It is the matrix of the routes over again: a tool declares a policy as a route does, and is held to it the same way.
"""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from casework.api.mcp.server import TOOLS
from casework.api.routes import Operation
from tests.security.asking import Asked, Desk, calls
from tests.security.conftest import Stage
from tests.security.declared import Route
from tests.security.expectation import OK, Call, expected
from tests.security.judging import problems_of
from tests.security.recipes_tools import RECIPES, ToolRecipe
from tests.security.wire import Answer

CASES_MIN = 550
"""Calls that the matrix makes; fewer mean that a recipe or a caller was lost."""


@dataclass(slots=True, kw_only=True)
class ToolDesk(Desk):
    """Asks a tool in one way; the status of an answer is that of the refusal in it, where there is one."""

    tool: ToolRecipe

    def expected(self, call: Call) -> int:
        status = expected(self.recipe.policy or self.route.policy, call, self.recipe, self.tool.surface)
        return 200 if status == OK else status

    async def ask(self, call: Call, *, is_spent: bool = False) -> Asked:
        found = await Desk.ask(self, call, is_spent=is_spent)
        return Asked(call=call, target=self.route.path, answer=_told(found.answer), bare=found.bare)


def _told(answer: Answer) -> Answer:
    refused = answer.json.get("result", {}).get("_meta", {}) if answer.status == 200 else {}
    return Answer(status=refused.get("casework/status", answer.status), headers=answer.headers, body=answer.body)


def route_of(name: str) -> Route:
    """A tool as the matrix asks routes."""
    return Route(method="POST", path="/mcp", policy=TOOLS[name].policy, operation=Operation(summary=name))


def desk_of(stage: Stage, name: str, tool: ToolRecipe) -> ToolDesk:
    """Where a tool is asked in that way."""

    def body(_example: Any, ids: Any, _world: Any) -> Any:
        arguments = {argument: ids[id_name] for argument, id_name in tool.ids.items()} | dict(tool.rest)
        return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}

    recipe = replace(tool.asks, body=body)
    return ToolDesk(world=stage.world, route=route_of(name), recipe=recipe, former=stage.former, tool=tool)


def test_every_tool_has_a_recipe_and_every_recipe_a_tool():
    assert sorted(RECIPES) == sorted(TOOLS)


async def test_there_are_as_many_cases_as_the_bar_asks(stage: Stage):
    asked = [
        call
        for name, recipes in RECIPES.items()
        for tool in recipes
        for call in calls(route_of(name), tool.asks, stage.world.cast)
    ]
    assert len(asked) >= CASES_MIN


@pytest.mark.parametrize("name", TOOLS)
async def test_a_tool_does_what_its_policy_promises(stage: Stage, name: str):
    asked: list[Asked] = []
    problems: list[str] = []
    for tool in RECIPES[name]:
        found, wrong = await problems_of(desk_of(stage, name, tool))
        problems += wrong
        asked += found
    assert problems == []
    assert any(one.answer.status == 200 for one in asked), "nobody got through"
    assert any(one.answer.status >= 400 for one in asked), "nobody was refused"
