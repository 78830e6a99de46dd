"""Prices of models and the budget of a month: set by who may, and what counts from then on."""

import pytest

NO_BUDGET = {
    "monthlyTokens": None,
    "monthlyCost": None,
    "personMonthlyTokens": None,
    "personMonthlyCost": None,
    "spentTokens": 0,
    "spentCost": 0.0,
}
PRICE = {"provider": "openai", "model": "small", "input": 0.4, "output": 1.6}


@pytest.fixture
def at(client, place):
    """Calls as the Manager of `place`, unless somebody else is named."""

    async def call(method, path, *, who=place.manager, headers=None, **more):
        return await client.request(method, f"{place.path}/{path}", headers=who.headers | (headers or {}), **more)

    return call


async def test_prices_are_replaced_as_a_whole(at):
    assert (await at("GET", "model-prices")).json() == {"prices": []}
    other = {**PRICE, "provider": "localhost:8000"}
    answer = await at("PUT", "model-prices", json={"prices": [PRICE, other]})
    assert answer.status_code == 200
    assert (await at("GET", "model-prices")).json() == answer.json() == {"prices": [other, PRICE]}
    await at("PUT", "model-prices", json={"prices": [PRICE]})
    assert (await at("GET", "model-prices")).json() == {"prices": [PRICE]}


async def test_a_model_with_two_prices_is_refused_and_changes_nothing(at):
    answer = await at("PUT", "model-prices", json={"prices": [PRICE, {**PRICE, "input": 1}]})
    assert answer.status_code == 400
    assert "has two prices" in answer.text
    assert (await at("GET", "model-prices")).json() == {"prices": []}


async def test_a_budget_is_set_and_taken_away(at):
    empty = (await at("GET", "model-budget")).json()
    assert empty.pop("since").endswith("-01T00:00:00.000Z")
    assert empty == NO_BUDGET
    answer = await at("PUT", "model-budget", json={"monthlyTokens": 5, "monthlyCost": 0.5})
    assert answer.json() | {"since": ""} == NO_BUDGET | {"monthlyTokens": 5, "monthlyCost": 0.5, "since": ""}
    own = {"personMonthlyTokens": 7, "personMonthlyCost": 0.25}
    answer = await at("PUT", "model-budget", json=own)
    assert answer.json() | {"since": ""} == NO_BUDGET | own | {"since": ""}
    await at("PUT", "model-budget", json={})
    assert (await at("GET", "model-budget")).json() | {"since": ""} == NO_BUDGET | {"since": ""}


@pytest.mark.parametrize("body", [{"monthlyTokens": 0}, {"monthlyCost": -1}, {"personMonthlyTokens": 0}, {"tokens": 5}])
async def test_a_budget_that_is_none_is_refused(at, body):
    assert (await at("PUT", "model-budget", json=body)).status_code == 400


async def test_who_may_not_change_the_workspace_changes_no_money(at, place):
    someone = await place.member()
    assert (await at("PUT", "model-prices", who=someone, json={"prices": []})).status_code == 403
    assert (await at("PUT", "model-budget", who=someone, json={})).status_code == 403


async def test_what_was_changed_is_told(at):
    await at("PUT", "model-prices", json={"prices": [PRICE]}, headers={"idempotency-key": "once"})
    await at("PUT", "model-prices", json={"prices": [PRICE]}, headers={"idempotency-key": "once"})
    await at("PUT", "model-budget", json={"monthlyCost": 2})
    events = (await at("GET", "events")).json()["items"]
    assert [(one["type"], one["data"]) for one in events[:2]] == [
        ("model_budget.changed", {"tokens": None, "cost": "2.0000000000", "person_tokens": None, "person_cost": None}),
        ("model_prices.changed", {"models": ["openai small"]}),
    ]
