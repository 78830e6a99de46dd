"""What models cost a workspace: its prices, and what it may spend in a month."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from casework.core.claim import Claim
from casework.core.days import month_of
from casework.core.errors import Invalid, Problem
from casework.core.permission import Grant
from casework.operations import once
from casework.operations.services import Services
from casework.store import audit, spending, workspaces
from casework.store.spending import ModelBudget, ModelPrice, Spending

__all__ = ["ModelBudget", "ModelPrice", "Month", "month", "prices", "set_budget", "set_prices"]

PRICES_MAX: Final = 500
"""Prices of a workspace: they are written by hand."""


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """What may be spent in the month that began at `since`, and what was."""

    since: datetime
    budget: ModelBudget
    spent: Spending


async def prices(services: Services, grant: Grant) -> list[ModelPrice]:
    """The workspace's own prices, by provider and model."""
    async with services.database.read() as connection:
        return await spending.prices(connection, grant.workspace_id)


async def set_prices(services: Services, grant: Grant, new: Sequence[ModelPrice], *, claim: Claim | None) -> int:
    """Put these prices in the place of all that there are; gives how many. Calls that were made keep their cost.

    Raises:
        Invalid: a model has two prices.

    """
    seen: set[tuple[str, str]] = set()
    for i, one in enumerate(new):
        if (one.provider, one.model_id) in seen:
            message = f"{one.provider} {one.model_id} has two prices."
            raise Invalid(message, (Problem(path=f"/prices/{i}", message=message),))
        seen.add((one.provider, one.model_id))
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await workspaces.lock(connection, grant.workspace_id)
        await spending.set_prices(connection, grant.workspace_id, new)
        fact = {"models": [f"{one.provider} {one.model_id}" for one in new]}
        await audit.record(connection, grant.workspace_id, grant.actor(), "model_prices.changed", [fact], now)
        await once.finish(connection, claim, len(new))
    return len(new)


async def month(services: Services, grant: Grant) -> Month:
    """This month's budget and what was spent of it."""
    since = month_of(services.clock.now())
    async with services.database.snapshot() as connection:
        return Month(
            since=since,
            budget=await spending.budget(connection, grant.workspace_id),
            spent=await spending.spent_since(connection, grant.workspace_id, since),
        )


async def set_budget(services: Services, grant: Grant, new: ModelBudget, *, claim: Claim | None) -> int:
    """Let the workspace's agents spend so much in a month; gives the workspace's id."""
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await spending.set_budget(connection, grant.workspace_id, new)
        fact = {
            "tokens": new.tokens,
            "cost": None if new.cost is None else str(new.cost),
            "person_tokens": new.person_tokens,
            "person_cost": None if new.person_cost is None else str(new.person_cost),
        }
        await audit.record(connection, grant.workspace_id, grant.actor(), "model_budget.changed", [fact], now)
        await once.finish(connection, claim, grant.workspace_id)
    return grant.workspace_id
