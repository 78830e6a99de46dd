"""Taking the next activity: the best one that waits and that the caller may do."""

from collections.abc import Sequence
from typing import Final

from casework.core.command import Assign
from casework.core.errors import Conflict, Denied, Invalid, NotFound, PreconditionFailed, Unavailable
from casework.core.permission import Grant
from casework.engine.order import Order
from casework.entropy import new_bytes
from casework.operations.activities import Change
from casework.operations.projects import access_in
from casework.operations.services import Services
from casework.store import access, activities, capacity
from casework.store.activities import Candidate
from casework.store.database import Connection
from casework.store.project_members import find_assignee

TRIES_MAX: Final = 10
"""Races that one request may lose; the window that losers spread over has grown to all candidates long before."""

_CANDIDATES_MAX: Final = 64


async def take_next(
    services: Services, grant: Grant, *, project_id: int | None, start_working: bool, change: Change
) -> str | None:
    """Assign the best activity that waits for somebody like the caller to the caller; its uuid, as text.

    The best has the highest priority, then the earliest due, then the longest wait. None where nothing waits. Two
    that ask at once get different ones.

    Raises:
        Denied: no person asks.
        Conflict: the caller has as many activities as it may.
        NotFound: there is no such project, or the caller may not see it.
        Unavailable: others were first, again and again.

    """
    for tries in range(TRIES_MAX):
        candidates = await _candidates(services, grant, project_id)
        if not candidates:
            return None
        chosen = candidates[_place(tries, len(candidates))]
        if await _take(services, grant, chosen, start_working=start_working, change=change):
            return str(chosen.uuid)
    raise Unavailable("Many others take activities at this moment; try again.")


def _place(tries: int, count: int) -> int:
    """Which candidate to try: the best, until a race for it is lost; then losers spread, twice as far each time."""
    return int.from_bytes(new_bytes(4), "big") % min(1 << tries, count)


async def _candidates(services: Services, grant: Grant, project_id: int | None) -> Sequence[Candidate]:
    if grant.principal.account_id is None:
        raise Denied("Only a person can take an activity, and this key acts for none.")
    async with services.database.read() as connection:
        await _require_room(connection, grant)
        ids = await access.project_ids(connection, grant)
        if project_id is not None:
            if project_id not in ids and await access_in(connection, grant, project_id) is None:
                raise NotFound("There is no such project.")
            ids = [project_id] if project_id in ids else []  # one that is seen, and belonged to by others alone
        return await activities.list_candidates(connection, grant, workflow_ids=ids, limit=_CANDIDATES_MAX)


async def _require_room(connection: Connection, grant: Grant) -> None:
    person = (grant.workspace_id, grant.principal.account_id or 0)
    room = (await capacity.rooms(connection, [person])).get(person)
    if room is not None and room.left == 0:
        have = f"You have as many activities as your capacity allows ({room.capacity})"
        raise Conflict(f"{have}: finish one or give one back first.")


async def _take(services: Services, grant: Grant, candidate: Candidate, *, start_working: bool, change: Change) -> bool:
    """Whether the candidate is the caller's now; not where somebody else was first, or its rules have changed."""
    account_id = grant.principal.account_id or 0
    async with services.database.read() as connection:
        assignee = await find_assignee(connection, grant, candidate.workflow_id, account_id)
    if assignee is None:
        raise Denied("You are not a member of this workspace any more.")
    try:
        await services.engine.submit(
            Order(
                workspace_id=grant.workspace_id,
                run_id=candidate.run_id,
                command=Assign(step=candidate.number, assignee=assignee, start_working=start_working, is_bounded=True),
                actor=grant.actor(),
                # To assign it to the same person again would change nothing: they may have two requests at work.
                expected_revision=candidate.revision,
                claim=change.claim,
                reference=str(candidate.uuid),
            )
        )
    except (Conflict, Invalid, NotFound, PreconditionFailed):
        return False
    return True
