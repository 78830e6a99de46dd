"""What the agents of a process share."""

from collections.abc import Callable, Mapping

import httpx
import msgspec
from pydantic_ai.models import Model

from casework.clock import Clock
from casework.core.work import Work
from casework.kinds.agent.budget import Guard, no_guard
from casework.kinds.agent.calling import FunctionTool, Secrets
from casework.kinds.agent.models import Identity
from casework.kinds.agent.prices import Price, Prices, no_prices

Say = Callable[[Work, str], None]
"""Passes on a piece of what a model is saying; kept nowhere."""


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What agents are performed with.

    transport: what models and tools are called over; it guards which addresses may be. secrets: opens a secret of a
    workspace. functions: those of the installation, by name. prices: a workspace's own. guard: the budgets beyond the
    step's. say: passes on what a model is saying, where somebody may be listening.
    """

    clock: Clock
    transport: httpx.AsyncBaseTransport
    secrets: Secrets
    functions: Mapping[str, FunctionTool] = {}
    prices: Prices = no_prices
    guard: Guard = no_guard
    say: Say | None = None


class Speaker(msgspec.Struct, frozen=True, kw_only=True):
    """A model, whose it is, and what the workspace pays for it."""

    model: Model
    who: Identity
    prices: Mapping[tuple[str, str], Price]
