"""The business calendar of a workspace."""

from typing import Final

from casework.core.calendar import Calendar, CalendarError, check
from casework.core.claim import Claim
from casework.core.errors import Invalid, PreconditionFailed, Problem
from casework.core.permission import Grant
from casework.core.pointer import pointer
from casework.operations import once
from casework.operations.services import Services
from casework.store import audit, calendars, workspaces
from casework.store.calendars import Kept

__all__ = ["WEEKDAYS", "Kept", "read", "replace"]

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


async def read(services: Services, grant: Grant) -> Kept:
    """When the workspace works: what it set, else Monday to Friday, 9 to 17 UTC."""
    async with services.database.read() as connection:
        return await calendars.find(connection, grant)


async def replace(
    services: Services, grant: Grant, calendar: Calendar, *, expected_revision: int | None, claim: Claim | None
) -> None:
    """Set when the workspace works. What is due already stays so; what becomes ready later goes by it.

    Raises:
        Invalid: it is no calendar.
        PreconditionFailed: it has another revision than is expected.

    """
    try:
        check(calendar)
    except CalendarError as error:
        path = pointer(_on_the_wire(error.place))
        raise Invalid(f"{path[1:]}: {error.message}", (Problem(path=path, message=error.message),)) from None
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await workspaces.lock(connection, grant.workspace_id)
        kept = await calendars.find(connection, grant)
        if expected_revision not in (None, kept.revision):
            raise PreconditionFailed("The calendar changed since you read it.")
        await calendars.keep(connection, grant, calendar, at=now)
        facts = {"time_zone": calendar.time_zone, "holidays": len(calendar.holidays)}
        await audit.record(connection, grant.workspace_id, grant.actor(), "calendar.changed", [facts], now)
        await once.finish(connection, claim, grant.workspace_id)


def _on_the_wire(place: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The place by the words that the API has for it: a weekday's name for its number."""
    return tuple(WEEKDAYS[part] if i == 1 and isinstance(part, int) else part for i, part in enumerate(place))
