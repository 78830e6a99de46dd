"""Incidents: seen with activities:read, resolved with activities:write."""

from typing import Any, Literal

from casework.core.claim import Claim
from casework.core.command import ResolveIncident
from casework.core.definition import Json
from casework.core.errors import Invalid, NotFound
from casework.core.permission import Grant
from casework.engine.order import Order
from casework.operations.assignment_changes import told
from casework.operations.sensitive import reading
from casework.operations.services import Services
from casework.store import incidents
from casework.store.incidents import Incident, Sought

__all__ = ["Incident", "Sought", "page", "read", "resolve"]

How = Literal["retry", "output", "skip", "fail"]

_ABSENT = "There is no such incident."


async def page(
    services: Services, grant: Grant, sought: Sought, *, limit: int, offset: int
) -> tuple[list[Incident], int]:
    """A page of the open incidents, newest first, and how many there are."""
    async with reading(services, grant) as reader:
        found, total = await incidents.page(reader.connection, grant, sought, limit=limit, offset=offset)
        return await reader.steps(found, _place), total


async def read(services: Services, grant: Grant, incident_id: int) -> Incident:
    """An open incident; NotFound where there is none, or none any more."""
    async with reading(services, grant) as reader:
        found = await incidents.find(reader.connection, grant, incident_id)
        if found is None:
            raise NotFound(_ABSENT)
        return (await reader.steps([found], _place))[0]


async def resolve(
    services: Services, grant: Grant, incident_id: int, how: How, *, output: Json = None, claim: Claim | None
) -> dict[str, Any]:
    """End an incident; gives the reference {"id": its id, "run_id": the run's}.

    Raises:
        NotFound: there never was such an incident.
        Conflict: it was resolved before, or the run has ended.
        Invalid: the output does not fit the task's schema.

    """
    async with services.database.read() as connection:
        at = await incidents.place(connection, grant, incident_id)
    if at is None:
        raise NotFound(_ABSENT)
    reference = {"id": incident_id, "run_id": at.run_id}
    order = Order(
        workspace_id=grant.workspace_id,
        run_id=at.run_id,
        command=ResolveIncident(step=at.step, how=how, output=output),
        actor=grant.actor(supervises=True),  # the policy asked for activities:write
        claim=claim,
        reference=reference,
    )
    try:
        await services.engine.submit(order)
    except Invalid as error:
        raise told(error) from error
    return reference


def _place(row: Incident) -> tuple[int, int]:
    return row.run_id, row.step
