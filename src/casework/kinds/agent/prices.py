"""What a request to a model costs.

The workspace's own prices count first. Without one, a vendor's model has the price that the library of prices knows
(`genai-prices`, whose data are those of its release: nothing is fetched), and every other model costs nothing.
"""

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Final

import msgspec
from pydantic_ai.usage import RequestUsage

from casework.kinds.agent.models import Identity

_PER: Final = Decimal(1_000_000)


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """Of a million tokens, in the workspace's currency."""

    input: Decimal
    output: Decimal


Prices = Callable[[int], Awaitable[Mapping[tuple[str, str], Price]]]
"""A workspace's own prices, by provider and model."""


async def no_prices(_workspace_id: int) -> Mapping[tuple[str, str], Price]:
    """A workspace that has set none."""
    return {}


def cost_of(usage: RequestUsage, who: Identity, own: Mapping[tuple[str, str], Price]) -> Decimal:
    """What a request cost."""
    price = own.get((who.provider, who.name))
    if price is not None:
        return (price.input * usage.input_tokens + price.output * usage.output_tokens) / _PER
    return usage.cost or Decimal(0) if who.is_vendors else Decimal(0)
