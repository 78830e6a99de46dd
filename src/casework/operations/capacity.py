"""How much people may have at once, and whether they are available for more."""

from casework.core.claim import Claim
from casework.core.errors import NotFound
from casework.core.permission import Grant
from casework.operations import once
from casework.operations.services import Services
from casework.store import audit, capacity, workspaces


async def read_default(services: Services, grant: Grant) -> int | None:
    """How many activities a member may have that has no capacity of its own; None is any number."""
    async with services.database.read() as connection:
        return await capacity.default(connection, grant)


async def set_default(services: Services, grant: Grant, wanted: int | None, claim: Claim | None) -> None:
    """Set it; what people have already stays theirs."""
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await workspaces.lock(connection, grant.workspace_id)
        await capacity.set_default(connection, grant, wanted)
        await audit.record(
            connection, grant.workspace_id, grant.actor(), "capacity.changed", [{"capacity": wanted}], now
        )
        await once.finish(connection, claim, grant.workspace_id)
    services.engine.stirred.set()


async def set_available(
    services: Services, grant: Grant, member_id: int, *, is_available: bool, claim: Claim | None
) -> int:
    """Say whether a member is available for what is handed out; gives its id.

    Raises:
        Denied, NotFound: in this order, so that ids tell nothing to who may not know.

    """
    grant.require_own_or(member_id, "members:write")
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await workspaces.lock(connection, grant.workspace_id)
        if not await capacity.set_available(connection, grant, member_id, is_available=is_available, at=now):
            raise NotFound("There is no such member here.")
        facts = {"member_id": member_id, "available": is_available}
        await audit.record(connection, grant.workspace_id, grant.actor(), "member.available", [facts], now)
        await once.finish(connection, claim, member_id)
    services.engine.stirred.set()
    return member_id
