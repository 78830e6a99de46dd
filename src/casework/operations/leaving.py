"""What becomes of a person's work when the person leaves."""

import asyncio
from typing import Final

from casework.core.command import Unassign
from casework.core.errors import Conflict, NotFound
from casework.core.permission import Grant
from casework.engine.order import Order
from casework.operations.services import Services
from casework.store import capacity

PAGE: Final = 200
"""Activities that are given back together: one commit carries so many out, and other work goes between two."""


async def give_back(services: Services, grant: Grant, account_id: int) -> None:
    """Put every activity that a person has in the workspace back for others, in the caller's name.

    What was saved stays with it. One that ends or is handed over at the same instant is left as it is then.

    Raises:
        Unavailable, LimitExceeded: the engine does not take more now; what was given back stays so.

    """
    actor = grant.actor(supervises=True)
    after = 0
    while True:
        async with services.database.read() as connection:
            held = await capacity.held_by(connection, grant, account_id, after=after, limit=PAGE)
        if not held:
            return
        after = held[-1].id
        orders = [
            Order(workspace_id=grant.workspace_id, run_id=one.run_id, command=Unassign(step=one.number), actor=actor)
            for one in held
        ]
        results = await asyncio.gather(*map(services.engine.submit, orders), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, Conflict | NotFound):
                raise result
