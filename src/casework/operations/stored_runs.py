"""Runs as they are stored, with everything that expressions may see, for those who only look at them."""

from collections.abc import Sequence

from msgspec.structs import replace

from casework.core.permission import Grant
from casework.core.run import Run
from casework.core.run_context import BESIDE
from casework.engine.loading import as_run
from casework.engine.sealing import open_run, open_step, opened
from casework.operations.services import Services
from casework.store import calendars, context, runs
from casework.store.database import Connection


async def load(
    services: Services, connection: Connection, grant: Grant, run_ids: Sequence[int], *, is_opened: bool
) -> list[Run]:
    """The runs of these ids that the workspace has, each with all its steps, in order of id.

    is_opened: with what is sensitive of them, to decide by; else the mask stands in its place.
    """
    rows = sorted(await runs.read(connection, grant.workspace_id, run_ids), key=lambda row: row.id)
    if not rows:
        return []
    keys = {(row.workflow_id, row.version_number) for row in rows}
    editions = await services.engine.catalog.load(connection, keys)
    steps = await runs.every_step_of(connection, [row.id for row in rows])
    values = await opened(connection, rows, editions) if is_opened else {}
    places = {
        row.id: context.Place(
            member_id=row.member_id,
            chat_id=row.chat_id,
            workflow_id=row.workflow_id,
            version_number=row.version_number,
        )
        for row in rows
    }
    beside = await context.load(connection, grant.workspace_id, places, BESIDE)
    calendar = (await calendars.find(connection, grant)).calendar
    found = []
    for row in rows:
        own = [open_step(row.id, step, values) for _, step in steps[row.id]]
        run = as_run(open_run(row, values), editions[row.workflow_id, row.version_number], own)
        found.append(replace(run, context=beside[row.id], calendar=calendar))
    return found
