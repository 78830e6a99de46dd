"""`casework import`: the history of another system, as finished runs."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from casework.cli import output
from casework.cli.exits import Wrong
from casework.cli.options import AsJson, Data, DatabaseUrl

if TYPE_CHECKING:
    from casework.operations.history import Examined
    from casework.operations.history import Progress as Done
    from casework.settings import Settings

Log = Annotated[Path, typer.Argument(help="An event log: XES or CSV, plain or in gzip.", show_default=False)]
Mapping = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="COLUMN=FIELD",
        help="Which column of a CSV is the case, task, time, resource, group or lifecycle; may be given several times.",
    ),
]


def import_(
    log: Log,
    *,
    workspace: Annotated[str, typer.Option(help="The workspace: its UUID or name.")],
    mapping: Mapping = None,
    key: Annotated[str | None, typer.Option(help="The workflow's key; by default from the file's name.")] = None,
    name: Annotated[str | None, typer.Option(help="The workflow's name; by default the file's.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Bring in a history: every case of the log as a finished run, with its people and its true times.

    The whole log is read first: a broken one changes nothing. The workflow is discovered from it. An import that was
    interrupted goes on where it was when it is started again, and the same file again brings nothing.
    """
    from casework.cli import local

    settings = local.settings_of(data=data, database_url=database_url)
    with bar() as shown:
        read = examined(log, shown, mapping=parsed(mapping), key=key, name=name)
        with local.database_url(settings) as url:
            given = settings.model_copy(update={"database_url": url})
            done = asyncio.run(_bring_in(given, workspace, read, shown))
    if as_json:
        output.print_json(_told(read, done))
    else:
        output.print_line(_sentence(read, done))


def parsed(mapping: list[str] | None) -> dict[str, str]:
    """What `--map` says, as columns and their fields.

    Raises:
        Wrong: it is not COLUMN=FIELD.

    """
    found = {}
    for text in mapping or []:
        column, equals, field = text.rpartition("=")
        if not equals or not column:
            raise Wrong(f"--map {text!r} is not COLUMN=FIELD, such as --map 'Case Number=case'.")
        found[column] = field
    return found


@contextmanager
def bar() -> Iterator["Bar"]:
    """A bar on standard error while the block lasts; none where nobody looks on."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Bar(progress)


class Bar:
    """One bar on standard error, for one stage of the work after the other."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None)

    def show(self, what: str, done: int, total: int | None) -> None:
        """Say what is being done, and how far it is; total: None where nobody knows."""
        self._progress.update(self._task, description=what, completed=done, total=total)


def examined(log: Path, shown: Bar, *, mapping: dict[str, str], key: str | None, name: str | None) -> "Examined":
    """The log, read to its end.

    Raises:
        Wrong: it is not sound.

    """
    from casework.eventlog import LogProblem
    from casework.operations.history import examine

    try:
        return examine(log, mapping=mapping, key=key, name=name, tell=shown.show)
    except LogProblem as problem:
        raise Wrong(f"{log}: {problem}") from problem


async def _bring_in(settings: "Settings", workspace: str, read: "Examined", shown: Bar) -> "Done":
    from casework import wiring
    from casework.eventlog import LogProblem
    from casework.operations.history import bring_in, find_workspace

    async with wiring.services(settings) as services:
        place = await find_workspace(services, workspace)
        try:
            async with aclosing(bring_in(services, place.id, read)) as steps:
                async for done in steps:
                    shown.show("Bringing in", done.cases_done, done.cases_total)
        except LogProblem as problem:
            raise Wrong(f"{read.path}: {problem}") from problem
    return done


def _told(read: "Examined", done: "Done") -> dict[str, Any]:
    return {
        "workflow": {
            "id": done.workflow_id,
            "uuid": str(done.workflow_uuid),
            "key": read.key,
            "version": done.version_number,
        },
        "cases": done.cases_total,
        "events": read.summary.events,
        "tasks": read.summary.tasks,
        "people": len(read.discovered.roles),
        "runs": done.runs,
        "steps": done.steps,
        "complete": done.is_complete,
    }


def _sentence(read: "Examined", done: "Done") -> str:
    where = f"workflow {done.workflow_id} ({read.key}), version {done.version_number}"
    if not done.runs:
        return f"Nothing to bring in: all {done.cases_total:,} cases are there, in {where}."
    people = len(read.discovered.roles)
    return f"{done.runs:,} runs with {done.steps:,} steps of {people:,} people were brought into {where}."
