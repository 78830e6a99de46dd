"""Workflows asked as models are: a conversation starts a run, whose output is the answer."""

from collections.abc import Sequence
from typing import Final

import msgspec

from casework.core.claim import Claim
from casework.core.errors import Invalid, Problem
from casework.core.permission import Grant
from casework.core.prompt import Prompt, as_input
from casework.core.taint import MESSAGE
from casework.operations import work_units, workflows
from casework.operations.services import Services
from casework.operations.work_units import NewWorkUnit
from casework.operations.workflows import Filter, Workflow

__all__ = ["Prompt", "Wish", "find", "models", "start"]

MODELS_MAX: Final = 1000
"""Workflows that are looked through for those that the caller may use: the answer has no pages."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A run to be started by a conversation. end_user: the caller's own id of whoever talks to it."""

    model: str
    prompt: Prompt
    end_user: str | None = None
    title: str = ""
    external_id: str | None = None


async def models(services: Services, grant: Grant) -> Sequence[Workflow]:
    """The workflows that the caller may use, the newest first."""
    found, _ = await workflows.page(services, grant, Filter(), limit=MODELS_MAX, offset=0)
    return [one for one in found if one.may_start]


async def find(services: Services, grant: Grant, name: str) -> Workflow:
    """The workflow of that key or UUID, for whoever may use it.

    Raises:
        NotFound: the workspace has none in use.
        Denied: the caller may not use it.

    """
    found = await workflows.named(services, grant, name)
    found.access.require("use")
    return found


async def start(services: Services, grant: Grant, wish: Wish, claim: Claim | None) -> dict[str, int]:
    """Start a run of the newest version; gives the reference {"id": the run's}.

    Raises:
        NotFound, Denied: as `find`.
        Invalid: the workflow takes no conversation, or not this one.
        Conflict: it has a run with that external id.

    """
    found = await find(services, grant, wish.model)
    definition = await workflows.newest(services, found)
    new = NewWorkUnit(
        project_id=found.id,
        title=wish.title,
        input=as_input(wish.prompt, definition.input),
        external_id=wish.external_id,
        end_user=wish.end_user,
        taints=(MESSAGE,),
    )
    try:
        return await work_units.create(services, grant, new, claim)
    except Invalid as error:
        raise _told(error) from error


def _told(error: Invalid) -> Invalid:
    """The refusal of an input, as one of the messages that it was made of."""
    places = " ".join(f"{problem.path[1:]} {problem.message}." for problem in error.problems if problem.path)
    message = f"The workflow does not take this: {places or error.message}"
    return Invalid(message, (Problem(path="/messages", message=message),))
