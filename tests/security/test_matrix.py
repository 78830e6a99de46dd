"""Who may do what with what: every route, every caller, every thing, as the declared policies promise.

The promise is worked out from the policy alone (`expectation`), the calls from the routes of the running application;
a route that nobody wrote a recipe for fails here, so that none escapes.
"""

import pytest

from tests.security.asking import Asked, Desk, calls
from tests.security.cast import CANARY
from tests.security.conftest import Stage
from tests.security.declared import ROUTES, Route
from tests.security.judging import problems_of
from tests.security.recipes_others import RECIPES

NAMES = [route.name for route in ROUTES]

CASES_MIN = 4_500
"""Calls that the matrix makes; fewer mean that a recipe or a caller was lost."""


def test_every_route_has_a_recipe_and_every_recipe_a_route():
    assert sorted(RECIPES) == sorted(NAMES)


async def test_there_are_as_many_cases_as_the_bar_asks(stage: Stage):
    asked = [
        call for route in ROUTES for recipe in RECIPES[route.name] for call in calls(route, recipe, stage.world.cast)
    ]
    assert len(asked) >= CASES_MIN


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
async def test_a_route_does_what_its_policy_promises(stage: Stage, route: Route):
    asked: list[Asked] = []
    problems: list[str] = []
    for recipe in RECIPES[route.name]:
        desk = Desk(world=stage.world, route=route, recipe=recipe, former=stage.former)
        found, wrong = await problems_of(desk)
        problems += wrong
        asked += found
    assert problems == []
    assert any(one.answer.status == route.operation.status for one in asked), "nobody got through"
    assert any(one.answer.status >= 400 for one in asked) or route.policy.who == "anyone", "nobody was refused"


async def test_a_member_who_is_added_by_address_brings_no_name_from_elsewhere(stage: Stage):
    world = stage.world
    members = await world.ask("ours", "GET", f"/members/{world.cast.bob.member_id}")
    assert CANARY in members["name"]
    added = await world.ask("theirs", "POST", "/members", {"email": members["email"]})
    assert added["accountId"] == members["accountId"]
    assert added["name"] == members["email"].partition("@")[0]
    # The address itself is known to both now; what the others look for is what nobody gave them.
    await world.ask("theirs", "DELETE", f"/members/{added['id']}")
