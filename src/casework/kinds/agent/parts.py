"""What the agents of a process share."""

from collections.abc import Callable, Mapping
from typing import Protocol

import httpx
import msgspec
from pydantic_ai.models import Model

from casework.clock import Clock
from casework.core.definition import Json
from casework.core.work import Work
from casework.kinds.agent.budget import Guard, no_guard
from casework.kinds.agent.calling import FunctionTool, Secrets
from casework.kinds.agent.models import Identity
from casework.kinds.agent.prices import Price, Prices, no_prices

Say = Callable[[Work, str], None]
"""Passes on a piece of what a model is saying; kept nowhere."""


class Chronicle(Protocol):
    """Tells whoever is in a run's chat which tools are called; what was told before is not told again."""

    async def called(self, work: Work, call_id: str, tool: str, arguments: Json, words: str) -> None:
        """That a call is wanted. words: what the model said with it."""

    async def answered(self, work: Work, call_id: str, content: Json) -> None:
        """What came of it."""


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What agents are performed with.

    transport: what models and tools are called over; it guards which addresses may be. secrets: opens a secret of a
    workspace. functions: those of the installation, by name. prices: a workspace's own. guard: the budgets beyond the
    step's. say: passes on what a model is saying, where somebody may be listening. chronicle: tells of calls there.
    """

    clock: Clock
    transport: httpx.AsyncBaseTransport
    secrets: Secrets
    functions: Mapping[str, FunctionTool] = {}
    prices: Prices = no_prices
    guard: Guard = no_guard
    say: Say | None = None
    chronicle: Chronicle | None = None


class Speaker(msgspec.Struct, frozen=True, kw_only=True):
    """A model, whose it is, and what the workspace pays for it."""

    model: Model
    who: Identity
    prices: Mapping[tuple[str, str], Price]
