"""What is sensitive is taken out of the rows of a commit and kept apart, and put back before anything is decided.

So whoever reads rows reads the mask, and has to ask for what is behind it (`operations.sensitive`).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from casework.core.event import Event
from casework.core.run import Run
from casework.core.sensitive import RUN_FIELDS, STEP_FIELDS
from casework.core.step import Step
from casework.engine.catalog import Edition, Key
from casework.engine.held import Held
from casework.store import sensitive, work_rows
from casework.store.database import Connection
from casework.store.runs import RunRow
from casework.store.sensitive import OF_RUN, Sealed, Values
from casework.store.writes import Write


async def opened(connection: Connection, rows: Iterable[RunRow], editions: Mapping[Key, Edition]) -> Values:
    """What is hidden of those of these runs whose versions mark anything; no query where none does."""
    marked = [row for row in rows if editions[row.workflow_id, row.version_number].version.sensitive is not None]
    if not marked:
        return {}
    return await sensitive.of_runs(connection, [(row.workspace_id, row.id) for row in marked])


def open_run(row: RunRow, values: Values) -> RunRow:
    """The row with what is behind its masks."""
    found = values.get((row.id, OF_RUN))
    return replace(row, **found) if found else row


def open_step(run_id: int, step: Step, values: Values) -> Step:
    """The step with what is behind its masks."""
    found = values.get((run_id, step.number))
    return replace(step, **found) if found else step


def masked_event(run: Run, event: Event) -> Event:
    """A fact about a run as it may be told."""
    if run.version.sensitive is None:
        return event
    return run.version.sensitive.event(event, next((step for step in run.steps if step.number == event.step), None))


class Sealing:
    """Masks the rows of one commit, and keeps what they hid."""

    def __init__(self) -> None:
        self._sealed: dict[tuple[int, int, str], Sealed] = {}

    def run(self, run: Run, edition: Edition, row: dict[str, Any]) -> dict[str, Any]:
        """The row of a run as it is written."""
        hides = edition.version.sensitive
        if hides is None:
            return row
        return self._masked(row, RUN_FIELDS, hides.run(run), (edition.workspace_id, run.id, OF_RUN))

    def step(self, step: Step, run_id: int, edition: Edition, row: dict[str, Any]) -> dict[str, Any]:
        """The row of a step as it is written."""
        hides = edition.version.sensitive
        if hides is None:
            return row
        return self._masked(row, STEP_FIELDS, hides.step(step), (edition.workspace_id, run_id, step.number))

    def renewed(self, held: Held) -> list[Write]:
        """A run goes on by a version that hides other things: what is stored of it is written anew."""
        run, edition, ids = held.run, held.edition, {number: step_id for number, (step_id, _) in held.stored.items()}
        row = {"id": run.id} | {field: getattr(run, field) for field in RUN_FIELDS}
        runs = [self.run(run, edition, row)]
        steps = []
        for step in run.steps:
            if step.number in ids:
                row = {"id": ids[step.number]} | {field: getattr(step, field) for field in STEP_FIELDS}
                steps.append(self.step(step, run.id, edition, row))
        if edition.version.sensitive is None:
            for number, fields in ((OF_RUN, RUN_FIELDS), *((number, STEP_FIELDS) for number in ids)):
                for field in fields:
                    self._seal(field, None, (edition.workspace_id, run.id, number))
        return [*work_rows.rewritten_runs(runs), *work_rows.rewritten_steps(steps)]

    def kept(self) -> list[Write]:
        """What was hidden, once the runs are written."""
        return sensitive.kept(list(self._sealed.values()))

    def _masked(
        self, row: dict[str, Any], fields: Sequence[str], shown: Run | Step, place: tuple[int, int, int]
    ) -> dict[str, Any]:
        masked = dict(row)
        for field in fields:
            if field in row:
                masked[field] = getattr(shown, field)
                self._seal(field, None if masked[field] == row[field] else row[field], place)
        return masked

    def _seal(self, field: str, value: Any, place: tuple[int, int, int]) -> None:
        workspace_id, run_id, number = place
        self._sealed[run_id, number, field] = Sealed(
            workspace_id=workspace_id, run_id=run_id, step_number=number, field=field, value=value
        )
