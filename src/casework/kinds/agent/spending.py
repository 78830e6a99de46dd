"""What a workspace pays for models and may spend on them, as it has set it."""

from collections.abc import Mapping

import msgspec

from casework.clock import Clock
from casework.core.days import month_of
from casework.core.kinds.agent import RunBudget
from casework.core.work import Work
from casework.kinds.agent.prices import Price
from casework.store import spending
from casework.store.database import Database
from casework.store.spending import ModelBudget, Spending


class Purse:
    """Looks before every request to a model: others may have spent meanwhile."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def prices(self, workspace_id: int) -> Mapping[tuple[str, str], Price]:
        """A workspace's own prices, by provider and model."""
        async with self._database.read() as connection:
            found = await spending.prices(connection, workspace_id)
        return {(one.provider, one.model_id): Price(input=one.input, output=one.output) for one in found}

    async def guard(self, work: Work) -> str | None:
        """What of the run's or the workspace's budget is spent, in a sentence; None where there is something left."""
        own = None if work.budget is None else msgspec.convert(work.budget, RunBudget)
        async with self._database.read() as connection:
            if own is not None:
                spent = await spending.spent_by_run(connection, work.workspace_id, work.run_id)
                name = _exceeded(own, spent)
                if name is not None:
                    return f"The run has spent all its {name}."
            month = await spending.budget(connection, work.workspace_id)
            if month != ModelBudget():
                since = month_of(self._clock.now())
                name = _exceeded(month, await spending.spent_since(connection, work.workspace_id, since))
                if name is not None:
                    return f"The workspace has spent all its {name} of this month."
        return None


def _exceeded(limits: RunBudget | ModelBudget, spent: Spending) -> str | None:
    for name, limit in msgspec.structs.asdict(limits).items():
        if limit is not None and getattr(spent, name) >= limit:
            return name
    return None
