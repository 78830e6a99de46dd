"""The audit trail: for whoever holds events:read; of an assignment also for its member."""

from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from casework.core.errors import Denied, NotFound
from casework.core.permission import Grant
from casework.operations.services import Services
from casework.store import events
from casework.store.events import EventRow, Filter

__all__ = ["EventRow", "Filter", "page"]

READ: Final = "events:read"


async def page(
    services: Services, grant: Grant, which: Filter, *, run: int | UUID | None, limit: int
) -> tuple[list[EventRow], tuple[datetime, int] | None]:
    """The newest facts that fit, and the one below which the next page goes on; None where this is the last.

    Raises:
        NotFound: there is no such run.
        Denied: without events:read, unless the run is the caller's own assignment.

    """
    async with services.database.snapshot() as connection:
        if run is None:
            grant.require(READ)
        else:
            owner = await events.run_owner(connection, grant, run)
            if owner is None:
                raise NotFound("There is no such assignment.")
            if not grant.is_own(owner.member_id) and not grant.holds(READ):
                raise Denied(f"This is another member's assignment; it needs the scope {READ}.")
            which = replace(which, run_id=owner.id)
        found = await events.page(connection, grant, which, limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], None if last is None else (last.at, last.id)
