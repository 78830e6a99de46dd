"""How much workers may perform at once in a workspace, and how many steps may begin in a stretch of time."""

from casework.core.claim import Claim
from casework.core.definition import Limits
from casework.core.permission import Grant
from casework.operations import once
from casework.operations.services import Services
from casework.store import audit, limits, workspaces

__all__ = ["Limits", "read", "replace"]


async def read(services: Services, grant: Grant) -> Limits:
    """What holds for all steps that workers perform in the workspace; None is any number."""
    async with services.database.read() as connection:
        return await limits.of_workspace(connection, grant)


async def replace(services: Services, grant: Grant, wanted: Limits, claim: Claim | None) -> None:
    """Set it. What is under way goes on, even where it is more; what waits and may begin now does so at once."""
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await workspaces.lock(connection, grant.workspace_id)
        await limits.replace_of_workspace(connection, grant, wanted)
        facts = {"concurrency": wanted.concurrency, "rate": wanted.rate}
        await audit.record(connection, grant.workspace_id, grant.actor(), "limits.changed", [facts], now)
        await once.finish(connection, claim, grant.workspace_id)
