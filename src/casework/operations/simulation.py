"""What an edit of a workflow would have changed for its last runs."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec

from casework.core.errors import Invalid, Problem
from casework.core.permission import Grant
from casework.core.simulation import Turn, turns
from casework.core.version import Version
from casework.operations import stored_runs
from casework.operations.drafts import Source, compiled
from casework.operations.sensitive import SCOPE
from casework.operations.services import Services
from casework.operations.workflows import usable
from casework.store import runs

__all__ = ["RUNS_MAX", "Difference", "Failing", "Simulation", "Source", "simulate"]

RUNS_MAX: Final = 1_000
"""Runs of one request: their steps are decided twice, at some tens of microseconds a condition."""

AT_ONCE: Final = 50
"""Runs that are in memory at once: a run may hold megabytes."""

SAMPLES_MAX: Final = 10
GROUPS_MAX: Final = 200


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Runs that would have gone elsewhere after a task, and why. would: None where the edit has no such task."""

    task: str
    was: tuple[str, ...]
    was_because: str
    would: tuple[str, ...] | None
    would_because: str
    runs: int
    samples: list[tuple[int, int]]


class Failing(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be decided after a task on what is stored of runs; samples: run ids and numbers of steps."""

    task: str
    message: str
    runs: int
    samples: list[tuple[int, int]]


class Simulation(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: the first turn of each run that would have been another one, in groups, the largest first."""

    looked_at: int
    steps: int
    changed: int
    failed: int
    differences: list[Difference]
    failing: list[Failing]


class _Tally:
    def __init__(self) -> None:
        self.looked_at = self.steps = self.changed = self.failed = 0
        self._turns: dict[tuple[str, ...], tuple[Turn, list[tuple[int, int]]]] = {}
        self._errors: dict[tuple[str, str], list[tuple[int, int]]] = {}

    def add(self, run_id: int, found: Sequence[Turn]) -> None:
        """A run's turns, up to the first that would have been another one: what comes after never happened then."""
        self.looked_at += 1
        for turn in found:
            self.steps += 1
            if turn.would is not None and turn.would.error is not None:
                self.failed += 1
                self._errors.setdefault((turn.task, turn.would.error), []).append((run_id, turn.step))
            if not turn.is_same:
                self.changed += 1
                because = "" if turn.would is None else turn.would.because
                targets = None if turn.would is None else turn.would.targets
                key = (turn.task, str(turn.was.targets), turn.was.because, str(targets), because)
                self._turns.setdefault(key, (turn, []))[1].append((run_id, turn.step))
            if not turn.is_same or (turn.would is not None and turn.would.error is not None):
                return

    def result(self) -> Simulation:
        differences = [
            Difference(
                task=turn.task,
                was=turn.was.targets,
                was_because=turn.was.because,
                would=None if turn.would is None else turn.would.targets,
                would_because="" if turn.would is None else turn.would.because,
                runs=len(places),
                samples=places[:SAMPLES_MAX],
            )
            for turn, places in self._turns.values()
        ]
        failing = [
            Failing(task=task, message=message, runs=len(places), samples=places[:SAMPLES_MAX])
            for (task, message), places in self._errors.items()
        ]
        return Simulation(
            looked_at=self.looked_at,
            steps=self.steps,
            changed=self.changed,
            failed=self.failed,
            differences=sorted(differences, key=lambda one: (-one.runs, one.task))[:GROUPS_MAX],
            failing=sorted(failing, key=lambda one: (-one.runs, one.task, one.message))[:GROUPS_MAX],
        )


async def simulate(
    services: Services, grant: Grant, workflow_id: int, edit: Source | int, *, runs_max: int
) -> Simulation:
    """Decide the completed steps of the workflow's last runs again, by a definition or by the version of that number.

    Raises:
        NotFound: there is no such workflow, or it is archived.
        Denied: without edit on it.
        Invalid: with every problem of the definition; there is no such version.

    """
    async with services.database.read() as connection:
        await usable(connection, grant, workflow_id, "edit")
        run_ids = await runs.newest(connection, grant.workspace_id, workflow_id, runs_max)
    version = await _version(services, workflow_id, edit)
    tally = _Tally()
    for begin in range(0, len(run_ids), AT_ONCE):
        async with services.database.snapshot() as connection:
            some = run_ids[begin : begin + AT_ONCE]
            # Whoever writes the conditions could read by them what they ask about.
            found = await stored_runs.load(services, connection, grant, some, is_opened=grant.holds(SCOPE))
        for run in reversed(found):
            tally.add(run.id, list(turns(run, version)))
            await asyncio.sleep(0)  # others are answered in between
    return tally.result()


async def _version(services: Services, workflow_id: int, edit: Source | int) -> Version:
    if isinstance(edit, Source):
        return await compiled(edit)
    async with services.database.read() as connection:
        found = (await services.engine.catalog.load(connection, [(workflow_id, edit)])).get((workflow_id, edit))
    if found is None:
        message = f"The workflow has no version {edit}."
        raise Invalid(message, (Problem(path="/version", message=message),))
    return found.version
