"""Who may do what with what: every route, every caller, every thing, as the declared policies promise.

The promise is worked out from the policy alone (`expectation`), the calls from the routes of the running application;
a route that nobody wrote a recipe for fails here, so that none escapes.
"""

from collections.abc import Sequence

import pytest

from tests.security.asking import Asked, Desk, calls
from tests.security.cast import CANARY
from tests.security.conftest import Stage
from tests.security.declared import ROUTES, Route
from tests.security.recipes_others import RECIPES
from tests.security.snapshot import changed

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
        found = [*await _refused(desk), *await _let_through(desk)]
        problems += [line for one in found for line in _wrong(desk, one)]
        problems += _told_apart(found)
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


async def _refused(desk: Desk) -> list[Asked]:
    """Every call that is to be refused; together they leave the whole database as it was."""
    wanted = [call for call in calls(desk.route, desk.recipe, desk.world.cast) if desk.expected(call) >= 400]
    for call in wanted:  # what the calls are about is made before the database is looked at
        await desk.prepare(call)
    before = await desk.world.snapshots.take()
    found = [await desk.ask(call) for call in wanted]
    after = await desk.world.snapshots.take()
    assert changed(before, after) == [], f"one of the refused calls changed rows: {[_told(one) for one in found]}"
    return found


async def _let_through(desk: Desk) -> list[Asked]:
    """Every call that is to be carried out, each of something new where it changes it."""
    wanted = [call for call in calls(desk.route, desk.recipe, desk.world.cast) if desk.expected(call) < 400]
    return [await desk.ask(call, is_spent=desk.route.changes) for call in wanted]


def _wrong(desk: Desk, one: Asked) -> list[str]:
    found = []
    if one.answer.status != desk.expected(one.call):
        found.append(f"{_told(one)}, not {desk.expected(one.call)}: {one.answer.body[:200]!r}")
    received = one.answer.body + repr(one.answer.headers).encode()
    is_outside = not one.call.who.proves or one.call.who.home == "theirs"
    if is_outside and CANARY.encode() in received:
        found.append(f"{_told(one)} and tells of the other workspace: {received[:500]!r}")
    return found


def _told_apart(found: Sequence[Asked]) -> list[str]:
    """Pairs of answers that differ, and must not: for another workspace's thing or for none; in it, or in nowhere."""
    by_call = {(one.call.who.name, one.call.side, one.call.state): one for one in found}
    problems = []
    for (name, side, state), one in by_call.items():
        other = by_call.get((name, side, "absent")) if state == "foreign" else None
        if side == "ours" and one.call.who.home == "theirs":
            other = by_call.get((name, "nowhere", state))
        if other is not None and one.bare != other.bare:
            problems.append(f"{_told(one)} is told apart from {_told(other)}: {one.bare} {other.bare}")
    return problems


def _told(one: Asked) -> str:
    return f"{one.call.who.name} for {one.call.state} in {one.call.side} got {one.answer.status} at {one.target}"
