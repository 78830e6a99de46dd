"""What models cost: the workspace's own prices, and its budget for a month."""

from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from casework.api import once
from casework.api.bodies import read
from casework.api.render import Instant, instant, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, put
from casework.core.claim import Claim
from casework.core.permission import Grant, scope
from casework.operations import spending
from casework.operations.services import Services
from casework.operations.spending import ModelBudget, ModelPrice, Month

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Money = Annotated[float, Meta(ge=0, le=1_000_000)]
Limit = Annotated[float, Meta(gt=0, le=1_000_000_000)]
Tokens = Annotated[int, Meta(ge=1, le=2**53 - 1)]


class PriceBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Of a million tokens. provider: openai, anthropic, google, or the host (and port) of an endpoint."""

    provider: Name
    model: Name
    input: Money
    output: Money


class PricesBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Every price that the workspace has set; other models of known vendors have those of the vendor's list."""

    prices: Annotated[list[PriceBody], Meta(max_length=spending.PRICES_MAX)]


class BudgetRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What may be spent in a month of UTC; null is as much as they like. person*: by runs that one person started."""

    monthly_tokens: Tokens | None = None
    monthly_cost: Limit | None = None
    person_monthly_tokens: Tokens | None = None
    person_monthly_cost: Limit | None = None


class BudgetResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What may be spent in the month that began at `since`, and what was. person*: as it was set."""

    monthly_tokens: int | None
    monthly_cost: float | None
    person_monthly_tokens: int | None
    person_monthly_cost: float | None
    since: Instant
    spent_tokens: int
    spent_cost: float


_PRICES = PricesBody(prices=[PriceBody(provider="openai", model="gpt-4.1-mini", input=0.4, output=1.6)])
_PRICES_SENT = {"prices": [{"provider": "openai", "model": "gpt-4.1-mini", "input": 0.4, "output": 1.6}]}
_BUDGET = BudgetResponse(
    monthly_tokens=5_000_000,
    monthly_cost=20.0,
    person_monthly_tokens=500_000,
    person_monthly_cost=2.0,
    since="2024-02-01T00:00:00.000Z",
    spent_tokens=120_000,
    spent_cost=0.25,
)


@get(
    "/model-prices",
    scope("workspace:read"),
    Operation(summary="List the prices of models", answer=PricesBody, answer_example=_PRICES),
)
async def list_prices(services: Services, grant: Grant) -> HttpResponse:
    """Those that the workspace has set, by provider and model."""
    return json_response(_shown(await spending.prices(services, grant)))


@put(
    "/model-prices",
    scope("workspace:write"),
    Operation(
        summary="Set the prices of models",
        body=PricesBody,
        body_example=_PRICES_SENT,
        answer=PricesBody,
        answer_example=_PRICES,
    ),
)
async def set_prices(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """All of them at once; requests that were made keep what they cost."""
    body = await read(request, PricesBody)
    wanted = [
        ModelPrice(provider=one.provider, model_id=one.model, input=_exact(one.input), output=_exact(one.output))
        for one in body.prices
    ]

    async def act(claim: Claim | None) -> int:
        return await spending.set_prices(services, grant, wanted, claim=claim)

    async def show(_reference: int) -> HttpResponse:
        return json_response(_shown(await spending.prices(services, grant)))

    return await once.answer(request, services, grant, act, show)


@get(
    "/model-budget",
    scope("workspace:read"),
    Operation(summary="Read the budget for models", answer=BudgetResponse, answer_example=_BUDGET),
)
async def read_budget(services: Services, grant: Grant) -> HttpResponse:
    """What agents may spend this month, and what they have spent."""
    return json_response(_month(await spending.month(services, grant)))


@put(
    "/model-budget",
    scope("workspace:write"),
    Operation(
        summary="Set the budget for models",
        body=BudgetRequest,
        body_example={"monthlyTokens": 5_000_000, "monthlyCost": 20.0, "personMonthlyCost": 2.0},
        answer=BudgetResponse,
        answer_example=_BUDGET,
    ),
)
async def set_budget(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Agents' steps fail before the request that would go beyond it."""
    body = await read(request, BudgetRequest)
    wanted = ModelBudget(
        tokens=body.monthly_tokens,
        cost=_exactly(body.monthly_cost),
        person_tokens=body.person_monthly_tokens,
        person_cost=_exactly(body.person_monthly_cost),
    )

    async def act(claim: Claim | None) -> int:
        return await spending.set_budget(services, grant, wanted, claim=claim)

    async def show(_reference: int) -> HttpResponse:
        return json_response(_month(await spending.month(services, grant)))

    return await once.answer(request, services, grant, act, show)


def _exact(number: float) -> Decimal:
    """The number as it was written, and not as the machine holds it; to the last place that is kept."""
    return Decimal(str(number)).quantize(Decimal("1e-10"))


def _exactly(number: float | None) -> Decimal | None:
    return None if number is None else _exact(number)


def _roughly(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _shown(prices: list[ModelPrice]) -> PricesBody:
    return PricesBody(
        prices=[
            PriceBody(provider=one.provider, model=one.model_id, input=float(one.input), output=float(one.output))
            for one in prices
        ]
    )


def _month(month: Month) -> BudgetResponse:
    budget = month.budget
    return BudgetResponse(
        monthly_tokens=budget.tokens,
        monthly_cost=_roughly(budget.cost),
        person_monthly_tokens=budget.person_tokens,
        person_monthly_cost=_roughly(budget.person_cost),
        since=str(instant(month.since)),
        spent_tokens=month.spent.tokens,
        spent_cost=float(month.spent.cost),
    )


handlers = (list_prices, set_prices, read_budget, set_budget)
