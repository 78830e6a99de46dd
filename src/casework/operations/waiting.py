"""Waiting for the end of a run: the one place where an answer takes as long as the work does."""

import asyncio
from typing import Final

import msgspec

from casework.core.errors import NotFound
from casework.core.permission import Grant
from casework.operations.services import Services
from casework.store import analytics, outcomes
from casework.store.outcomes import Outcome

__all__ = ["Outcome", "Patience", "Tokens", "tokens", "wait_for_end"]

_LOOK_SECONDS: Final = 0.25
"""How often a run is looked at: people do not notice a quarter of a second, and the database not four reads in one."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait, and whether also for people, who may take days."""

    seconds: float
    for_people: bool = False

    def is_over(self, outcome: Outcome) -> bool:
        """Whether there is nothing left to wait for, however much time is."""
        return not outcome.is_open or (outcome.waits_for_people and not self.for_people)


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What the models that a run asked have read and written, in tokens."""

    read: int = 0
    written: int = 0


async def wait_for_end(services: Services, grant: Grant, run_id: int, patience: Patience) -> Outcome:
    """How a run stands once it has ended, waits for people, or the patience is over: whatever comes first.

    For whoever the run was shown to already, or who started it.

    Raises:
        NotFound: the workspace has no such run.

    """
    time = asyncio.get_running_loop().time
    deadline = time() + patience.seconds
    while True:
        found = await _look(services, grant, run_id)
        left = deadline - time()
        if patience.is_over(found) or left <= 0:
            return found
        await asyncio.sleep(min(_LOOK_SECONDS, left))


async def tokens(services: Services, grant: Grant, run_id: int) -> Tokens:
    """What the run has asked of models until now."""
    async with services.database.read() as connection:
        used = await analytics.usage(connection, grant, [run_id])
    return Tokens(read=sum(one.input_tokens for one in used), written=sum(one.output_tokens for one in used))


async def _look(services: Services, grant: Grant, run_id: int) -> Outcome:
    async with services.database.read() as connection:
        found = await outcomes.read(connection, grant, run_id)
    if found is None:
        raise NotFound("There is no such run.")
    return found
