"""The cases of a log as scripts to be played."""

from collections.abc import Generator, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from casework.client.script import Move, Role, Script, ScriptedStep
from casework.core.definition import END
from casework.eventlog import Case, Performed, open_log, performed
from casework.operations.finished import TITLE_CHARACTERS_MAX
from casework.operations.history import Examined
from casework.operations.resources import host_of, resources

STAND_IN: Final = ""
"""The name of whoever does what the log names nobody for: no resource has it."""


def scripts_of(
    log: Path, mapping: Mapping[str, str], tasks: Mapping[str, str], *, cases: int | None
) -> Generator[Script, None, None]:
    """The first so many cases of the log (all of them for None) that have an event; `tasks` are the keys by name."""
    with open_log(log, mapping) as found:
        with_events = (case for case in found if case.events)
        for number, case in enumerate(islice(with_events, cases), 1):
            yield script_of(number, case, tasks)


def script_of(number: int, case: Case, tasks: Mapping[str, str]) -> Script:
    """The case as a script: its steps in the order in which they ended, one after the other.

    A step that was withdrawn is completed as well, so that the case goes on as it did; the last one is left open where
    the log leaves it so.
    """
    done = performed(case)
    following = [*(tasks[one.task] for one in done[1:]), END]
    steps = [
        ScriptedStep(
            task=tasks[one.task],
            person=one.resource or STAND_IN,
            moves=_moves(one, is_left_open=one.ended == "open" and place == len(done) - 1),
            next=following[place],
        )
        for place, one in enumerate(done)
    ]
    return Script(number=number, title=case.id[:TITLE_CHARACTERS_MAX], steps=tuple(steps))


def roles_of(read: Examined) -> list[Role]:
    """The people of the log as members to be, and one who stands in for those whom it does not name."""
    roles = [
        Role(
            name=one.name,
            shown_name=one.shown_name,
            external_id=one.external_id,
            email=one.email,
            spare_email=one.spare_email,
            actor_roles=one.actor_roles,
        )
        for one in resources(read.discovered.roles, read.key)
    ]
    if read.unmanned:
        email = f"stand-in@{host_of(read.key)}"
        roles.append(
            Role(
                name=STAND_IN,
                shown_name="Stand-in",
                external_id=email,
                email=email,
                spare_email=email,
                actor_roles=tuple(sorted(read.unmanned)),
            )
        )
    return roles


def _moves(one: Performed, *, is_left_open: bool) -> tuple[Move, ...]:
    """Its stretches of work as the log has them; one stretch where it has none."""
    stretches = len(one.periods) + (one.running_since is not None)
    again: tuple[Move, ...] = ("pause", "resume")
    moves: tuple[Move, ...] = ("begin", *again * max(stretches - 1, 0))
    if stretches and one.running_since is None and one.periods[-1][1] != one.ended_at:
        moves = (*moves, "pause")
    return moves if is_left_open else (*moves, "complete")
