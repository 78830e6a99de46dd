"""Budgets: looked at before every request to a model."""

from collections.abc import Awaitable, Callable
from typing import Final

from casework.core.kinds.agent import Budget
from casework.core.work import Work
from casework.kinds.agent.memory import Spent

_NAMES: Final = ("tokens", "cost", "calls", "seconds")

Guard = Callable[[Work], Awaitable[str | None]]
"""Says what of the run's or the workspace's own budget is spent; None where there is something left."""


async def no_guard(_work: Work) -> str | None:
    """Neither the run nor the workspace has a budget."""
    return None


def exceeded(budget: Budget, spent: Spent, grants: int) -> str | None:
    """What of a step's budget is spent, after it was given again `grants` times; None where there is something left."""
    for name in _NAMES:
        limit = getattr(budget, name)
        if limit is not None and getattr(spent, name) >= limit * (1 + grants):
            return name
    return None
