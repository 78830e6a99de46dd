"""What models cost: the prices and budgets that workspaces set, and what was spent."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from casework.store.database import Connection


class ModelPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What a workspace pays for a million tokens of a model."""

    provider: str
    model_id: str
    input: Decimal
    output: Decimal


class ModelBudget(msgspec.Struct, frozen=True, kw_only=True):
    """What a workspace may spend in a month, and the runs that one person started; None is as much as they like."""

    tokens: int | None = None
    cost: Decimal | None = None
    person_tokens: int | None = None
    person_cost: Decimal | None = None


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    """What was spent."""

    tokens: int
    cost: Decimal
    calls: int


_SPENT: Final = """
select coalesce(sum(input_tokens + output_tokens), 0)::bigint as tokens, coalesce(sum(cost), 0) as cost,
       count(*) as calls
from model_calls where workspace_id = $1
"""
_SPENT_SINCE: Final = _SPENT + " and created_at >= $2"
_SPENT_BY_PERSON: Final = _SPENT + " and account_id = $2 and created_at >= $3"
_SPENT_BY_RUN: Final = _SPENT + " and run_id = $2"


async def prices(connection: Connection, workspace_id: int) -> list[ModelPrice]:
    """The prices that a workspace has set."""
    rows = await connection.fetch(
        """
        select provider, model_id, input, output from model_prices where workspace_id = $1
        order by provider, model_id
        """,
        workspace_id,
    )
    return [ModelPrice(**row) for row in rows]


async def set_prices(connection: Connection, workspace_id: int, new: Sequence[ModelPrice]) -> None:
    """Put these prices in the place of all that a workspace has."""
    await connection.execute("delete from model_prices where workspace_id = $1", workspace_id)
    await connection.execute(
        """
        insert into model_prices (workspace_id, provider, model_id, input, output)
        select $1, * from unnest($2::text[], $3::text[], $4::numeric[], $5::numeric[])
        """,
        workspace_id,
        [one.provider for one in new],
        [one.model_id for one in new],
        [one.input for one in new],
        [one.output for one in new],
    )


async def budget(connection: Connection, workspace_id: int) -> ModelBudget:
    """What a workspace may spend in a month."""
    row = await connection.fetchrow(
        "select tokens, cost, person_tokens, person_cost from model_budgets where workspace_id = $1", workspace_id
    )
    return ModelBudget() if row is None else ModelBudget(**row)


async def set_budget(connection: Connection, workspace_id: int, new: ModelBudget) -> None:
    """Let a workspace spend so much in a month."""
    await connection.execute(
        """
        insert into model_budgets (workspace_id, tokens, cost, person_tokens, person_cost) values ($1, $2, $3, $4, $5)
        on conflict (workspace_id) do update
        set tokens = excluded.tokens, cost = excluded.cost,
            person_tokens = excluded.person_tokens, person_cost = excluded.person_cost
        """,
        workspace_id,
        new.tokens,
        new.cost,
        new.person_tokens,
        new.person_cost,
    )


async def spent_since(connection: Connection, workspace_id: int, since: datetime) -> Spending:
    """What a workspace has spent since then."""
    row = await connection.fetchrow(_SPENT_SINCE, workspace_id, since)
    return Spending(**row)


async def spent_by_person(connection: Connection, workspace_id: int, account_id: int, since: datetime) -> Spending:
    """What the runs that a person started have spent since then."""
    row = await connection.fetchrow(_SPENT_BY_PERSON, workspace_id, account_id, since)
    return Spending(**row)


async def spent_by_run(connection: Connection, workspace_id: int, run_id: int) -> Spending:
    """What a run has spent."""
    row = await connection.fetchrow(_SPENT_BY_RUN, workspace_id, run_id)
    return Spending(**row)
