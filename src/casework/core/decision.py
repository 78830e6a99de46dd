"""What `decide` answers: what follows from a command, or which rule refused it."""

import msgspec

from casework.core.definition import Json
from casework.core.errors import CaseworkError
from casework.core.event import Event
from casework.core.run import Run
from casework.core.work import Call, Errand, Job


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from a command that is accepted: the run as it is afterwards, and the facts.

    No events: nothing changed. interrupts: an account whose open work period in any other run must close in the
    same transaction, because a person's hands are on one thing only. jobs: calls to workers. errands: what is to be
    done outside the run. memories: what the next attempt at a step will be told, by its number. calls: models that
    were asked for a step. taken: the step that a worker began in the decision itself: who reported, or who is at hand.
    """

    run: Run
    events: tuple[Event, ...] = ()
    interrupts: int | None = None
    jobs: tuple[Job, ...] = ()
    errands: tuple[Errand, ...] = ()
    memories: dict[int, Json] = {}
    calls: tuple[tuple[int, Call], ...] = ()
    taken: int | None = None


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A command that is not carried out, and which rule refused it. Nothing changes."""

    error: CaseworkError
