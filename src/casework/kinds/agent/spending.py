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
from casework.store.spending import Spending


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
        """What of the run's, the person's or the workspace's budget is spent, in a sentence; None where none is."""
        own = RunBudget() if work.budget is None else msgspec.convert(work.budget, RunBudget)
        since = month_of(self._clock.now())
        async with self._database.read() as connection:
            if own != RunBudget():
                name = _exceeded(own, await spending.spent_by_run(connection, work.workspace_id, work.run_id))
                if name is not None:
                    return f"The run has spent all its {name}."
            month = await spending.budget(connection, work.workspace_id)
            person = RunBudget(tokens=month.person_tokens, cost=month.person_cost)
            if person != RunBudget() and work.started_by:
                spent = await spending.spent_by_person(connection, work.workspace_id, work.started_by[0], since)
                name = _exceeded(person, spent)
                if name is not None:
                    return f"Whoever started the run has spent all their {name} of this month."
            whole = RunBudget(tokens=month.tokens, cost=month.cost)
            if whole != RunBudget():
                name = _exceeded(whole, await spending.spent_since(connection, work.workspace_id, since))
                if name is not None:
                    return f"The workspace has spent all its {name} of this month."
        return None


def _exceeded(limits: RunBudget, spent: Spending) -> str | None:
    for name, limit in msgspec.structs.asdict(limits).items():
        if limit is not None and getattr(spent, name) >= limit:
            return name
    return None
